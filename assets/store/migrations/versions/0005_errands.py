"""Errands and hands: work shared among the workers of a pool."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "errands",
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), primary_key=True),
        sa.Column("recipe", sa.String(64), primary_key=True),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scene", sa.Text, nullable=False),
        sa.Column("weight", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("common", sa.Text, nullable=False),
        sa.Column("piece", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("hand", sa.String(64), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("posted_at", sa.String(32), nullable=False),
        sa.Column("taken_at", sa.String(32)),
        sa.Column("ended_at", sa.String(32)),
    )
    op.create_index("errands_of_episode", "errands", ["episode", "state"])
    op.create_index("errands_of_hand", "errands", ["hand", "state"])
    op.create_table(
        "hands",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("began_at", sa.String(32), nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("dismissed", sa.Boolean, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("loads", sa.Text, nullable=False),
        sa.Column("peak_mb", sa.Float, nullable=False),
    )
    op.create_index("ix_hands_episode", "hands", ["episode"])
