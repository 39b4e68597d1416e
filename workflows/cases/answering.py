"""From a person's answers to facts: the form's rules, then what only the case can know."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from workflows import errors, forms, models, services
from workflows.engine import feel
from workflows.registry import sealing
from workflows.store import Transaction

_NAMES = re.compile(r"\w+")


def clean(
    tx: Transaction,
    case: Mapping[str, Any],
    form: forms.Form,
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """The answers as facts; raises AnswersRefused with a complaint beside each field.

    `facts` are those the person had before them. Evidence must have been added to this case. What
    is hidden now says nothing now: an answer from an earlier time is taken back (None). What a form
    seals is kept apart (INV-22), and only a reference to it becomes a fact.
    """
    cleaned = forms.clean(
        form,
        answers,
        facts=facts,
        shown=shown_by(form),
        choices=lambda key: services.choices.choices(tx, case, key),
    )
    _check_evidence(tx, case, form, cleaned)
    for key in sorted(sealed_keys(form) & set(cleaned)):
        cleaned[key] = sealing.seal(tx, case.get("id"), key, cleaned[key])
    hidden = set(forms.types(form)) - set(cleaned)
    return cleaned | {key: None for key in sorted(hidden) if facts.get(key) is not None}


def sealed_keys(form: forms.Form) -> set[str]:
    """The fields of a form whose answers nobody but the supervisor may read."""
    return {field.key for field in form.fields if field.sealed}


def shown_by(form: forms.Form) -> forms.Shown:
    """What judges the hide conditions of a form: FEEL over the facts that a condition names."""
    types = forms.condition_types(form)

    def shown(hide: str, values: Mapping[str, Any]) -> bool:
        named = types.keys() & set(_NAMES.findall(hide))
        told = {name: values.get(name) for name in sorted(named)}
        return not feel.evaluate(hide, told, {name: types[name] for name in sorted(named)})

    return shown


def evidence(form: forms.Form, values: Mapping[str, Any]) -> list[str]:
    """sha256 of every attachment that the answers name."""
    return sorted({one for _, ones in _files(form.fields, values, "") for one in ones})


def _check_evidence(
    tx: Transaction, case: Mapping[str, Any], form: forms.Form, cleaned: Mapping[str, Any]
) -> None:
    named = dict(_files(form.fields, cleaned, ""))
    wanted = {digest for digests in named.values() for digest in digests}
    if not wanted:
        return
    a = models.attachments
    rows = tx.all(
        a.select()
        .with_only_columns(a.c.sha256)
        .where(a.c.case_id == case["id"], a.c.sha256.in_(sorted(wanted)))
    )
    known = {row["sha256"] for row in rows}
    lost = {path: "附件未找到，请重新上传" for path, ones in named.items() if set(ones) - known}
    if lost:
        raise errors.AnswersRefused(lost)


def _files(
    fields: Iterable[forms.Field], values: Mapping[str, Any], prefix: str
) -> Iterable[tuple[str, list[str]]]:
    for field in fields:
        value = values.get(field.key)
        if field.kind == "filepicker" and value:
            yield f"{prefix}{field.key}", value if isinstance(value, list) else [value]
        elif field.kind == "dynamiclist":
            for number, row in enumerate(value or []):
                yield from _files(field.fields, row, f"{prefix}{field.key}[{number}].")
        elif field.kind == "group":
            yield from _files(field.fields, values, prefix)
