"""Gates: where an episode waits for a person. Reviews learn their round and door; retakes, their stage."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "gates",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("seen", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("until", sa.String(32), nullable=False),
        sa.Column("closed_at", sa.String(32)),
        sa.Column("review", sa.Integer, sa.ForeignKey("reviews.id")),
        sa.Column("board", sa.Text, nullable=False),
        sa.Column("refusals", sa.Text, nullable=False),
        sa.UniqueConstraint("episode", "kind", "round", name="gate_once_per_round"),
    )
    op.create_index("gates_by_state", "gates", ["state"])
    # What was decided before there were rounds and doors was decided once, at a terminal.
    op.add_column("reviews", sa.Column("round", sa.Integer, nullable=False, server_default="1"))
    op.add_column("reviews", sa.Column("door", sa.String(16), nullable=False, server_default="terminal"))
    op.add_column("reviews", sa.Column("choices", sa.Text, nullable=False, server_default="[]"))
    op.add_column("reviews", sa.Column("locks", sa.Text, nullable=False, server_default="[]"))
    op.add_column("retakes", sa.Column("stage", sa.String(16), nullable=False, server_default="takes"))
