"""A device that this computer has not is refused before anything is made."""

from pathlib import Path

import pytest

from assets.errors import SetupMissing
from flows.episode.brief import Brief
from flows.episode.produce import produce

SCRIPT = "Title: The Kite\nLanguage: en\n\nINT. KITCHEN - NIGHT\n\nBou pours two cups of tea.\n"


def test_a_missing_device_is_refused_before_the_first_voice_is_recorded(tmp_path: Path, monkeypatch):
    """The voices were made, then a traceback of torch's came."""
    (tmp_path / "kite.fountain").write_text(SCRIPT)
    monkeypatch.setenv("SAKUGA_DEVICE", "cuda:99")

    with pytest.raises(SetupMissing, match="cuda:99 was asked for") as refused:
        produce(Brief(script=tmp_path / "kite.fountain", profile="toy", out=tmp_path / "out"), quiet=True)

    assert refused.value.exit_code == 3
    assert not (tmp_path / "out").exists()
