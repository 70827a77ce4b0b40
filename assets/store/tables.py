"""The tables for SQLAlchemy; ``migrations`` creates them, and a test compares the two.

An episode's key is ``show/id``. Times are UTC, ISO 8601. Sheets are stored as JSON text, so both databases return
exactly what was written.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

shows = Table(
    "shows",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
)

episodes = Table(
    "episodes",
    metadata,
    Column("key", String(130), primary_key=True),
    Column("show", String(64), ForeignKey("shows.id"), nullable=False),
    Column("id", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("script", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("changed_by", Text, nullable=False),
    UniqueConstraint("show", "id", name="episode_id_per_show"),
)

cutsheets = Table(
    "cutsheets",
    metadata,
    Column("episode", String(130), ForeignKey("episodes.key"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sheet", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
)

cuts = Table(
    "cuts",
    metadata,
    Column("episode", String(130), ForeignKey("episodes.key"), primary_key=True),
    Column("number", String(8), primary_key=True),
    Column("status", String(8), nullable=False),
    Column("basis", String(64), nullable=False),
    Column("sheet", Text, nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("panel", String(64)),  # SHA-256 of the panel it shows; null before one was drawn
)

takes = Table(
    "takes",
    metadata,
    Column("episode", String(130), primary_key=True),
    Column("cut", String(8), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("recipe", String(64), nullable=False),
    Column("basis", String(64), nullable=False),
    Column("sheet", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
    ForeignKeyConstraint(["episode", "cut"], ["cuts.episode", "cuts.number"], name="take_of_cut"),
    UniqueConstraint("episode", "cut", "recipe", name="take_once_per_recipe"),
)

# Every choice is kept; the last one of a cut counts.
choices = Table(
    "choices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("episode", String(130), nullable=False),
    Column("cut", String(8), nullable=False),
    Column("take", Integer, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
    ForeignKeyConstraint(
        ["episode", "cut", "take"], ["takes.episode", "takes.cut", "takes.number"], name="choice_of_take"
    ),
    Index("choices_of_cut", "episode", "cut", "id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("episode", String(130), ForeignKey("episodes.key"), nullable=False, index=True),
    Column("gate", String(64), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("remarks", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("seen", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("door", String(16), nullable=False, server_default="terminal"),
    Column("choices", Text, nullable=False, server_default="[]"),
    Column("locks", Text, nullable=False, server_default="[]"),
)

gates = Table(
    "gates",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("episode", String(130), ForeignKey("episodes.key"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("round", Integer, nullable=False),
    Column("seen", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("run", Text, nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("until", String(32), nullable=False),
    Column("closed_at", String(32)),
    Column("review", Integer, ForeignKey("reviews.id")),
    Column("board", Text, nullable=False),
    Column("refusals", Text, nullable=False),
    UniqueConstraint("episode", "kind", "round", name="gate_once_per_round"),
    Index("gates_by_state", "state"),
)

retakes = Table(
    "retakes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("episode", String(130), nullable=False),
    Column("cut", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("start", Integer),
    Column("stop", Integer),
    Column("take", Integer),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("closed_at", String(32)),
    Column("closed_by", Text),
    Column("stage", String(16), nullable=False, server_default="takes"),
    ForeignKeyConstraint(["episode", "cut"], ["cuts.episode", "cuts.number"], name="retake_of_cut"),
    Index("retakes_of_episode", "episode", "closed_at"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("episode", String(130), ForeignKey("episodes.key"), nullable=False, index=True),
    Column("profile", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", String(32)),
    Column("outcome", Text),
)

calls = Table(
    "calls",
    metadata,
    Column("run", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("recipe", String(64), primary_key=True),
    Column("step", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("began_at", String(32), nullable=False),
    Column("ended_at", String(32)),
    Column("seconds", Float),
)

# Documents that must be found on another machine: brief, script, cut sheet. Their bytes are in the vault.
papers = Table(
    "papers",
    metadata,
    Column("episode", String(130), ForeignKey("episodes.key"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
)

# Rounds of candidates for a character's sheet, each with the decision about it.
castings = Table(
    "castings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("show", String(64), nullable=False),
    Column("character", String(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("seen", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("run", String(64), nullable=False),
    Column("bible", Text, nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("until", String(32), nullable=False),
    Column("closed_at", String(32)),
    Column("board", Text, nullable=False),
    Column("refusals", Text, nullable=False),
    Column("verdict", String(16)),
    Column("candidate", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("door", String(16)),
    Column("made_by", Text),
    Column("read_at", String(32)),
    UniqueConstraint("show", "character", "round", name="casting_once_per_round"),
)

# The work cache's journal: how each piece of work was finished last.
settled = Table(
    "settled",
    metadata,
    Column("episode", String(130), ForeignKey("episodes.key"), primary_key=True),
    Column("step", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("entry", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
)

# Who works at an episode: the token grows each time another process takes it, so that a process which
# lost its lock unseen is refused in the very transaction it would write in.
holds = Table(
    "holds",
    metadata,
    Column("episode", String(130), primary_key=True),
    Column("token", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("taken_at", String(32), nullable=False),
)

# One row: anchors of the ledger name it, so that an emptied or replaced store is noticed.
identity = Table(
    "identity",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("made_at", String(32), nullable=False),
)

# People, works and grants, every version. The ledger has the hash of each; an erased person's sheet is null.
rights = Table(
    "rights",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("sheet", Text),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
)

# Signed roots of the ledger's Merkle tree (RFC 6962), by the number of events they cover.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("key", String(64), nullable=False),
    Column("signature", String(128), nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("made_at", String(32), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ledger_of_subject", "subject", "number"),
    Index("ledger_of_kind", "kind", "number"),
)
