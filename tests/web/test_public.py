"""What a stranger sees: public views, masked, found by exact name or code, and nothing else."""

from collections.abc import Iterator

import pytest

import web
from tests.databases import Databases
from tests.registry.effects import LATER, House
from workflows import models, store
from workflows.queries import public
from workflows.registry import publicity

PATH = "/public/listings"
USCC = "91410505MA0000019T"
NAME = "安阳甲示例建材有限公司"
PERSON, NUMBER = "李堃旻", "410505199001010017"


class Page:
    """The page of what is public, read by a stranger."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.client = web.create_app(house.store).test_client()

    def read(self, **asked: str | int) -> str:
        answer = self.client.get(PATH, query_string=asked)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


@pytest.fixture
def page(databases: Databases) -> Iterator[Page]:
    house = House(databases.fresh())
    store.travel(house.store, LATER)
    house.change(models.subjects, 1, legal_rep="张示例", phone="13800000000")
    yield Page(house)
    house.store.close()


def test_what_is_public_is_read_by_anybody_masked(page: Page) -> None:
    page.house.publicise(page.house.listed())
    shown = page.read()
    assert NAME in shown
    assert USCC in shown
    assert "张**" in shown
    for kept_back in ("张示例", "13800000000", "示例大道18号"):
        assert kept_back not in shown


def test_nothing_is_read_before_it_is_public_nor_after(page: Page) -> None:
    listing_id = page.house.listed()
    publicity_id = page.house.prepare(listing_id)
    page.house.draft(publicity_id)
    assert NAME not in page.read()
    page.house.publish(publicity_id)
    assert NAME in page.read()
    page.house.end_listing(listing_id)
    assert NAME not in page.read()


def test_what_is_shielded_is_not_read_and_what_is_disputed_says_so(page: Page) -> None:
    listing_id = page.house.listed()
    page.house.publicise(listing_id)
    assert "异议处理中" not in page.read()
    with page.house.at(LATER) as tx:
        publicity.mark_disputed(tx, on=True, listing_id=listing_id)
    assert "异议处理中" in page.read()
    with page.house.at(LATER) as tx:
        publicity.shield(tx, on=True, listing_id=listing_id)
    assert NAME not in page.read()


def test_a_term_that_is_over_is_not_read_though_nobody_ended_it(page: Page) -> None:
    publicity_id = page.house.publicise(page.house.listed())
    page.house.change(models.publicities, publicity_id, ends_on=LATER.date().replace(day=15))
    assert NAME not in page.read()


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        (NAME, True),
        (f"  {NAME} ", True),
        (USCC, True),
        (USCC.lower(), True),
        ("９１４１０５０５ＭＡ０００００１９Ｔ", True),
        ("91410505 MA00 0001 9T", True),
        (NAME[:4], False),
        ("%", False),
        ("' or 1=1 --", False),
        ("示" * 5000, False),
        ("\x00", False),
    ],
)
def test_only_the_exact_name_or_code_finds(page: Page, asked: str, is_found: bool) -> None:
    page.house.publicise(page.house.listed())
    assert ("<dl" in page.read(q=asked)) is is_found


def test_people_are_not_found_by_name_or_number(page: Page) -> None:
    with page.house.at(LATER) as tx:
        subject_id = tx.insert(
            models.subjects,
            {
                "id_scheme": "citizen_id",
                "id_no": NUMBER,
                "name": PERSON,
                "kind": "自然人",
                "track": "person",
                "created_at": LATER,
                "updated_at": LATER,
            },
        )
    publicity_id = page.house.prepare(page.house.listed(subject_id=subject_id))
    page.house.draft(publicity_id, personal_basis="某法第一条")
    page.house.publish(publicity_id)
    shown = page.read()
    assert "李**" in shown
    assert PERSON not in shown
    assert NUMBER not in shown
    for asked in (PERSON, NUMBER, "李**"):
        assert "<dl" not in page.read(q=asked)


def test_a_long_list_is_read_page_by_page(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "PAGE", 2)
    for _ in range(3):
        page.house.publicise(page.house.listed())
    first = public.public_list(page.house.store)
    assert (len(first.rows), first.more is not None) == (2, True)
    second = public.public_list(page.house.store, after=first.more)
    assert (len(second.rows), second.more) == (1, None)


@pytest.mark.parametrize("asked", [{"kind": "record"}, {"after": 1}])
def test_other_kinds_and_later_pages_may_be_empty(page: Page, asked: dict[str, str | int]) -> None:
    page.house.publicise(page.house.listed())
    assert NAME not in page.read(**asked)


@pytest.mark.parametrize("asked", [{"kind": "notices"}, {"after": "x"}, {"q": ""}])
def test_nonsense_shows_the_list(page: Page, asked: dict[str, str]) -> None:
    page.house.publicise(page.house.listed())
    assert NAME in page.read(**asked)
