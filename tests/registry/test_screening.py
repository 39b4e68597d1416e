"""Screening told over a real database: who is governed, who is only warned, and why."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases import Databases
from workflows import clock, identifiers, models, store
from workflows import settings as house
from workflows.registry import law, screening, tables
from workflows.workdays import OFFICE

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 0, 30, tzinfo=OFFICE)


class Register:
    """A registry of subjects with records."""

    def __init__(self, url: str) -> None:
        self.store = store.Store(url, clock.TravellingClock(NOW))
        self.serial = 0

    def subject(self, penalties: int = 0, track: str = "market", **changes: Any) -> int:
        self.serial += 1
        with self.store.transaction() as tx:
            subject_id = tx.insert(
                models.subjects,
                {
                    "id_scheme": "uscc",
                    "id_no": str(self.serial),
                    "name": f"示例{self.serial}",
                    "track": track,
                    "created_at": NOW,
                    "updated_at": NOW,
                },
            )
        for _ in range(penalties):
            self.record(subject_id, **changes)
        return subject_id

    def record(self, subject_id: int, **changes: Any) -> int:
        self.serial += 1
        said: dict[str, Any] = {
            "subject_id": subject_id,
            "kind": "penalty",
            "doc_no": f"安交罚〔2026〕{self.serial}号",
            "organ": "安阳市交通运输局",
            "organ_uscc": "11410500",
            "behaviour": f"违法超限{self.serial}",
            "decided_on": date(2026, 1, 5),
            "status": "public",
            "created_at": NOW,
        }
        with self.store.transaction() as tx:
            return tx.insert(models.records, {**said, **changes})

    def change(self, record_id: int, **changes: Any) -> None:
        with self.store.transaction() as tx:
            r = models.records
            tx.run(r.update().where(r.c.id == record_id).values(**changes))

    def screen(self, as_of: date = TODAY) -> screening.Screening:
        return screening.screen(self.store, as_of)

    def flag(self, subject_id: int) -> store.Row | None:
        f = models.flags
        with self.store.reading() as tx:
            return tx.first(f.select().where(f.c.subject_id == subject_id, f.c.current))

    def kind(self, subject_id: int) -> str:
        row = self.flag(subject_id)
        return row["kind"] if row else "none"


@pytest.fixture
def register(databases: Databases) -> Iterator[Register]:
    made = Register(databases.fresh())
    yield made
    made.store.close()


def test_ten_uncorrected_public_penalties_are_governed(register: Register) -> None:
    subject_id = register.subject(10)
    assert register.screen().counts == {"governed_penalty": 1}
    row = register.flag(subject_id)
    assert row is not None
    assert row["ledger"] == "行政处罚"
    assert len(row["explanation"]["counted"]) == 10
    assert row["explanation"]["fails"] == []
    assert row["explanation"]["rule"] == "D02-1"
    assert row["explanation"]["owner"] == "交通运输"


@pytest.mark.parametrize(
    ("penalties", "expected"), [(7, "none"), (8, "watch"), (9, "watch"), (10, "governed_penalty")]
)
def test_the_thresholds_include_the_number_itself(
    register: Register, penalties: int, expected: str
) -> None:
    subject_id = register.subject(penalties)
    register.screen()
    assert register.kind(subject_id) == expected


def test_a_warning_asks_neither_for_correction_nor_publicity(register: Register) -> None:
    subject_id = register.subject(8, corrected=True, status="ended")
    register.screen()
    assert register.kind(subject_id) == "watch"


def test_ten_corrected_penalties_are_only_watched_and_the_conjunct_is_named(
    register: Register,
) -> None:
    subject_id = register.subject(10, corrected=True)
    register.screen()
    row = register.flag(subject_id)
    assert row is not None
    assert row["kind"] == "watch_closed"
    assert "相关失信行为均已纠正" in row["explanation"]["fails"]


def test_one_uncorrected_public_record_among_ten_is_enough(register: Register) -> None:
    subject_id = register.subject(9, corrected=True)
    register.record(subject_id)
    register.screen()
    assert register.kind(subject_id) == "governed_penalty"


def test_uncorrected_but_not_public_and_public_but_corrected_do_not_add_up(
    register: Register,
) -> None:
    subject_id = register.subject(5, corrected=True)
    for _ in range(5):
        register.record(subject_id, status="ended")
    register.screen()
    assert register.kind(subject_id) == "watch_closed"


def test_publicity_that_has_run_out_is_no_publicity(register: Register) -> None:
    subject_id = register.subject(10, publicity_to=TODAY - timedelta(days=1))
    register.screen()
    assert register.kind(subject_id) == "watch_closed"


@pytest.mark.parametrize("status", ["withdrawn", "stayed"])
def test_revoked_and_stayed_penalties_do_not_count(register: Register, status: str) -> None:
    subject_id = register.subject(9)
    register.record(subject_id, status=status)
    register.screen()
    assert register.kind(subject_id) == "watch"


@pytest.mark.parametrize(
    ("decided_on", "counted"),
    [
        (date(2023, 11, 20), False),
        (date(2023, 11, 21), True),
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
    ],
)
def test_the_window_ends_on_the_anniversary_included(
    register: Register, decided_on: date, counted: bool
) -> None:
    subject_id = register.subject(9)
    register.record(subject_id, decided_on=decided_on)
    register.screen()
    assert (register.kind(subject_id) == "governed_penalty") is counted


def test_a_leap_day_counts_until_the_last_of_february(register: Register) -> None:
    subject_id = register.subject(8, decided_on=date(2024, 2, 29))
    register.screen(date(2027, 2, 28))
    assert register.kind(subject_id) == "watch"
    register.screen(date(2027, 3, 1))
    assert register.kind(subject_id) == "none"


def test_listings_are_counted_on_their_own_ledger(register: Register) -> None:
    subject_id = register.subject(10, kind="listing")
    both = register.subject(10)
    for _ in range(10):
        register.record(both, kind="listing")
    register.screen()
    rows = [register.flag(one) for one in (subject_id, both)]
    assert [(row["kind"], row["ledger"]) for row in rows if row] == [
        ("governed_list", "严重失信主体名单"),
        ("governed_penalty", "行政处罚、严重失信主体名单"),
    ]


def test_penalties_and_listings_are_not_added_together(register: Register) -> None:
    subject_id = register.subject(5)
    for _ in range(5):
        register.record(subject_id, kind="listing")
    register.screen()
    assert register.kind(subject_id) == "none"


@pytest.mark.parametrize("track", ["gov", "person"])
def test_government_bodies_and_persons_are_never_governed_here(
    register: Register, track: str
) -> None:
    subject_id = register.subject(12, track)
    register.screen()
    assert register.kind(subject_id) == "none"


def test_decisions_of_two_organs_on_one_act_both_count_and_are_pointed_out(
    register: Register,
) -> None:
    subject_id = register.subject(7)
    register.record(subject_id, behaviour="扬尘", organ_uscc="A")
    register.record(subject_id, behaviour="扬尘", organ_uscc="B")
    register.screen()
    row = register.flag(subject_id)
    assert row is not None
    assert row["kind"] == "watch"
    assert len(row["explanation"]["same_act"][0]) == 2


def test_a_second_screening_writes_nothing(register: Register) -> None:
    register.subject(10)
    register.subject(3)
    assert register.screen().changed == 1
    assert register.screen().changed == 0
    assert register.screen(TODAY + timedelta(days=1)).changed == 0


def test_an_old_flag_stays_in_the_record_but_is_no_longer_current(register: Register) -> None:
    subject_id = register.subject(10)
    register.screen()
    register.change(1, status="withdrawn")
    register.screen()
    with register.store.reading() as tx:
        rows = tx.all(models.flags.select().order_by(models.flags.c.id))
    assert [(row["kind"], row["current"]) for row in rows] == [
        ("governed_penalty", False),
        ("watch", True),
    ]
    assert register.kind(subject_id) == "watch"


def test_progress_is_told_batch_by_batch(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "BATCH", 2)
    for _ in range(5):
        register.subject(8)
    told: list[int] = []
    found = screening.screen(register.store, TODAY, progress=told.append)
    assert told == [2, 4, 5]
    assert found.counts == {"watch": 5}


def test_a_screening_left_as_a_job_keeps_how_far_it_is_and_what_it_found(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "BATCH", 2)
    for _ in range(5):
        register.subject(8)
    with register.store.transaction() as tx:
        job_id = screening.request(tx, TODAY, "钱牵头")
        assert screening.request(tx, TODAY, "孙督导") == job_id
        assert screening.request(tx, TODAY - timedelta(days=1)) != job_id
    j, seen = models.jobs, []
    real = screening.classify

    def classify(*given: Any) -> screening.Finding:
        with register.store.reading() as tx:
            seen.append(tx.one(j.select().where(j.c.id == job_id))["payload"]["done"])
        return real(*given)

    monkeypatch.setattr(screening, "classify", classify)
    screening.carry_out(register.store, job_id)
    assert seen == [0, 0, 2, 2, 4]
    with register.store.reading() as tx:
        told = tx.one(j.select().where(j.c.id == job_id))["payload"]
    assert told == {
        "as_of": "2026-11-21",
        "by": "钱牵头",
        "done": 5,
        "total": 5,
        "counts": {"watch": 5},
        "changed": 5,
    }


def test_the_strict_mode_asks_for_ten_that_are_both(register: Register) -> None:
    subject_id = register.subject(9, corrected=True)
    register.record(subject_id)
    policy = screening.read_policy(TODAY)
    bounds = law.Thresholds(**{**vars(policy.thresholds), "strict": True})
    strict = screening.Policy(policy.as_of, policy.since, bounds)
    with register.store.reading() as tx:
        rows = tx.all(models.records.select())
    assert screening.classify("market", rows, policy).kind == "governed_penalty"
    found = screening.classify("market", rows, strict)
    assert found.kind == "watch_closed"
    assert found.explanation["uncorrected_and_public"] == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(["public", "ended"]), st.booleans()), max_size=24
    ),
    st.sampled_from(["market", "manual", "gov", "person"]),
)
def test_the_class_agrees_with_the_dossier_read_literally(
    rows: list[tuple[bool, str, bool]], track: str
) -> None:
    counted: list[Any] = [
        {
            "id": number,
            "kind": "listing" if listed else "penalty",
            "status": status,
            "corrected": corrected,
            "publicity_to": None,
            "behaviour": "",
            "organ": "",
            "organ_uscc": "",
            "decided_on": TODAY,
        }
        for number, (corrected, status, listed) in enumerate(rows)
    ]
    p3y = sum(row["kind"] == "penalty" for row in counted)
    s3y = len(counted) - p3y
    both = any(not row["corrected"] and row["status"] == "public" for row in counted)
    if track in {"gov", "person"}:
        expected = "none"
    elif p3y >= 10:
        expected = "governed_penalty" if both else "watch_closed"
    elif s3y >= 10:
        expected = "governed_list" if both else "watch_closed"
    else:
        expected = "watch" if p3y >= 8 else "none"
    assert screening.classify(track, counted, screening.read_policy(TODAY)).kind == expected


@pytest.mark.parametrize("prefix", [f"{a}{b}" for a in "12345679ANY" for b in "12345679"])
def test_the_table_of_subject_types_agrees_with_the_code_used_for_intake(prefix: str) -> None:
    code = prefix + "410505MA0000019"
    told = identifiers.subject_type(code)
    assert tables.subject_type("uscc", code) == (told.kind, told.governance_track)


def test_a_citizen_is_a_person_and_an_old_code_is_for_a_person_to_judge() -> None:
    assert tables.subject_type("citizen_id", "410502198001010001") == ("自然人", "person")
    assert tables.subject_type("registration", "410500000000001") == ("其他", "manual")


def test_both_tables_are_complete_and_without_overlap() -> None:
    from workflows.engine import dmn

    for name in ("subject_type", "frequency_class"):
        decisions, complaints = dmn.parse_dmn((house.LAW / f"{name}.dmn").read_bytes(), name)
        types = {one.expression: one.type_ref for one in decisions[name].inputs}
        assert complaints == []
        assert dmn.check_decision(decisions[name], types, name) == []
