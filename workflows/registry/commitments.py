"""Credit commitments (信用承诺): drafted, signed, published by consent, kept or broken (§2.8).

Every step is one of `STEPS` and is written into the row's history, so that a breach which is
annulled later stays told with its annulment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from workflows import errors, models
from workflows.registry import attachments, instants, values
from workflows.store import Row, Transaction

LAW = "安信用办〔2023〕5号 三（三）、（四）、附件1"
CONSENT_LAW = "国办发〔2020〕49号 三（四）"
STEPS: Mapping[str, frozenset[str]] = {
    "drafted": frozenset({"signed", "declined"}),
    "signed": frozenset({"published", "supervised", "breached"}),
    "published": frozenset({"supervised", "breached"}),
    "supervised": frozenset({"fulfilled", "breached"}),
    "breached": frozenset({"annulled_breach"}),
    "annulled_breach": frozenset({"supervised", "fulfilled", "breached"}),
    "fulfilled": frozenset(),
    "declined": frozenset(),
}
"""What may follow what (§2.8)."""

IN_FORCE = frozenset({"signed", "published", "supervised", "annulled_breach"})
CONSENTS = ("none", "unit", "both")
SEALS = {
    "seal": "加盖公章的原件",
    "signature": "法定代表人签名的原件",
    "scan": "盖章或者签名的扫描件",
}
LONGEST = 60
"""Months a commitment may last; the annex fixes none."""

_c = models.commitments


@dataclass(frozen=True)
class Wording:
    """The clauses of one version for one scope of consent, and what the scope means in words."""

    version: str
    basis: str
    preamble: str
    clauses: tuple[str, ...]
    consent: str


@dataclass(frozen=True)
class Signing:
    """Who signed when and how; `evidence`: the signed original or its scan."""

    on: date
    by: str
    seal: str
    evidence: Sequence[str]


def wording(text: bytes | str, consent: str, day: date) -> Wording:
    """The clauses of `clauses.yaml` in force on a day, for one scope of consent (C-9, C-12).

    Raises LawFaulty where no version is in force, CommitmentUnlawful for an unknown scope.
    """
    versions = values.read_rows(yaml.safe_load(text)["versions"])
    in_force = [one for one in versions if instants.read_day(one["in_force_from"], "版本") <= day]
    if not in_force:
        raise errors.LawFaulty(f"信用承诺书的条款在 {day} 没有施行的版本")
    said = max(in_force, key=lambda one: str(one["in_force_from"]))
    if consent not in CONSENTS:
        raise errors.CommitmentUnlawful("须选择是否同意公示以及公示的范围", article=CONSENT_LAW)
    scopes = said["scopes"]
    chosen = {
        "holder": scopes["holder"]["both" if consent == "both" else "unit"],
        "public": scopes["public"][consent],
        "web": scopes["web"][consent],
    }
    return Wording(
        version=str(said["version"]),
        basis=str(said["basis"]),
        preamble=str(said["preamble"]).format(**chosen),
        clauses=tuple(
            str(one["text"]).format(**chosen) for one in values.read_rows(said["clauses"])
        ),
        consent=str(said["consents"][consent]),
    )


def draft(
    tx: Transaction,
    case: values.Fields,
    said: Wording,
    *,
    purpose: str,
    consent: str,
    months: int,
    interview_id: int | None = None,
) -> int:
    """Write a commitment that is to be signed; the case's draft not yet signed is written anew."""
    if not 1 <= months <= LONGEST:
        raise errors.CommitmentUnlawful(f"承诺的期限应为一至{LONGEST}个月", article=LAW)
    row = {
        "interview_id": interview_id,
        "purpose": purpose,
        "clauses_version": said.version,
        "clauses": list(said.clauses),
        "consent": consent,
        "months": months,
    }
    known = tx.first(
        _c.select().where(_c.c.case_id == case["id"], _c.c.status == "drafted").limit(1)
    )
    if known is not None:
        tx.run(_c.update().where(_c.c.id == known["id"]).values(**row))
        return known["id"]
    about = {"subject_id": case["subject_id"], "case_id": case["id"], "history": list[Any]()}
    return tx.insert(_c, {**about, **row})


def attach_letter(tx: Transaction, commitment_id: int, document_id: int) -> None:
    """Note which document is to be signed."""
    tx.run(_c.update().where(_c.c.id == commitment_id).values(document_id=document_id))


def sign(tx: Transaction, commitment_id: int, signing: Signing, by: str, now: datetime) -> None:
    """The subject has signed: when, by whom, with what proof. Raises CommitmentUnlawful …

    … where the day is not between the letter's and today, EvidenceMissing without the original.
    """
    row = find(tx, commitment_id)
    if row["document_id"] is None:
        raise errors.CommitmentUnlawful("信用承诺书尚未制作", article=LAW)
    letter = tx.one(models.documents.select().where(models.documents.c.id == row["document_id"]))
    first, last = instants.office_day(letter["issued_at"]), instants.office_day(now)
    if not first <= signing.on <= last:
        raise errors.CommitmentUnlawful(f"签署日期 {signing.on} 应在 {first} 至 {last} 之间")
    if signing.seal not in SEALS or not signing.by.strip():
        raise errors.CommitmentUnlawful("须写明签署人和签署方式", article=LAW)
    attachments.check_evidence(tx, row["case_id"], signing.evidence, "信用承诺书的签署")
    _step(
        tx,
        row,
        "signed",
        "签署",
        by,
        now,
        signed_on=signing.on,
        signed_by=signing.by,
        seal=signing.seal,
        evidence=list(signing.evidence),
        period_end=instants.add_months(signing.on, row["months"]),
    )


