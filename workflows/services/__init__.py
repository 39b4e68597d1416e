"""The words a diagram may say: topic → what it does, with the types of what goes in and out.

A topic that is no job runs inside the command's transaction and may refuse the whole command; a
job runs in its own transaction, and its outputs complete the service task.
"""

from collections.abc import Mapping
from typing import Any

from workflows.registry import values
from workflows.services import choices, documents, listing, objections, service_of_process
from workflows.services.steps import Step, Topic
from workflows.store import Transaction

__all__ = ["TOPICS", "Step", "Topic", "check_message", "choices"]

INSTANT = "date and time"

TOPICS: Mapping[str, Topic] = {
    "read_registry": Topic(
        listing.read_registry,
        outputs={
            "subject_name": "string",
            "subject_kind": "string",
            "track": "string",
            "is_person": "boolean",
            "age": "number",
            "list_name": "string",
            "list_registered": "boolean",
            "list_valid": "boolean",
            "list_scope": "string",
            "basis_level": "number",
            "recogniser_level": "string",
            "base_documents": "number",
            "base_in_force": "boolean",
            "superior_consent": "boolean",
        },
        article="国办发〔2020〕49号 四（六）、（七）",
    ),
    "check_document": Topic(
        documents.check_document, inputs={"kind": "string"}, article="国办发〔2020〕49号 四（八）"
    ),
    "issue_document": Topic(
        documents.issue_document,
        inputs={"kind": "string", "objection_id": "number", "service_id": "number"},
        outputs={"document_id": "number", "document_number": "string"},
        job=True,
        article="GB/T 9704-2012 7",
    ),
    "open_service": Topic(
        service_of_process.open_service,
        inputs={"document_id": "number"},
        outputs={"service_id": "number"},
        article="行政处罚法第六十一条",
    ),
    "record_attempt": Topic(
        service_of_process.record_attempt,
        inputs={"service_id": "number", "method": "string", "result": "string"},
        outputs={
            "attempt_count": "number",
            "served": "boolean",
            "served_at": INSTANT,
            "all_failed": "boolean",
        },
        article="民事诉讼法第八十七条至第九十五条",
    ),
    "close_service": Topic(
        service_of_process.close_service,
        inputs={"service_id": "number"},
        outputs={"served": "boolean", "served_at": INSTANT},
        article="民事诉讼法第九十五条",
    ),
    "open_window": Topic(
        objections.open_window,
        inputs={"served_at": INSTANT, "notice_limit": "string"},
        outputs={"window_end": INSTANT},
        article="河南省社会信用条例第二十八条",
    ),
    "register_objection": Topic(
        objections.register_objection,
        outputs={"objection_id": "number", "received_at": INSTANT, "objection_late": "boolean"},
        article="行政处罚法第四十五条",
    ),
    "check_objections": Topic(
        objections.check_objections,
        outputs={
            "open_objections": "number",
            "grounds_left": "number",
            "waived": "boolean",
            "window_passed": "boolean",
        },
        article="国办发〔2020〕49号 四（八）",
    ),
    "record_waiver": Topic(objections.record_waiver, article="行政处罚法第四十五条"),
    "record_answer": Topic(
        objections.record_answer,
        inputs={"objection_id": "number"},
        outputs={"objection_result": "string"},
        article="行政处罚法第四十五条",
    ),
    "close_objection": Topic(
        objections.close_objection,
        inputs={"objection_id": "number", "served_at": INSTANT},
        article="行政处罚法第四十五条",
    ),
    "record_listing": Topic(
        listing.record_listing, outputs={"listing_id": "number"}, article=listing.DECIDED
    ),
    "record_no_listing": Topic(listing.record_no_listing, article="行政处罚法第四十五条"),
    "close_listing": Topic(
        listing.close_listing, inputs={"served_at": INSTANT}, article="行政处罚法第六十一条"
    ),
}


def check_message(
    tx: Transaction, case: values.Fields, message: str, said: Mapping[str, Any]
) -> None:
    """Raise NotExpected at the door for what a step would refuse when the message is delivered."""
    if message == "objection_received":
        objections.check_received(tx, case["id"], said)
