"""What everybody may see without signing in: the public views of what is public, and nothing else.

Only what was composed, checked and published (D14; INV-12) is read, never the rows it tells of: no
notice, objection, interview, query or complainant (INV-22).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from workflows import identifiers, models
from workflows.registry import instants
from workflows.store import Row, Store

PAGE = 20
LONGEST = 100
KINDS = ("listing", "record", "commitment")

_p, _s = models.publicities, models.subjects


@dataclass(frozen=True)
class Shown:
    """One publicity as the public sees it: lines of label and value; whether it is disputed."""

    title: str
    lines: tuple[tuple[str, str], ...]
    disputed: bool


@dataclass(frozen=True)
class PublicList:
    """A page of what is public, newest first; `more` opens the next one, None at the end."""

    rows: tuple[Shown, ...]
    more: int | None


def public_list(
    store: Store, asked: str = "", kind: str = "listing", after: int | None = None
) -> PublicList:
    """What is public today of a kind; `asked`: the exact name or code of a unit.

    People are not found by name or number: what is shown of them is masked. At most PAGE rows are
    read, whatever is asked.
    """
    today = instants.office_day(store.now)
    wanted = (
        _p.join(_s, _p.c.subject_id == _s.c.id)
        .select()
        .with_only_columns(_p.c.id, _p.c.content, _p.c.disputed)
        .where(
            _p.c.status == "public",
            _p.c.kind == (kind if kind in KINDS else KINDS[0]),
            _p.c.shielded.is_(False),
            _p.c.starts_on <= today,
            _p.c.ends_on >= today,
        )
        .order_by(_p.c.id.desc())
        .limit(PAGE + 1)
    )
    text = asked.replace("\x00", "\ufffd").strip()[
        :LONGEST
    ]  # no name holds one; no database takes it
    if text:
        code = "".join(identifiers.normalise_width(text).split()).upper()
        wanted = wanted.where(
            (_s.c.name == text) | (_s.c.id_no == code),
            _s.c.track != "person",
            _s.c.id_scheme != "citizen_id",
        )
    if after is not None:
        wanted = wanted.where(_p.c.id < after)
    with store.reading() as tx:
        rows = tx.all(wanted)
    more = rows[PAGE - 1]["id"] if len(rows) > PAGE else None
    return PublicList(tuple(_shown(row) for row in rows[:PAGE]), more)


def _shown(row: Row) -> Shown:
    view = cast("Mapping[str, Any]", row["content"])
    lines = tuple((str(one["label"]), str(one["value"])) for one in view["lines"])
    return Shown(str(view["title"]), lines, row["disputed"])
