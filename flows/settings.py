"""What the surroundings decide: the only place that reads environment variables.

SAKUGA_HOME     folder of the vault, the store and the journals (default: `.sakuga` in --out)
SAKUGA_VAULT    vault URL, such as s3://bucket/prefix (default: $SAKUGA_HOME/vault)
SAKUGA_STORE    store URL, such as postgresql+psycopg://... (default: SQLite in $SAKUGA_HOME)
SAKUGA_DEVICE   where weights live: cpu, cuda, cuda:1 (default: cpu)
"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where things rest and run."""

    home: Path
    vault: str
    store: str
    device: str


def settings(out: Path) -> Settings:
    """The settings for a run that writes its episodes under ``out``."""
    home = Path(os.environ.get("SAKUGA_HOME") or out / ".sakuga").absolute()
    return Settings(
        home=home,
        vault=os.environ.get("SAKUGA_VAULT") or str(home / "vault"),
        store=os.environ.get("SAKUGA_STORE") or f"sqlite:///{home / 'store.sqlite'}",
        device=os.environ.get("SAKUGA_DEVICE") or "cpu",
    )


def user() -> str:
    """Who is at the keyboard, for the records of reviews and retakes."""
    return os.environ.get("SAKUGA_USER") or os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"
