"""However entries of one subject come to their ends, in whatever order, the law holds.

INV-09, INV-13, INV-16 and INV-20. The oracle keeps its own account of what happened and says of
each removal whether the law allows it; it knows nothing of the code it judges.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import Databases
from tests.registry import told
from tests.registry.removing import HEAD, PROPOSER, Desk
from workflows import errors, models

FORMAL = {"obligations_performed", "deregistered", "bankruptcy"}
ENDS = {
    "term_expired": "removed_expired",
    "obligations_performed": "removed_performed",
    "deregistered": "removed_exit",
    "bankruptcy": "removed_exit",
    "base_revoked": "revoked",
}
START = date(2026, 3, 12)
OFFICES, RECORDS = (1, 2), (1, 2)

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

which = st.integers(0, 2)
acts = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 100, 300, 400, 1000])),
    st.tuples(st.just("status"), st.sampled_from(["存续", "吊销", "注销", "停业"])),
    st.tuples(st.just("bankrupt"), st.sampled_from(["", "accepted"])),
    st.tuples(st.just("propose"), which, st.sampled_from(sorted(FORMAL)), st.booleans()),
    st.tuples(st.just("remove"), which, st.sampled_from(sorted(ENDS)), st.sampled_from(OFFICES)),
    st.tuples(st.just("revoke"), st.sampled_from(RECORDS), st.sampled_from(OFFICES), st.booleans()),
    st.tuples(st.just("dispute"), st.sampled_from(RECORDS), st.sampled_from(["keep", "withdraw"])),
    st.tuples(st.just("publish"), which),
)


@dataclass
class Entry:
    """What the oracle knows of an entry. `approved`: ground → the case that decided on it."""

    id: int
    office: int
    records: set[int]
    end: str = ""
    approved: dict[str, int] = field(default_factory=dict[str, int])


@dataclass
class Account:
    """What has happened, told by whoever did it."""

    now: datetime
    entries: list[Entry]
    status: str = "存续"
    bankruptcy: str = ""
    gone: set[int] = field(default_factory=set[int])
    touched: dict[int, int] = field(default_factory=dict[int, int])

    def allows(self, entry: Entry, ground: str, office: int) -> bool:
        """Whether the law lets this office remove the entry on this ground today."""
        if entry.end or entry.office != office:
            return False
        if ground == "term_expired":
            return self.now.date() > START.replace(year=2029)
        if ground == "base_revoked":
            return entry.records <= self.gone
        if ground not in entry.approved:
            return False
        if ground == "obligations_performed":
            return self.now.date() > START.replace(year=2027)
        return self.status == "注销" if ground == "deregistered" else self.bankruptcy == "accepted"

    def fall(self, office: int, record: int) -> None:
        """INV-16: what the office listed on nothing else is revoked with its last document."""
        for entry in self.entries:
            if not entry.end and entry.office == office and record in entry.records:
                entry.end = "revoked" if entry.records <= self.gone else ""


class Life:
    """Three entries of a subject: two of one office, one of another."""

    def __init__(self, url: str) -> None:
        self.desk = Desk(url)
        made = [(1, {1}), (1, {1, 2}), (2, {1})]
        entries = [
            Entry(self.desk.listed_on(*sorted(records), office=office), office, records)
            for office, records in made
        ]
        for entry in entries:
            self.desk.applied(entry.id)
        self.account = Account(told.at("2026-03-20T09:00"), entries)

    def do(self, act: tuple[Any, ...]) -> None:
        self.account.now += timedelta(hours=1)
        getattr(self, f"_{act[0]}")(*act[1:])
        self.check()

    def _wait(self, days: int) -> None:
        self.account.now += timedelta(days=days)

    def _status(self, status: str) -> None:
        self.account.status = status
        self.desk.change(models.subjects, 1, status=status)

    def _bankrupt(self, state: str) -> None:
        self.account.bankruptcy = state
        self.desk.change(models.subjects, 1, bankruptcy=state)

    def _propose(self, place: int, ground: str, is_granted: bool) -> None:
        entry, now = self.account.entries[place], self.account.now
        proof = {"event_on": now.date().isoformat()}
        if entry.end:
            with pytest.raises(errors.NotInForce):
                self.desk.propose_removal(entry.id, ground, now, entry.office, **proof)
            return
        case_id = self.desk.propose_removal(entry.id, ground, now, entry.office, **proof)
        with pytest.raises(errors.FourEyes):
            self.desk.decide_removal(case_id, now, by=PROPOSER)
        self.desk.decide_removal(case_id, now, by=HEAD, is_granted=is_granted)
        if is_granted:
            entry.approved[ground] = case_id

    def _remove(self, place: int, ground: str, office: int) -> None:
        entry, now = self.account.entries[place], self.account.now
        case_id = entry.approved.get(ground) or self.desk.open("delisting", now, office=office)
        by = entry.office if ground in entry.approved else office
        if self.account.allows(entry, ground, by):
            self.desk.remove(entry.id, ground, case_id, now)
            entry.end = ENDS[ground]
        else:
            with pytest.raises(errors.Refusal):
                self.desk.remove(entry.id, ground, case_id, now)

    def _revoke(self, record: int, office: int, chooses: bool) -> None:
        account = self.account
        case_id = self.desk.revoke(record, when=account.now, office=office)
        account.gone.add(record)
        account.fall(office, record)
        left = [
            entry
            for entry in account.entries
            if not entry.end and entry.office == office and record in entry.records
        ]
        chosen = left if chooses else []
        self.desk.correct(case_id, *(entry.id for entry in chosen), when=account.now)
        for entry in chosen:
            entry.end = "revoked"

    def _dispute(self, record: int, action: str) -> None:
        now, is_wrong = self.account.now, action == "withdraw"
        case_id = self.desk.dispute(f"record:{record}", now)
        assert self.desk.record(record)["disputed"]
        said = {"action": "withdraw", "correction": "录入有误"} if is_wrong else {}
        self.desk.conclude(case_id, accepted=is_wrong, when=now, **said)
        if is_wrong:
            self.account.gone.add(record)

    def _publish(self, place: int) -> None:
        entry = self.account.entries[place]
        if entry.end:
            with pytest.raises(errors.Refusal):
                self.desk.publicise(entry.id, self.account.now)
            return
        with self.desk.at(self.account.now) as tx:
            p = models.publicities
            shown = tx.first(p.select().where(p.c.listing_id == entry.id, p.c.status != "ended"))
        if shown is None and self.account.now.date() < START.replace(year=2029):
            self.desk.publicise(entry.id, self.account.now)

    def check(self) -> None:
        """What must hold after every act, whatever it was."""
        with self.desk.at(self.account.now) as tx:
            for entry in self.account.entries:
                row = self.desk.listing(entry.id)
                assert row["status"] == (entry.end or "decided_listed")
                assert (row["removed_at"] is None) == (not entry.end)
                p, m = models.publicities, models.measures
                shown = tx.all(p.select().where(p.c.listing_id == entry.id))
                applied = tx.all(m.select().where(m.c.listing_id == entry.id))
                if entry.end:
                    assert "public" not in {one["status"] for one in shown}
                    assert {one["status"] for one in applied} <= {"lifting", "lifted"}
                else:
                    assert {one["status"] for one in applied} == {"in_force"}
            for record in RECORDS:
                row = self.desk.record(record)
                assert (row["status"] == "withdrawn") == (record in self.account.gone)
                assert not row["disputed"]


@given(st.lists(acts, min_size=3, max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
def test_an_entry_ends_when_the_law_says_so_and_takes_nothing_else_with_it(
    databases: Databases, happened: list[tuple[Any, ...]]
) -> None:
    life = Life(databases.fresh())
    try:
        for act in happened:
            life.do(act)
    finally:
        life.desk.store.close()
