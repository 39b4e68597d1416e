"""Screening for frequent dishonesty (高频失信筛查, P-02): who is governed, who is warned, and why.

A flag only recommends; a person acts on it. It keeps the ids of the counted records, both counts
of 尚未完全纠正且仍在公示 and the conjunct that fails, so that anybody can check it by hand.

`request` leaves a screening for the workers as a job; whoever runs jobs calls `carry_out`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows import deadlines, models
from workflows.registry import law, records, tables
from workflows.store import Row, Store, Transaction

BATCH = 2000
"""Subjects read at a time: memory stays the same for a thousand subjects or a million."""

JOB = "screening"
"""The kind of the jobs that screen; they belong to no case."""

MACHINE = "系统"
"""In place of a name: nobody asked, it is done every night."""


@dataclass(frozen=True)
class Screening:
    """What a screening found: subjects by class (D02), and how many flags it changed."""

    counts: Mapping[str, int]
    changed: int
    as_of: date


@dataclass(frozen=True)
class Policy:
    """What a screening counts by, on one day."""

    as_of: date
    since: date
    thresholds: law.Thresholds


@dataclass(frozen=True)
class Finding:
    """The class of one subject with everything it rests on."""

    kind: str
    ledger: str
    explanation: dict[str, Any]


def request(tx: Transaction, as_of: date, by: str = MACHINE) -> int:
    """Leave a screening as of a day for the workers; returns the id of its job.

    One that waits or is under way for that day already is not doubled. `by`: who asked for it.
    """
    tx.queue_at(JOB)
    j = models.jobs
    day = as_of.isoformat()
    waiting = tx.all(j.select().where(j.c.case_id.is_(None), j.c.kind == JOB, j.c.status == "due"))
    for one in waiting:
        if one["payload"]["as_of"] == day:
            return one["id"]
    return tx.insert(
        j,
        {
            "kind": JOB,
            "unique_key": f"{JOB}:{day}:{tx.now.isoformat()}",
            "payload": {"as_of": day, "by": by},
            "due_at": tx.now,
        },
    )


def carry_out(store: Store, job_id: int) -> Screening:
    """Screen as a job of kind `screening` asks, keeping in its payload how far it is.

    Payload: {as_of, by, done, total: subjects} and, at the end, {counts, changed}. Whoever calls
    ends the job. Run again it does no harm. Raises as `screen`.
    """
    with store.reading() as tx:
        kept = tx.one(models.jobs.select().where(models.jobs.c.id == job_id))["payload"]
        total = _count_subjects(tx)
    asked: dict[str, Any] = {"by": MACHINE, **kept, "total": total}

    def tell(done: int) -> None:
        _keep_payload(store, job_id, {**asked, "done": done})

    tell(0)
    found = screen(store, date.fromisoformat(asked["as_of"]), asked["by"], tell)
    told = {"done": total, "counts": dict(found.counts), "changed": found.changed}
    _keep_payload(store, job_id, {**asked, **told})
    return found


def screen(
    store: Store,
    as_of: date,
    by: str = MACHINE,
    progress: Callable[[int], None] | None = None,
) -> Screening:
    """Classify every subject as of a day (D02) and keep what changed as flags.

    Old flags stay, no longer current. A second run on the same facts writes nothing. `by`: who
    asked; `progress` is told the number of subjects done. Raises LawFaulty where no policy is in
    force.
    """
    policy = read_policy(as_of)
    counts: Counter[str] = Counter()
    changed = done = last = 0
    while True:
        with store.transaction() as tx:
            subjects = _next_subjects(tx, last)
            if not subjects:
                return Screening(dict(counts), changed, as_of)
            last = subjects[-1]["id"]
            changed += _screen_batch(tx, policy, subjects, counts, by)
        done += len(subjects)
        if progress:
            progress(done)


def screen_subject(tx: Transaction, subject_id: int, as_of: date, by: str = MACHINE) -> str:
    """Classify one subject as of a day, keep what changed, return its class (D02); NotFound."""
    s = models.subjects
    subject = tx.one(s.select().with_only_columns(s.c.id, s.c.track).where(s.c.id == subject_id))
    counts: Counter[str] = Counter()
    _screen_batch(tx, read_policy(as_of), [subject], counts, by)
    return next(iter(counts))


def read_policy(as_of: date) -> Policy:
    """Thresholds (W1) and the beginning of the window (DP-W1) on `as_of`."""
    thresholds = law.thresholds(as_of)
    window = deadlines.find(law.limits(), thresholds.limit, as_of)
    return Policy(as_of, deadlines.in_window_from(window, as_of), thresholds)


def classify(track: str, counted: Sequence[Row], policy: Policy) -> Finding:
    """The class of a subject by the records that count (D02); pure but for the decision table.

    `counted`: its effective records decided within the window.
    """
    bounds = policy.thresholds
    penalties = [row for row in counted if row["kind"] != "listing"]
    inclusions = [row for row in counted if row["kind"] == "listing"]
    open_penalties = sum(_is_open(row, policy.as_of) for row in penalties)
    open_inclusions = sum(_is_open(row, policy.as_of) for row in inclusions)
    enough = (
        max(open_penalties, open_inclusions) >= bounds.governed
        if bounds.strict
        else open_penalties + open_inclusions >= 1
    )
    outputs, rule = tables.frequency_class(
        track,
        _rank(len(penalties), bounds, watched=True),
        _rank(len(inclusions), bounds, watched=False),
        uncorrected_and_public=enough,
    )
    explanation = {
        "rule": rule,
        "policy": f"{bounds.id} 第{bounds.version}版",
        "basis": bounds.basis,
        "window": [policy.since.isoformat(), policy.as_of.isoformat()],
        "thresholds": {"governed": bounds.governed, "watch": bounds.watch},
        "strict": bounds.strict,
        "track": track,
        "counted": [row["id"] for row in counted],
        "penalties": len(penalties),
        "listings": len(inclusions),
        "uncorrected_and_public": open_penalties + open_inclusions,
        "uncorrected": sum(not row["corrected"] for row in counted),
        "public": sum(_is_public(row, policy.as_of) for row in counted),
        "fails": _failing(penalties, inclusions, policy, enough=enough),
        "same_act": _same_act(penalties),
        "owner": _owner(counted),
    }
    return Finding(outputs["class"], outputs["ledger"], explanation)


def _screen_batch(
    tx: Transaction,
    policy: Policy,
    subjects: Sequence[Row],
    counts: Counter[str],
    by: str,
) -> int:
    span = (subjects[0]["id"], subjects[-1]["id"])
    counted = _by_subject(_counting(tx, policy, span))
    flagged = {row["subject_id"]: row for row in _current(tx, span)}
    fresh: list[dict[str, Any]] = []
    stale: list[int] = []
    for subject in subjects:
        found = classify(subject["track"], counted.get(subject["id"], []), policy)
        counts[found.kind] += 1
        old = flagged.get(subject["id"])
        if _is_same(old, found):
            continue
        if old is not None:
            stale.append(old["id"])
        if found.kind != "none":
            fresh.append(_flag(subject["id"], found, policy, tx, by))
    _write(tx, stale, fresh)
    return len(stale) + len(fresh)


def _count_subjects(tx: Transaction) -> int:
    """About how many: ids are given one after another and subjects are never taken out."""
    s = models.subjects
    last = tx.first(s.select().with_only_columns(s.c.id).order_by(s.c.id.desc()).limit(1))
    return last["id"] if last else 0


def _keep_payload(store: Store, job_id: int, payload: dict[str, Any]) -> None:
    j = models.jobs
    with store.transaction() as tx:
        tx.run(j.update().where(j.c.id == job_id).values(payload=payload))


def _next_subjects(tx: Transaction, last: int) -> Sequence[Row]:
    s = models.subjects
    return tx.all(
        s.select()
        .with_only_columns(s.c.id, s.c.track)
        .where(s.c.id > last)
        .order_by(s.c.id)
        .limit(BATCH)
    )


def _counting(tx: Transaction, policy: Policy, span: tuple[int, int]) -> Sequence[Row]:
    """Effective records within the window; a decision with several penalties is one record."""
    r = models.records
    return tx.all(
        r.select()
        .with_only_columns(
            *(r.c.id, r.c.subject_id, r.c.kind, r.c.behaviour, r.c.organ, r.c.organ_uscc),
            *(r.c.decided_on, r.c.status, r.c.corrected, r.c.publicity_to),
        )
        .where(
            r.c.subject_id.between(*span),
            r.c.decided_on.between(policy.since, policy.as_of),
            r.c.status.in_(sorted(records.IN_FORCE)),
        )
        .order_by(r.c.subject_id, r.c.decided_on, r.c.id)
    )


def _current(tx: Transaction, span: tuple[int, int]) -> Sequence[Row]:
    f = models.flags
    return tx.all(f.select().where(f.c.subject_id.between(*span), f.c.current))


def _by_subject(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["subject_id"], []).append(row)
    return grouped


def _rank(count: int, bounds: law.Thresholds, *, watched: bool) -> str:
    if count >= bounds.governed:
        return "governed"
    return "watch" if watched and count >= bounds.watch else "below"


def _is_public(row: Row, as_of: date) -> bool:
    return row["status"] == "public" and (
        row["publicity_to"] is None or as_of <= row["publicity_to"]
    )


def _is_open(row: Row, as_of: date) -> bool:
    return not row["corrected"] and _is_public(row, as_of)


def _failing(
    penalties: Sequence[Row], inclusions: Sequence[Row], policy: Policy, *, enough: bool
) -> list[str]:
    """Which of the three conjuncts of R-006 keeps the subject from being governed."""
    counted = [*penalties, *inclusions]
    bounds = policy.thresholds
    demands = {
        f"三年内次数未达到 {bounds.governed} 次": max(len(penalties), len(inclusions))
        >= bounds.governed,
        "相关失信行为均已纠正": not counted or any(not row["corrected"] for row in counted),
        "失信信息均已不再公示": not counted
        or any(_is_public(row, policy.as_of) for row in counted),
        "没有足够的记录既未纠正又在公示": not counted or enough,
    }
    return [fault for fault, is_met in demands.items() if not is_met]


def _same_act(penalties: Sequence[Row]) -> list[list[int]]:
    """Decisions of different organs on one day for one behaviour: each counts, a person looks.

    行政处罚法第二十九条: one act is not fined twice.
    """
    acts: dict[tuple[date, str], list[Row]] = {}
    for row in penalties:
        acts.setdefault((row["decided_on"], row["behaviour"]), []).append(row)
    return [
        [row["id"] for row in rows]
        for rows in acts.values()
        if len({row["organ_uscc"] for row in rows}) > 1
    ]


def _owner(counted: Sequence[Row]) -> str:
    """Who found most of it governs it (谁认定、谁治理, R-012), as a kind of department (R-043)."""
    organs = Counter(row["organ"] for row in counted).most_common(1)
    if not organs:
        return ""
    kinds = law.responsible_departments("listed_market_subject")
    return next((kind for kind in kinds if kind in organs[0][0]), organs[0][0])


def _is_same(old: Row | None, found: Finding) -> bool:
    if old is None:
        return found.kind == "none"
    return (old["kind"], old["ledger"]) == (found.kind, found.ledger) and (
        _lasting(old["explanation"]) == _lasting(found.explanation)
    )


def _lasting(explanation: Mapping[str, Any]) -> dict[str, Any]:
    """An explanation without the window, which moves every day, and without who screened."""
    return {name: value for name, value in explanation.items() if name not in {"window", "by"}}


def _flag(
    subject_id: int, found: Finding, policy: Policy, tx: Transaction, by: str
) -> dict[str, Any]:
    return {
        "subject_id": subject_id,
        "kind": found.kind,
        "ledger": found.ledger,
        "as_of": policy.as_of,
        "explanation": {**found.explanation, "by": by},
        "current": True,
        "created_at": tx.now,
    }


def _write(tx: Transaction, stale: Sequence[int], fresh: Sequence[dict[str, Any]]) -> None:
    f = models.flags
    if stale:
        tx.run(f.update().where(f.c.id.in_(list(stale))).values(current=False))
    tx.insert_many(f, fresh)
