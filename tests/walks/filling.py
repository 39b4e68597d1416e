"""Fills any form: what a person might type, mostly sensible, sometimes not."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.walks import samples
from workflows import forms

TEXTS = (
    "情况属实，没有其他说明",
    "经查证属实，证据确凿",
    "见附件",
    "当事人对事实没有异议，请求从宽处理。",
    "销售不合格产品，货值五万元",
    "Shop No. 7 & Co. <b>“甲”</b>",
    "{{ 7*7 }} ${x} #{y} {% raw %}",
    "龘靐齉 · 𠮷野家",
)
NAMES = ("甄实", "王承办", "陈承办", "刘承办", "贾明")
FITTING = ("0372-0000001", "91410505MA44AA018A", "2026-03", "1", "2026-03-02", "09:00")
"""For fields with a pattern."""

WISE = frozenset({"hearing_offered"})
"""Boxes that a careful person ticks: without it no ban can be announced."""

RETHOUGHT = frozenset({"targets"})
"""Lists not always kept as they come back: whoever is named in one may never be approved."""

PASTS = (0, 0, 0, 0, 5, 60, 600, 60 * 24, 60 * 24 * 9, -30)
"""Minutes before now that an instant may lie; a negative one has not come yet."""

Steer = Callable[[str, str, Sequence[str]], str | None]
"""(form, field, options) → the option wanted, or None where it does not matter."""


@dataclass
class Filler:
    """How one form is filled. `careful`: nothing optional is left out and nothing is odd.

    `sample`: what somebody sensible has said in this form; `ids`: keys of rows for `listing_id` ….
    """

    rng: random.Random
    now: datetime
    choices: Callable[[str], Sequence[tuple[str, str]]]
    attach: Callable[[], str]
    steer: Steer = lambda _form, _key, _options: None
    careful: bool = False
    sample: samples.Said = field(default_factory=dict[str, Any])
    ids: Callable[[str], Sequence[int]] = lambda _key: ()

    def fill(self, form: forms.Form, known: Mapping[str, Any]) -> dict[str, Any]:
        """Answers to every field, hidden ones too (they must be ignored)."""
        return self._several(form.name, form.fields, known, self.sample)

    def _several(
        self,
        form: str,
        fields: Sequence[forms.Field],
        known: Mapping[str, Any],
        sample: samples.Said,
    ) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for one in fields:
            if one.kind == "group" and not one.key:
                said |= self._several(form, one.fields, known, sample)
            elif one.key and not (self._left_out(one, sample)):
                there = known.get(one.key) or known.get(one.prefill)
                said[one.key] = self._value(form, one, there, sample.get(one.key))
        return said

    def _left_out(self, field: forms.Field, sample: samples.Said) -> bool:
        if self.careful and field.key in WISE:
            return False
        if self.careful:
            return bool(sample) and not field.required and field.key not in sample
        return self._happens(0.02 if field.required else 0.2)

    def _value(self, form: str, field: forms.Field, known: Any, sample: Any) -> Any:
        if field.kind == "dynamiclist":
            return self._rows(form, field, known, sample)
        told = self._sampled(field, sample)
        if field.kind in {"radio", "select"} and (steered := self._option(form, field)):
            return steered
        for there in (known, told):
            if there not in (None, "", []) and (self.careful or self._happens(0.6)):
                return there
        return self._fresh(form, field)

    def _sampled(self, field: forms.Field, sample: Any) -> Any:
        """The sample, as far as it fits here and now; None where it does not."""
        if isinstance(sample, samples.Later):
            return sample.seen_from(self.now)
        match field.kind:
            case "filepicker":
                return None
            case "radio" | "select":
                return sample if sample in self._options(field) else None
            case "checklist":
                return [one for one in sample or [] if one in self._options(field)]
            case _:
                return sample

    def _fresh(self, form: str, field: forms.Field) -> Any:  # noqa: PLR0911 — one for each kind
        match field.kind:
            case "textfield" | "textarea":
                return self._text(field)
            case "number":
                return self._number(field)
            case "checkbox":
                said = self.steer(form, field.key, ("true", "false"))
                wise = self.careful and field.key in WISE
                ticked = field.required or wise or (not self.careful and self._happens(0.3))
                return said == "true" if said else ticked
            case "radio" | "select":
                return self._option(form, field) or self._one_of(self._options(field))
            case "checklist":
                return self._some(self._options(field), least=1 if field.required else 0)
            case "date":
                return (self.now - timedelta(days=self._pick((0, 0, 0, 1, 8)))).date().isoformat()
            case "datetime":
                minutes = 0 if self.careful else self._pick(PASTS)
                return (self.now - timedelta(minutes=minutes)).isoformat()
            case "filepicker":
                return [self.attach()]
            case "group":
                return self._several(form, field.fields, {}, {})
            case _:
                return None

    def _rows(self, form: str, field: forms.Field, known: Any, sample: Any) -> list[dict[str, Any]]:
        told = [row for row in sample or [] if isinstance(row, Mapping)]
        given = [row for row in known or [] if isinstance(row, Mapping)] or [{} for _ in told]
        if field.key in RETHOUGHT and told and self._happens(0.5):
            given = [{} for _ in told]
        if not given or not (self.careful or self._happens(0.8)):
            given = [{} for _ in range(self._pick((1, 1, 2, 3)))]
        if not field.required and not known and not told:
            given = given if self._happens(0.3) else []
        rows: list[dict[str, Any]] = []
        for number, row in enumerate(given, 1):
            alike = told[min(number, len(told)) - 1] if told else {}
            rows.append({**self._several(form, field.fields, row, alike)})
            if any(one.key == "no" for one in field.fields):
                rows[-1]["no"] = row.get("no") or number
        return rows

    def _text(self, field: forms.Field) -> str:
        if field.pattern:
            fits = (one for one in FITTING if re.fullmatch(field.pattern, one))
            return next(fits, FITTING[0])
        if field.key in {"receiver", "by", "signer", "witness", "server_1", "server_2", "name"}:
            return self._pick(NAMES)
        said = TEXTS[0] if self.careful else self._pick(TEXTS)
        return said[: field.max_length or 500]

    def _number(self, field: forms.Field) -> int:
        rows = self.ids(field.key)
        if rows:
            return self._pick(rows)
        low, high = int(field.minimum or 1), int(field.maximum or 60)
        if self.careful:
            return low
        return min(high, low + self._pick((0, 0, 1, 2, 11, 35)))

    def _option(self, form: str, field: forms.Field) -> str | None:
        return self.steer(form, field.key, self._options(field))

    def _options(self, field: forms.Field) -> list[str]:
        offered = self.choices(field.values_key) if field.values_key else field.options or ()
        return [value for value, _ in offered]

    def _one_of(self, options: Sequence[str]) -> str | None:
        return self._pick(options) if options else None

    def _some(self, options: Sequence[str], least: int) -> list[str]:
        if self.careful:
            return list(options)
        kept = [one for one in options if self._happens(0.6)]
        return kept if len(kept) >= least or not options else [self._pick(options)]

    def _pick(self, among: Sequence[Any]) -> Any:
        return among[self.rng.randrange(len(among))]

    def _happens(self, chance: float) -> bool:
        return self.rng.random() < chance
