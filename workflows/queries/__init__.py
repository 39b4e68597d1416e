"""Everything a screen can ask. Frozen records out; every question is asked by somebody.

A row of a department the actor does not see is not found (404), never forbidden.
"""

from workflows.queries.caselist import CaseList, CaseRow, list_cases
from workflows.queries.casepages import (
    CaseHead,
    CasePage,
    DocumentRow,
    EventRow,
    ObjectionRow,
    OpenTask,
    ServiceRow,
    case_page,
)
from workflows.queries.changing import ChangeForm, change_form
from workflows.queries.diagrams import DiagramPage, DiagramStep, case_diagram, diagram_xml
from workflows.queries.due import Day, Due
from workflows.queries.filling import (
    Attachment,
    Filling,
    MessageForm,
    OpenForm,
    StartForm,
    message_form,
    open_form,
    opening_form,
    start_form,
)
from workflows.queries.lookups import records_by_number, subject_by_code
from workflows.queries.papers import (
    AttachmentFile,
    DocumentPage,
    attachment_file,
    document_page,
    document_pdf,
)
from workflows.queries.subjects import SubjectList, SubjectPage, find_subjects, subject_page
from workflows.queries.taskpages import Done, Said, TaskPage, task_page
from workflows.queries.worklist import TaskRow, Worklist, worklist

__all__ = [
    "Attachment",
    "AttachmentFile",
    "CaseHead",
    "CaseList",
    "CasePage",
    "CaseRow",
    "ChangeForm",
    "Day",
    "DiagramPage",
    "DiagramStep",
    "DocumentPage",
    "DocumentRow",
    "Done",
    "Due",
    "EventRow",
    "Filling",
    "MessageForm",
    "ObjectionRow",
    "OpenForm",
    "OpenTask",
    "Said",
    "ServiceRow",
    "StartForm",
    "SubjectList",
    "SubjectPage",
    "TaskPage",
    "TaskRow",
    "Worklist",
    "attachment_file",
    "case_diagram",
    "case_page",
    "change_form",
    "diagram_xml",
    "document_page",
    "document_pdf",
    "find_subjects",
    "list_cases",
    "message_form",
    "open_form",
    "opening_form",
    "records_by_number",
    "start_form",
    "subject_by_code",
    "subject_page",
    "task_page",
    "worklist",
]
