"""Rights: hearings, reviews, publicity, measures, warnings, commitments, repair."""

import sqlalchemy as sa
from alembic import op

from workflows.models import columns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.Text(), server_default="", nullable=False),
        sa.Column("seed", sa.Text(), server_default="", nullable=False),
        sa.Column("pool", columns.Json(), nullable=True),
        sa.Column("pool_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("excluded", columns.Json(), nullable=True),
        sa.Column("drawn", columns.Json(), nullable=True),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.Column("drawn_at", columns.Instant(length=32), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_draws_case_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_draws_department_id")
        ),
        sa.ForeignKeyConstraint(["drawn_by"], ["people.id"], name=op.f("fk_draws_drawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("department_id", "period", name=op.f("uq_draws_department_id_period")),
    )
    op.create_table(
        "leniency_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("flags", columns.Json(), nullable=True),
        sa.Column("established", columns.Json(), nullable=True),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", columns.Instant(length=32), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_leniency_reviews_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_leniency_reviews_confirmed_by")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people.id"], name=op.f("fk_leniency_reviews_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leniency_reviews")),
    )
    with op.batch_alter_table("leniency_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leniency_reviews_case_id"), ["case_id"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("ground", sa.Text(), server_default="", nullable=False),
        sa.Column("article", sa.Text(), server_default="", nullable=False),
        sa.Column("limits", columns.Json(), nullable=True),
        sa.Column("starts_at", columns.Instant(length=32), nullable=False),
        sa.Column("ends_at", columns.Instant(length=32), nullable=True),
        sa.Column("length", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("document_no", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("element", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", columns.Instant(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pauses_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_pauses_ended_by")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_pauses_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pauses_case_id"), ["case_id"], unique=False)

    op.create_table(
        "sealed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_at", columns.Instant(length=32), nullable=False),
        sa.Column("opened", columns.Json(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sealed_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed")),
    )
    with op.batch_alter_table("sealed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_case_id"), ["case_id"], unique=False)

    op.create_table(
        "hearings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("requested_at", columns.Instant(length=32), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("status", sa.Text(), server_default="requested", nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("scheduled_at", columns.Instant(length=32), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("open_to_public", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("closed_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("notice_document_id", sa.Integer(), nullable=True),
        sa.Column("noticed_at", columns.Instant(length=32), nullable=True),
        sa.Column("held_at", columns.Instant(length=32), nullable=True),
        sa.Column("minutes", columns.Json(), nullable=True),
        sa.Column("outcome_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("transcript_document_id", sa.Integer(), nullable=True),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.Column("refusal_document_id", sa.Integer(), nullable=True),
        sa.Column("refusal_served_at", columns.Instant(length=32), nullable=True),
        sa.Column("report", sa.Text(), server_default="", nullable=False),
        sa.Column("opinion", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("closed_at", columns.Instant(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_hearings_case_id")),
        sa.ForeignKeyConstraint(
            ["notice_document_id"], ["documents.id"], name=op.f("fk_hearings_notice_document_id")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name=op.f("fk_hearings_officer_id")),
        sa.ForeignKeyConstraint(
            ["refusal_document_id"], ["documents.id"], name=op.f("fk_hearings_refusal_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_document_id"],
            ["documents.id"],
            name=op.f("fk_hearings_transcript_document_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearings")),
    )
    with op.batch_alter_table("hearings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hearings_case_id"), ["case_id"], unique=False)

    op.create_table(
        "interviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="drafted", nullable=False),
        sa.Column("absences", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice_document_id", sa.Integer(), nullable=True),
        sa.Column("noticed_at", columns.Instant(length=32), nullable=True),
        sa.Column("scheduled_at", columns.Instant(length=32), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("held_at", columns.Instant(length=32), nullable=True),
        sa.Column("interviewers", columns.Json(), nullable=True),
        sa.Column("attendee", sa.Text(), server_default="", nullable=False),
        sa.Column("attendee_role", sa.Text(), server_default="", nullable=False),
        sa.Column("authority", sa.Text(), server_default="", nullable=False),
        sa.Column("statements", sa.Text(), server_default="", nullable=False),
        sa.Column("requirements", sa.Text(), server_default="", nullable=False),
        sa.Column("rectify_by", sa.Date(), nullable=True),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.Column("refusal", sa.Text(), server_default="", nullable=False),
        sa.Column("witness", sa.Text(), server_default="", nullable=False),
        sa.Column("record_document_id", sa.Integer(), nullable=True),
        sa.Column("guide_handed_at", columns.Instant(length=32), nullable=True),
        sa.Column("filed_at", columns.Instant(length=32), nullable=True),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_interviews_case_id")),
        sa.ForeignKeyConstraint(
            ["notice_document_id"], ["documents.id"], name=op.f("fk_interviews_notice_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_document_id"], ["documents.id"], name=op.f("fk_interviews_record_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_interviews_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
    )
    with op.batch_alter_table("interviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interviews_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interviews_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "revocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("document_no", sa.Text(), server_default="", nullable=False),
        sa.Column("organ", sa.Text(), server_default="", nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("received_at", columns.Instant(length=32), nullable=False),
        sa.Column("record_ids", columns.Json(), nullable=True),
        sa.Column("correction", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("registered_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", columns.Instant(length=32), nullable=True),
        sa.Column("fallen", columns.Json(), nullable=True),
        sa.Column("chosen", columns.Json(), nullable=True),
        sa.Column("kept", columns.Json(), nullable=True),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", columns.Instant(length=32), nullable=True),
        sa.Column("harm", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("redress", sa.Text(), server_default="", nullable=False),
        sa.Column("redressed_at", columns.Instant(length=32), nullable=True),
        sa.Column("notice_document_id", sa.Integer(), nullable=True),
        sa.Column("served_at", columns.Instant(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_revocations_case_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_revocations_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["notice_document_id"], ["documents.id"], name=op.f("fk_revocations_notice_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["people.id"], name=op.f("fk_revocations_registered_by")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_revocations_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocations")),
        sa.UniqueConstraint("case_id", name=op.f("uq_revocations_case_id")),
    )
    with op.batch_alter_table("revocations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revocations_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "commitments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="drafted", nullable=False),
        sa.Column("clauses_version", sa.Text(), server_default="", nullable=False),
        sa.Column("clauses", columns.Json(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("seal", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("consent", sa.Text(), server_default="", nullable=False),
        sa.Column("published_at", columns.Instant(length=32), nullable=True),
        sa.Column("months", sa.Integer(), server_default="0", nullable=False),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("history", columns.Json(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_commitments_case_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_commitments_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_commitments_interview_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_commitments_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
    )
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitments_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_commitments_subject_id_status"), ["subject_id", "status"], unique=False
        )

    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("points", columns.Json(), nullable=True),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", columns.Instant(length=32), nullable=False),
        sa.Column("status", sa.Text(), server_default="marked", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("letter_document_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", columns.Instant(length=32), nullable=True),
        sa.Column("source_answered_at", columns.Instant(length=32), nullable=True),
        sa.Column("source_answer", sa.Text(), server_default="", nullable=False),
        sa.Column("verifier_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("correction", sa.Text(), server_default="", nullable=False),
        sa.Column("answer_document_id", sa.Integer(), nullable=True),
        sa.Column("concluded_at", columns.Instant(length=32), nullable=True),
        sa.Column("answered_at", columns.Instant(length=32), nullable=True),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_document_id"], ["documents.id"], name=op.f("fk_disputes_answer_document_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disputes_case_id")),
        sa.ForeignKeyConstraint(
            ["letter_document_id"], ["documents.id"], name=op.f("fk_disputes_letter_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_disputes_listing_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_disputes_record_id")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_disputes_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["people.id"], name=op.f("fk_disputes_verifier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("case_id", name=op.f("uq_disputes_case_id")),
    )
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputes_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("class_", sa.Text(), server_default="", nullable=False),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.Column("implementer", sa.Text(), server_default="", nullable=False),
        sa.Column("implementer_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("own_basis", sa.Text(), server_default="", nullable=False),
        sa.Column("notice_document_id", sa.Integer(), nullable=True),
        sa.Column("lift_document_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("effect", sa.Text(), server_default="", nullable=False),
        sa.Column("notified_at", columns.Instant(length=32), nullable=True),
        sa.Column("answered_at", columns.Instant(length=32), nullable=True),
        sa.Column("lift_ground", sa.Text(), server_default="", nullable=False),
        sa.Column("lift_notified_at", columns.Instant(length=32), nullable=True),
        sa.Column("lifted_at", columns.Instant(length=32), nullable=True),
        sa.Column("carried_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_measures_case_id")),
        sa.ForeignKeyConstraint(
            ["implementer_id"], ["departments.id"], name=op.f("fk_measures_implementer_id")
        ),
        sa.ForeignKeyConstraint(
            ["lift_document_id"], ["documents.id"], name=op.f("fk_measures_lift_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_measures_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_document_id"], ["documents.id"], name=op.f("fk_measures_notice_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_measures_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint(
            "listing_id",
            "code",
            "implementer",
            name=op.f("uq_measures_listing_id_code_implementer"),
        ),
    )
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_measures_subject_id_status"), ["subject_id", "status"], unique=False
        )

    op.create_table(
        "rectifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("requirements", columns.Json(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("extensions", columns.Json(), nullable=True),
        sa.Column("report", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("finding", sa.Text(), server_default="", nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", columns.Instant(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rectifications_case_id")),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["people.id"], name=op.f("fk_rectifications_drafted_by")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_rectifications_interview_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_rectifications_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["people.id"], name=op.f("fk_rectifications_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectifications")),
    )
    with op.batch_alter_table("rectifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rectifications_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_rectifications_subject_id"), ["subject_id"], unique=False
        )

    op.create_table(
        "remedies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("organ", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("stayed_from", columns.Instant(length=32), nullable=True),
        sa.Column("stayed_to", columns.Instant(length=32), nullable=True),
        sa.Column("stay_document", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("registered_at", columns.Instant(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_remedies_case_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_remedies_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_remedies_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedies")),
    )
    with op.batch_alter_table("remedies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remedies_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remedies_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "removals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("proof", columns.Json(), nullable=True),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", columns.Instant(length=32), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", columns.Instant(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_removals_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_removals_decided_by")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_removals_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_removals_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
        sa.UniqueConstraint("case_id", name=op.f("uq_removals_case_id")),
    )
    with op.batch_alter_table("removals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_removals_listing_id"), ["listing_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("requested_at", columns.Instant(length=32), nullable=False),
        sa.Column("grounds", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("struck", columns.Json(), nullable=True),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_in", sa.Integer(), nullable=True),
        sa.Column("decision_document_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", columns.Instant(length=32), nullable=True),
        sa.Column("served_at", columns.Instant(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reviews_case_id")),
        sa.ForeignKeyConstraint(
            ["decision_document_id"], ["documents.id"], name=op.f("fk_reviews_decision_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objections.id"], name=op.f("fk_reviews_objection_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_in"], ["departments.id"], name=op.f("fk_reviews_reviewed_in")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people.id"], name=op.f("fk_reviews_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_case_id"), ["case_id"], unique=False)

    op.create_table(
        "challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", columns.Json(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("status", sa.Text(), server_default="received", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", columns.Instant(length=32), nullable=False),
        sa.Column("answered_at", columns.Instant(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_challenges_case_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_challenges_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenges_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_challenges_commitment_id"), ["commitment_id"], unique=False
        )

    op.create_table(
        "publicities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), server_default="prepared", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("personal_basis", sa.Text(), server_default="", nullable=False),
        sa.Column("secret", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("content", columns.Json(), nullable=True),
        sa.Column("content_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", columns.Instant(length=32), nullable=True),
        sa.Column("channels", columns.Json(), nullable=True),
        sa.Column("level", sa.Text(), server_default="", nullable=False),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("repairable_on", sa.Date(), nullable=True),
        sa.Column("published_at", columns.Instant(length=32), nullable=True),
        sa.Column("ended_at", columns.Instant(length=32), nullable=True),
        sa.Column("ended_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("disputed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("shielded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_publicities_case_id")),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["people.id"], name=op.f("fk_publicities_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_publicities_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_publicities_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_publicities_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_publicities_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicities")),
    )
    with op.batch_alter_table("publicities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publicities_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_publicities_status_ends_on"), ["status", "ends_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_publicities_subject_id_status"), ["subject_id", "status"], unique=False
        )

    op.create_table(
        "repairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("record_ids", columns.Json(), nullable=True),
        sa.Column("listing_ids", columns.Json(), nullable=True),
        sa.Column("regime", sa.Text(), server_default="", nullable=False),
        sa.Column("level", sa.Text(), server_default="", nullable=False),
        sa.Column("ground", sa.Text(), server_default="ordinary", nullable=False),
        sa.Column("applied_at", columns.Instant(length=32), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("applicant", sa.Text(), server_default="", nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column("materials", columns.Json(), nullable=True),
        sa.Column("missing", columns.Json(), nullable=True),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("supplement_asked_at", columns.Instant(length=32), nullable=True),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("accepted_at", columns.Instant(length=32), nullable=True),
        sa.Column("findings", columns.Json(), nullable=True),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("shielded_at", columns.Instant(length=32), nullable=True),
        sa.Column("recommended", sa.Text(), server_default="", nullable=False),
        sa.Column("deviation", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", columns.Instant(length=32), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision_document_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("synced_at", columns.Instant(length=32), nullable=True),
        sa.Column("receipts", columns.Json(), nullable=True),
        sa.Column("revoked_at", columns.Instant(length=32), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoked_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("history", columns.Json(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_repairs_case_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_repairs_commitment_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_repairs_decided_by")),
        sa.ForeignKeyConstraint(
            ["decision_document_id"], ["documents.id"], name=op.f("fk_repairs_decision_document_id")
        ),
        sa.ForeignKeyConstraint(["revoked_by"], ["people.id"], name=op.f("fk_repairs_revoked_by")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_repairs_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["people.id"], name=op.f("fk_repairs_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs")),
        sa.UniqueConstraint("case_id", name=op.f("uq_repairs_case_id")),
    )
    with op.batch_alter_table("repairs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_repairs_subject_id_status"), ["subject_id", "status"], unique=False
        )

    op.create_table(
        "publicity_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publicity_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("act", sa.Text(), server_default="", nullable=False),
        sa.Column("content_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("receipt", sa.Text(), server_default="", nullable=False),
        sa.Column("at", columns.Instant(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["publicity_id"], ["publicities.id"], name=op.f("fk_publicity_receipts_publicity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity_receipts")),
    )
    with op.batch_alter_table("publicity_receipts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_publicity_receipts_publicity_id"), ["publicity_id"], unique=False
        )

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pauses", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("cause_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_cases_cause_id"), "cases", ["cause_id"], ["id"])

    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pauses", columns.Json(), nullable=True))
        batch_op.add_column(sa.Column("moved", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", columns.Instant(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("removal_ground", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("removal_case_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("removal_document_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_listings_removal_case_id"), "cases", ["removal_case_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_listings_removal_document_id"),
            "documents",
            ["removal_document_id"],
            ["id"],
        )

    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("disputed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bankruptcy", sa.Text(), server_default="", nullable=False))
