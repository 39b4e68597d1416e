"""主体: found by name or number; and all that is known of one, in the order of time."""

from workflows.queries.subjects.about import prefill
from workflows.queries.subjects.found import SubjectList, SubjectRow, find_subjects
from workflows.queries.subjects.history import Happening, History
from workflows.queries.subjects.page import SubjectPage, subject_page
from workflows.queries.subjects.rights import Right
from workflows.queries.subjects.terms import Term

__all__ = [
    "Happening",
    "History",
    "Right",
    "SubjectList",
    "SubjectPage",
    "SubjectRow",
    "Term",
    "find_subjects",
    "prefill",
    "subject_page",
]
