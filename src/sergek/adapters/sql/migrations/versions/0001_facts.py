"""The log, passages with their pictures and holds, the gap ledger, cursors."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Create the tables of facts and the empty log's head."""
    _log()
    _passages()
    _coverage()


def _log() -> None:
    op.create_table(
        "event_log",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("happened_at", sa.BigInteger()),
        sa.Column("actor", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("body_digest", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event_log"),
        sa.UniqueConstraint("event_id", name="uq_event_log_event_id"),
    )
    op.create_index("ix_event_log_kind_happened_at", "event_log", ["kind", "happened_at"])
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_head"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "digest": "0" * 64}])
    op.create_table(
        "cursors",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_cursors"),
    )


def _passages() -> None:
    op.create_table(
        "passages",
        sa.Column("passage_id", sa.String(32), nullable=False),
        sa.Column("camera_id", sa.String(63), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.Column("vehicle_class", sa.String(16), nullable=False),
        sa.Column("lane", sa.Integer()),
        sa.Column("plate_status", sa.String(16), nullable=False),
        sa.Column("plate_text", sa.String(32)),
        sa.Column("plate_confidence", sa.Float()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("passage_id", name="pk_passages"),
    )
    op.create_index("ix_passages_entered_at_passage_id", "passages", ["entered_at", "passage_id"])
    op.create_index(
        "ix_passages_camera_id_entered_at_passage_id",
        "passages",
        ["camera_id", "entered_at", "passage_id"],
    )
    op.create_table(
        "passage_pictures",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("passage_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("key", "passage_id", name="pk_passage_pictures"),
        sa.ForeignKeyConstraint(
            ["passage_id"],
            ["passages.passage_id"],
            name="fk_passage_pictures_passage_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_passage_pictures_passage_id", "passage_pictures", ["passage_id"])
    op.create_table(
        "passage_holds",
        sa.Column("case_id", sa.String(80), nullable=False),
        sa.Column("passage_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "passage_id", name="pk_passage_holds"),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.passage_id"], name="fk_passage_holds_passage_id"
        ),
    )
    op.create_index("ix_passage_holds_passage_id", "passage_holds", ["passage_id"])
    op.create_table(
        "expired_pictures",
        sa.Column("key", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_expired_pictures"),
    )


def _coverage() -> None:
    op.create_table(
        "coverage",
        sa.Column("camera_id", sa.String(63), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "from_at", name="pk_coverage"),
    )
    op.create_index("ix_coverage_camera_id_until_at", "coverage", ["camera_id", "until_at"])
