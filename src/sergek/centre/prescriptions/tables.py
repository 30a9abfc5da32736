"""The register of prescriptions, the steps taken on them, and quarantines.

Times are microseconds since 1970 UTC (`_us`), days ISO dates, structures JSON, money tenge.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from sergek.centre.steps import step_table

__all__ = ["metadata", "prescriptions", "quarantines", "steps"]

metadata = MetaData()

# One row per signed case, so that nothing is issued twice. `state` is `refused` or `specimen`, or
# one of `traffic.prescription.PrescriptionState`; `facts` is the passage as the rules judged it,
# kept so that a case can be judged again when its media are long erased.
prescriptions = Table(
    "prescriptions",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("case_id", String(32), nullable=False, unique=True),
    Column("passage_id", String(32), nullable=False),
    Column("specimen", Boolean, nullable=False),
    Column("site_id", String(63), nullable=False),
    Column("camera_id", String(63), nullable=False),
    Column("offence", String(24), nullable=False),
    Column("plate", String(32), nullable=False),
    Column("owner_key", String(64), nullable=False, index=True),
    Column("article", Text, nullable=False),
    Column("base_article", Text, nullable=False),
    Column("violation", Text, nullable=False),
    Column("fine", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", Text),
    Column("people", Text, nullable=False),
    Column("happened_us", BigInteger, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("repeat_of", String(40)),
    Column("fine_tenge", Integer, nullable=False),
    Column("reduced_tenge", Integer, nullable=False),
    Column("paid_tenge", Integer, nullable=False),
    Column("refund_tenge", Integer, nullable=False),
    Column("refunded_tenge", Integer, nullable=False),
    Column("delivered_on", String(10)),
    Column("reduced_until_us", BigInteger),
    Column("decided_us", BigInteger),
    Column("complaint_until_us", BigInteger),
    Column("payment_until_us", BigInteger),
    Column("hold_until_us", BigInteger),
    Column("pdf_key", String(64)),
    Column("package", String(64)),
    Column("public_copy", String(64)),
    Column("trust_sha256", String(64)),
    Index("ix_prescriptions_state_issued", "state", "issued_us"),
    Index("ix_prescriptions_site_happened", "site_id", "happened_us"),
    Index("ix_prescriptions_newest", "issued_us", "number"),
    Index("ix_prescriptions_plate", "plate"),
    Index(
        "ix_prescriptions_sums",
        "state",
        "fine_tenge",
        "paid_tenge",
        "refund_tenge",
        "refunded_tenge",
    ),
)

steps = step_table(
    "prescription_steps", metadata, "prescriptions.number", Column("body", Text, nullable=False)
)

quarantines = Table(
    "quarantines",
    metadata,
    Column("quarantine_id", String(32), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("scope", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("found", Text, nullable=False),
)
