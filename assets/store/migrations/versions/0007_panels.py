"""The panel that each cut shows, so that a take of another panel is known to be stale."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("cuts", sa.Column("panel", sa.String(64)))
