"""A start form opened from a subject's page begins with what it was opened about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.queries.filling import Filling

OFFERS: Mapping[str, frozenset[str]] = {
    "listing": frozenset({"own_listings", "repairable_listings", "disputable"}),
    "record": frozenset({"revocable_records", "disputable"}),
}
"""Kind of row → the lists of choices (valuesKey) in which it is offered, by key or as kind:key."""


def prefill(filling: Filling, about: str) -> Filling:
    """Choose `about` (listing:3, record:5) where the form offers it; anything else is ignored."""
    kind, _, key = about.partition(":")
    chosen: dict[str, Any] = {}
    for one in filling.form.fields:
        if one.values_key not in OFFERS.get(kind, ()):
            continue
        offered = {value for value, _label in filling.choices.get(one.values_key or "", ())}
        for value in (about, key):
            if value in offered:
                chosen[one.key] = [value] if one.kind == "checklist" else value
    return replace(filling, answers={**filling.answers, **chosen}) if chosen else filling
