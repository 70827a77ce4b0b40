"""Papers and settled work: what a second machine needs to go on with an episode."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
    )
    op.create_table(
        "settled",
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), primary_key=True),
        sa.Column("step", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
    )