def decline(tx: Transaction, commitment_id: int, reason: str, by: str, now: datetime) -> None:
    """The subject will not sign. That is its right: nothing is held against it."""
    _step(tx, find(tx, commitment_id), "declined", reason, by, now)


def check_publishable(tx: Transaction, commitment_id: int) -> Row:
    """The commitment, signed and with consent to its publication; raises NotPublishable (C-9)."""
    row = find(tx, commitment_id)
    if row["status"] not in IN_FORCE:
        raise errors.NotPublishable("信用承诺书没有签署或者已经不再有效", article=LAW)
    if row["consent"] not in {"unit", "both"}:
        raise errors.NotPublishable("承诺单位没有同意公示", article=CONSENT_LAW)
    return row


def publish(tx: Transaction, commitment_id: int, by: str, now: datetime) -> None:
    """The letter is public, within the consent (R-053)."""
    row = check_publishable(tx, commitment_id)
    _step(tx, row, "published", "公示", by, now, published_at=now)


def supervise(tx: Transaction, commitment_id: int, by: str, now: datetime) -> None:
    """Its fulfilment is watched from now on (R-053); without consent too, then unpublished."""
    _step(tx, find(tx, commitment_id), "supervised", "纳入践诺监督", by, now)


def breach(tx: Transaction, commitment_id: int, reason: str, by: str, now: datetime) -> None:
    """The commitment is broken; somebody says why."""
    _step(tx, find(tx, commitment_id), "breached", _said(reason), by, now)


def annul_breach(tx: Transaction, commitment_id: int, reason: str, by: str, now: datetime) -> None:
    """The finding of a breach was wrong; both stay in the history."""
    _step(tx, find(tx, commitment_id), "annulled_breach", _said(reason), by, now)


def fulfil(tx: Transaction, commitment_id: int, by: str, now: datetime) -> None:
    """The term has run out and nothing was broken."""
    row = find(tx, commitment_id)
    if row["period_end"] is None or instants.office_day(now) < row["period_end"]:
        raise errors.CommitmentUnlawful(f"承诺的期限至 {row['period_end']} 届满", article=LAW)
    _step(tx, row, "fulfilled", "期限届满，没有违反", by, now)


def find(tx: Transaction, commitment_id: int) -> Row:
    """The commitment; raises NotFound."""
    return tx.one(_c.select().where(_c.c.id == commitment_id))


def of_subject(tx: Transaction, subject_id: int) -> Sequence[Row]:
    """Every commitment of a subject, oldest first."""
    return tx.all(_c.select().where(_c.c.subject_id == subject_id).order_by(_c.c.id))


def public_of(tx: Transaction, subject_id: int) -> list[Row]:
    """The commitments of a subject that are public."""
    return [row for row in of_subject(tx, subject_id) if row["published_at"] is not None]


def has_breach(tx: Transaction, subject_id: int, since: date | None = None) -> bool:
    """Whether a breach stands, found on or after `since`; one that was annulled does not."""
    for row in of_subject(tx, subject_id):
        found = [one for one in values.read_rows(row["history"]) if one["status"] == "breached"]
        if row["status"] == "breached" and found:
            on = instants.read_day(found[-1]["at"], "违诺日期")
            if since is None or on >= since:
                return True
    return False


def _said(reason: str) -> str:
    if not reason.strip():
        raise errors.CommitmentUnlawful("须写明理由", article=LAW)
    return reason.strip()


def _step(
    tx: Transaction, row: Row, status: str, reason: str, by: str, now: datetime, **more: Any
) -> None:
    if status not in STEPS[row["status"]]:
        raise errors.CommitmentUnlawful(
            f"承诺现为“{NAMES[row['status']]}”，不能改为“{NAMES[status]}”", article=LAW
        )
    told = {"at": instants.write_instant(now), "status": status, "reason": reason, "by": by}
    history = [*values.read_rows(row["history"]), told]
    changed = tx.run(
        _c.update()
        .where(_c.c.id == row["id"], _c.c.status == row["status"])
        .values(status=status, history=history, **more)
    )
    if not changed:
        raise errors.CaseChanged


NAMES: Mapping[str, str] = {
    "drafted": "待签署",
    "declined": "拒绝承诺",
    "signed": "已签署",
    "published": "已公示",
    "supervised": "践诺监督中",
    "fulfilled": "已履行",
    "breached": "违反承诺",
    "annulled_breach": "违诺认定已撤销",
}
"""The states for people."""
