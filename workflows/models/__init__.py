"""Every table of the house, as SQLAlchemy Core tables. No behaviour.

Commands speak through the tables (`cases.select()`, `tasks.update()`), so that only `store`,
`queries` and this room import the library. What runs often is built once, with `given` values.
"""

from workflows.models.casework import (
    attachments,
    case_messages,
    cases,
    deadlines,
    document_bytes,
    document_numbers,
    documents,
    events,
    jobs,
    moves,
    procedures,
    tasks,
)
from workflows.models.columns import given, metadata
from workflows.models.names import pairs, plain
from workflows.models.people import departments, keys, memberships, people, sessions, sign_ins
from workflows.models.registry import (
    flags,
    import_rejects,
    imports,
    listings,
    notices,
    objections,
    records,
    service_attempts,
    services,
    subjects,
    upload_chunks,
)

__all__ = [
    "attachments",
    "case_messages",
    "cases",
    "deadlines",
    "departments",
    "document_bytes",
    "document_numbers",
    "documents",
    "events",
    "flags",
    "given",
    "import_rejects",
    "imports",
    "jobs",
    "keys",
    "listings",
    "memberships",
    "metadata",
    "moves",
    "notices",
    "objections",
    "pairs",
    "people",
    "plain",
    "procedures",
    "records",
    "service_attempts",
    "services",
    "sessions",
    "sign_ins",
    "subjects",
    "tasks",
    "upload_chunks",
]
