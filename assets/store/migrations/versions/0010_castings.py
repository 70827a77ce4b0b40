"""Castings: candidates for a character's sheet, and what a person decided about them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "castings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("show", sa.String(64), nullable=False),
        sa.Column("character", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("seen", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("bible", sa.Text, nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("until", sa.String(32), nullable=False),
        sa.Column("closed_at", sa.String(32)),
        sa.Column("board", sa.Text, nullable=False),
        sa.Column("refusals", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(16)),
        sa.Column("candidate", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("door", sa.String(16)),
        sa.Column("made_by", sa.Text),
        sa.Column("read_at", sa.String(32)),
        sa.UniqueConstraint("show", "character", "round", name="casting_once_per_round"),
    )
