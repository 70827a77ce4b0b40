"""Shows, episodes, cut sheets, cuts, takes, choices, reviews, retakes, runs and calls."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "shows",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
    )
    op.create_table(
        "episodes",
        sa.Column("key", sa.String(130), primary_key=True),
        sa.Column("show", sa.String(64), sa.ForeignKey("shows.id"), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("script", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.UniqueConstraint("show", "id", name="episode_id_per_show"),
    )
    op.create_table(
        "cutsheets",
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
    )
    op.create_table(
        "cuts",
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), primary_key=True),
        sa.Column("number", sa.String(8), primary_key=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    )
    op.create_table(
        "takes",
        sa.Column("episode", sa.String(130), primary_key=True),
        sa.Column("cut", sa.String(8), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("recipe", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["episode", "cut"], ["cuts.episode", "cuts.number"], name="take_of_cut"),
        sa.UniqueConstraint("episode", "cut", "recipe", name="take_once_per_recipe"),
    )
    op.create_table(
        "choices",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("episode", sa.String(130), nullable=False),
        sa.Column("cut", sa.String(8), nullable=False),
        sa.Column("take", sa.Integer, nullable=False),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode", "cut", "take"], ["takes.episode", "takes.cut", "takes.number"], name="choice_of_take"
        ),
    )
    op.create_index("choices_of_cut", "choices", ["episode", "cut", "id"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), nullable=False),
        sa.Column("gate", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("remarks", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("seen", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
    )
    op.create_index("ix_reviews_episode", "reviews", ["episode"])
    op.create_table(
        "retakes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("episode", sa.String(130), nullable=False),
        sa.Column("cut", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("start", sa.Integer),
        sa.Column("stop", sa.Integer),
        sa.Column("take", sa.Integer),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("closed_at", sa.String(32)),
        sa.Column("closed_by", sa.Text),
        sa.ForeignKeyConstraint(["episode", "cut"], ["cuts.episode", "cuts.number"], name="retake_of_cut"),
    )
    op.create_index("retakes_of_episode", "retakes", ["episode", "closed_at"])
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("episode", sa.String(130), sa.ForeignKey("episodes.key"), nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("outcome", sa.Text),
    )
    op.create_index("ix_runs_episode", "runs", ["episode"])
    op.create_table(
        "calls",
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("recipe", sa.String(64), primary_key=True),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("began_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("seconds", sa.Float),
    )
