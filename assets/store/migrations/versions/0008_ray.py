"""Work that was sent out is on Ray now: errands and hands are gone, open ones too (a run asks for its work anew)."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_table("errands")
    op.drop_table("hands")
