"""The ledger, and the triggers that make the database itself refuse to change or forget an event.

They also refuse an event that does not follow the last one. On SQLite that is more than a
second check: INSERT OR REPLACE removes a row without waking its DELETE triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEPT = "the ledger is append-only: write a correcting event instead"
ORDERED = "an event must follow the last one of the ledger: append through store.ledger"
START = "0" * 64

SQLITE = (
    f"""CREATE TRIGGER ledger_keeps_updated BEFORE UPDATE ON ledger
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_keeps_deleted BEFORE DELETE ON ledger
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
        WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger)
          OR NEW.previous <> coalesce((SELECT hash FROM ledger ORDER BY number DESC LIMIT 1), '{START}')
        BEGIN SELECT RAISE(ABORT, '{ORDERED}'); END""",  # noqa: S608 - constants of this file
)

POSTGRESQL = (
    f"""CREATE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$""",
    f"""CREATE FUNCTION ledger_ordered() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger)
            OR NEW.previous <> coalesce((SELECT hash FROM ledger ORDER BY number DESC LIMIT 1), '{START}')
          THEN RAISE EXCEPTION '{ORDERED}'; END IF;
          RETURN NEW;
        END $$""",  # noqa: S608 - constants of this file
    """CREATE TRIGGER ledger_keeps_rows BEFORE UPDATE OR DELETE ON ledger
        FOR EACH ROW EXECUTE FUNCTION ledger_kept()""",
    """CREATE TRIGGER ledger_keeps_all BEFORE TRUNCATE ON ledger
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept()""",
    """CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
        FOR EACH ROW EXECUTE FUNCTION ledger_ordered()""",
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "ledger",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ledger_of_subject", "ledger", ["subject", "number"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
