"""Whatever happens in whatever order to several listings of one subject, the law holds.

INV-08, INV-09, INV-12, INV-13 and INV-20, judged from the rows and the catalogue's text alone by
an oracle that knows nothing of the code it judges.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import Databases
from tests.registry.effects import LATER, OWN, House
from workflows import errors, models, workdays
from workflows import settings as house_settings
from workflows.registry import measures, publicity

CODES = ("focus_supervision", "focus_supervision_market", "procurement_ban", "limit_credit", "none")
LISTS = ("market_regulation", "procurement")
NAMES = (OWN, "安阳市殷都区财政局", "安阳某某银行", "安阳市商会", "")
GROUNDS = ("term_expired", "repair_granted", "base_revoked")
NUMBER, PHONE, REP, HOME = "410505199001010017", "13800000000", "张示例", "示例大道18号"

small = st.integers(0, 5)
acts = st.one_of(
    st.tuples(st.just("list"), st.sampled_from(LISTS), st.sets(st.sampled_from(CODES))),
    st.tuples(st.just("serve"), small),
    st.tuples(st.just("publish"), small, st.sampled_from(["销售不合格产品", REP, NUMBER])),
    st.tuples(st.just("receipt"), small, st.sampled_from(["gsxt", "credit_china", "elsewhere"])),
    st.tuples(st.just("propose"), small, st.sampled_from(CODES), st.sampled_from(NAMES)),
    st.tuples(st.just("notify"), small),
    st.tuples(st.just("answer"), small, st.integers(-20, 1500), st.sampled_from(["某法", ""])),
    st.tuples(st.just("drop"), small),
    st.tuples(st.just("remove"), small, st.sampled_from(GROUNDS)),
    st.tuples(st.just("lifted"), small),
    st.tuples(st.just("edit"), small),
)


class Life:
    """A house in which acts happen, each at a later hour; what the law refuses does not happen."""

    def __init__(self, url: str) -> None:
        self.house = House(url)
        self.now = LATER
        self.listings: list[int] = []
        self.house.change(models.subjects, 1, legal_rep=REP, phone=PHONE, address=HOME)

    def do(self, act: tuple[Any, ...]) -> None:
        self.now += timedelta(hours=1)
        with suppress(errors.Refusal):
            getattr(self, f"_{act[0]}")(*act[1:])

    def _one(self, at: int) -> int:
        if not self.listings:
            raise errors.NotFound
        return self.listings[at % len(self.listings)]

    def _row(self, table: Any, at: int, **wanted: str) -> int:
        with self.house.at(self.now) as tx:
            rows = [
                row
                for row in tx.all(table.select().order_by(table.c.id))
                if all(row[name] == value for name, value in wanted.items())
            ]
        if not rows:
            raise errors.NotFound
        return rows[at % len(rows)]["id"]

    def _list(self, list_code: str, codes: set[str]) -> None:
        if len(self.listings) < 3:
            self.listings.append(self.house.list_subject(list_code, sorted(codes), self.now))

    def _serve(self, at: int) -> None:
        self.house.serve_listing(self._one(at), self.now)

    def _publish(self, at: int, words: str) -> None:
        publicity_id = self.house.prepare(self._one(at), self.now)
        self.house.draft(publicity_id, words)
        self.house.publish(publicity_id, self.now)

    def _receipt(self, at: int, channel: str) -> None:
        publicity_id = self._row(models.publicities, at)
        with self.house.at(self.now) as tx:
            open_ = publicity.find(tx, publicity_id)["status"] == "public"
            act = "publish" if open_ else "take_down"
            publicity.record_receipt(tx, publicity_id, channel, act, "回执", self.now)

    def _propose(self, at: int, code: str, name: str) -> None:
        self.house.propose(self._one(at), code, name, self.now)

    def _notify(self, at: int) -> None:
        self.house.notify(self._row(models.measures, at, status="proposed"), self.now)

    def _answer(self, at: int, days: int, basis: str) -> None:
        measure_id = self._row(models.measures, at, status="notified")
        starts_on = (self.now + timedelta(days=days)).date()
        self.house.answer(measure_id, starts_on, self.now, own_basis=basis)

    def _drop(self, at: int) -> None:
        measure_id = self._row(models.measures, at, status="notified")
        with self.house.at(self.now) as tx:
            measures.drop(tx, measure_id, "没有答复", self.now)

    def _remove(self, at: int, ground: str) -> None:
        listing_id = self._one(at)
        before = self.others(listing_id)
        self.house.end_listing(listing_id, ground, self.now)
        assert self.others(listing_id) == before  # INV-20
        self.listings.remove(listing_id)

    def _lifted(self, at: int) -> None:
        measure_id = self._row(models.measures, at, status="lifting")
        with self.house.at(self.now) as tx:
            measures.lifted(tx, measure_id, self.now)

    def _edit(self, at: int) -> None:
        self.house.draft(self._row(models.publicities, at), "另写的文字")

    def rows(self, table: Any) -> list[Any]:
        with self.house.at(self.now) as tx:
            return list(tx.all(table.select().order_by(table.c.id)))

    def others(self, listing_id: int) -> list[Any]:
        """Every row of other listings: entries, publicities, measures."""
        return [
            [dict(row) for row in self.rows(table) if row[column] != listing_id]
            for table, column in (
                (models.listings, "id"),
                (models.publicities, "listing_id"),
                (models.measures, "listing_id"),
            )
        ]


def day(at: datetime) -> date:
    return at.astimezone(workdays.OFFICE).date()


def catalogue() -> Mapping[str, Any]:
    text = (house_settings.LAW / "measures.yaml").read_text("utf-8")
    return {row["code"]: row for row in yaml.safe_load(text)["measures"]}


def judge(life: Life) -> None:
    known = catalogue()
    entries = {row["id"]: row for row in life.rows(models.listings)}
    _judge_publicity(life, entries)
    for row in life.rows(models.measures):
        entry, law = entries[row["listing_id"]], known[row["code"]]
        # INV-08
        assert law["status"] == "active"
        assert law["implementer_kind"] == "public_authority"
        assert {entry["list_code"], "any_listed"} & set(law["triggers"])
        assert row["code"] in entry["measures"]
        assert row["implementer"].endswith("局")
        # INV-09
        assert entry["served_at"] is not None
        own = law.get("own_term", False)
        if row["starts_on"]:
            assert row["own_basis"]
            assert day(entry["served_at"]) <= row["starts_on"] <= entry["term_end"]
            assert own or row["ends_on"] <= entry["term_end"]
        if entry["status"] not in {"decided_listed", "published"}:
            runs_on = own and entry["status"] != "revoked" and row["status"] == "in_force"
            assert runs_on or row["status"] in {"no_basis", "lifting", "lifted"}
        if row["carried_by"]:
            assert row["status"] == "lifted"


def _judge_publicity(life: Life, entries: Mapping[int, Any]) -> None:
    receipts: dict[int, set[Any]] = {}
    for one in life.rows(models.publicity_receipts):
        receipts.setdefault(one["publicity_id"], set()).add((one["content_sha256"], one["ends_on"]))
    for row in life.rows(models.publicities):
        entry, shown = entries[row["listing_id"]], str(row["content"])
        if row["published_at"]:  # INV-13: never before service, and checked by another hand
            assert entry["served_at"] is not None
            assert entry["served_at"] <= row["published_at"]
            assert row["checked_by"] is not None
            assert not {NUMBER, PHONE, REP, HOME} & {
                w for w in (NUMBER, PHONE, REP, HOME) if w in shown
            }
        if row["status"] == "public":
            assert entry["status"] in {"decided_listed", "published"}
        if entry["status"] not in {"decided_listed", "published"}:
            assert row["status"] == "ended"
        assert len(receipts.get(row["id"], set())) <= 1  # INV-12


@pytest.fixture
def fresh(tmp_path: Path) -> Databases:
    return Databases("sqlite", tmp_path)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=st.lists(acts, min_size=4, max_size=24))
def test_whatever_happens_in_whatever_order_the_law_holds(
    fresh: Databases, story: list[tuple[Any, ...]]
) -> None:
    life = Life(fresh.fresh())
    try:
        life.do(("list", "market_regulation", {"focus_supervision", "limit_credit"}))
        for act in story:
            life.do(act)
            judge(life)
    finally:
        life.house.store.close()


def test_the_story_of_two_listings_reaches_every_state(fresh: Databases) -> None:
    """The acts above do happen: a story that goes through leaves something to be judged."""
    life = Life(fresh.fresh())
    for act in (
        ("list", "market_regulation", {"focus_supervision"}),
        ("list", "procurement", {"focus_supervision", "procurement_ban"}),
        *(("serve", at) for at in (0, 1)),
        *(("publish", at, "销售不合格产品") for at in (0, 1)),
        ("receipt", 0, "gsxt"),
        *(("propose", at, "focus_supervision", OWN) for at in (0, 1)),
        ("propose", 1, "procurement_ban", "安阳市殷都区财政局"),
        *(("notify", 0) for _ in range(3)),
        *(("answer", 0, 3, "某法") for _ in range(3)),
        ("remove", 1, "repair_granted"),
        ("receipt", 1, "gsxt"),
    ):
        life.do(act)
        judge(life)
    found = [(row["code"], row["status"]) for row in life.rows(models.measures)]
    assert found == [
        ("focus_supervision", "in_force"),
        ("focus_supervision", "lifted"),
        ("procurement_ban", "in_force"),
    ]
    assert life.rows(models.measures)[1]["carried_by"] == 1
    assert [row["status"] for row in life.rows(models.publicities)] == ["public", "ended"]
    life.house.store.close()
