"""How the studio's secrets reach its parts, a browser and another terminal."""

import os
import subprocess
from pathlib import Path

import pytest

from assets.errors import InputRefused, SetupMissing
from flows.settings import adopt
from flows.up import access, instance
from flows.up.instance import Standing
from flows.up.options import Studio
from flows.up.screen import _entrance
from flows.up.services import Secrets
from flows.up.start import DOOR
from flows.web.tickets import Tickets


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    for name in (
        "SAKUGA_SERVER_AUTH",
        "SAKUGA_RUSHES_TOKEN",
        "PREFECT_API_AUTH_STRING",
        "PREFECT_API_URL",
        "SAKUGA_HOME",
    ):
        monkeypatch.delenv(name, raising=False)
    return Studio(project=tmp_path, home=tmp_path / ".sakuga", out=tmp_path, port=4299)


@pytest.fixture
def up(studio: Studio):
    """A studio that is up here."""
    secrets = access.secrets(studio)
    with instance.alone(studio):
        instance.noted(
            studio,
            Standing(
                pid=7,
                since="2026-11-27T09:00:00+00:00",
                ui=studio.ui,
                api=studio.api,
                near_api=studio.near_api,
                rushes="",
            ),
        )
        yield secrets


def test_what_opens_the_room_for_guests_does_not_open_the_server(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    first, again = access.secrets(studio), access.secrets(studio)
    monkeypatch.setenv("SAKUGA_RUSHES_TOKEN", "a-token-of-the-room-s-own")
    other = access.secrets(studio)

    assert first == again
    assert len(first.room) >= 32 and first.room not in (first.auth or "")
    assert (other.auth, other.room) == (first.auth, "a-token-of-the-room-s-own")


def test_a_server_elsewhere_gets_its_own_password_and_the_room_here_still_has_one(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    elsewhere = studio.model_copy(update={"server": "http://studio:4200/api"})
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "theirs:x")

    secrets = access.secrets(elsewhere)

    assert secrets.auth == "theirs:x"
    assert len(secrets.room) >= 32


def test_a_weak_password_is_refused_before_anything_starts(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAKUGA_SERVER_AUTH", "me:short")

    with pytest.raises(InputRefused, match="at least 16"):
        access.secrets(studio)


def test_the_link_goes_to_a_terminal_and_into_no_log(studio: Studio):
    secrets = Secrets("producer:a-password-of-some-length", "x")
    shown, logged = (str(_entrance(studio, secrets, is_terminal)) for is_terminal in (True, False))

    assert "http://127.0.0.1:4299/sakuga/start#" in shown
    assert "#" not in logged and "sakuga up --link" in logged
    assert "a-password-of-some-length" not in shown + logged


def test_another_link_opens_the_same_studio(studio: Studio, up: Secrets):
    made = access.link(studio)

    assert made.startswith("http://127.0.0.1:4299/sakuga/start#")
    assert Tickets(up.auth or "", DOOR).use(made.partition("#")[2])


def test_a_shell_reads_the_exports(studio: Studio, up: Secrets):
    done = subprocess.run(
        ["sh", "-c", f'{access.exports(studio)}\necho "$PREFECT_API_URL $PREFECT_API_AUTH_STRING"'],
        capture_output=True, text=True, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip

    assert done.stdout.strip() == f"http://127.0.0.1:4299/api {up.auth}"


@pytest.mark.parametrize("asked", [access.link, access.exports])
def test_where_no_studio_is_up_that_is_said(studio: Studio, asked):
    with pytest.raises(SetupMissing, match="Start it with `sakuga up`"):
        asked(studio)


def test_another_command_finds_the_studio_by_itself(
    studio: Studio, up: Secrets, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PREFECT_API_URL", studio.near_api)
    access.use(studio.out)

    assert os.environ.pop("PREFECT_API_AUTH_STRING") == up.auth


def test_another_server_is_not_told_our_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://elsewhere/api")
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)

    adopt({"PREFECT_API_URL": "http://127.0.0.1:4200/api", "PREFECT_API_AUTH_STRING": "producer:ours"})

    assert "PREFECT_API_AUTH_STRING" not in os.environ
