"""What is asked of a studio, and what is refused before anything starts."""

import socket
from pathlib import Path

import pytest

from assets.errors import InputRefused, SetupMissing
from flows.cli.up import _driver
from flows.up import access, addresses, instance
from flows.up.instance import Standing
from flows.up.options import Studio, checked
from flows.up.screen import describe
from flows.up.services import Secrets, environment, services

AUTH = "producer:open-sesame-open-sesame"
ROOM = "room-room-room-room-room"
SECRETS = Secrets(AUTH, ROOM)
NOW = "2026-11-27T09:00:00+00:00"


def studio(home: Path, **changed: object) -> Studio:
    return Studio(project=home, home=home, out=home, **changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cpu": 1}, "it uses one run while its episodes need another"),
        ({"port": 4400, "rushes_port": 4400}, "cannot share port 4400"),
        ({"host": "0.0.0.0"}, "add --name"),
        ({"host": "studio.local"}, "goes to --name"),
        ({"server": "http://studio:4200"}, "http://studio:4200/api"),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_do(tmp_path: Path, changed: dict[str, object], said: str):
    with pytest.raises(InputRefused, match=said):
        checked(studio(tmp_path, **changed))


def test_browsers_are_sent_to_the_name_and_the_parts_stay_on_the_loopback(tmp_path: Path):
    wanted = checked(studio(tmp_path, host="0.0.0.0", name="studio.local", port=4210))

    assert wanted.ui == "http://studio.local:4210/v2"
    assert wanted.api == "http://studio.local:4210/api"
    assert wanted.near_api == "http://127.0.0.1:4210/api"
    assert not wanted.is_local


def test_a_port_in_use_is_told_with_who_holds_it_and_another_one(tmp_path: Path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]

        with pytest.raises(InputRefused, match=rf"Port {port} for the server is taken by .*--port \d+"):
            addresses.check(studio(tmp_path, port=port, rushes=False))


def test_a_second_studio_in_the_same_home_is_told_where_the_first_is(tmp_path: Path):
    wanted = studio(tmp_path, port=4299)
    standing_now = Standing(
        pid=7, since=NOW, ui=wanted.ui, api=wanted.api, near_api=wanted.near_api, rushes=wanted.rushes_url
    )

    with instance.alone(wanted):
        instance.noted(wanted, standing_now)
        with (
            pytest.raises(InputRefused, match=r"http://127.0.0.1:4299/v2 and http://127.0.0.1:4300"),
            instance.alone(wanted),
        ):
            pass

    assert not instance.is_up(wanted)


@pytest.mark.parametrize(
    "damaged",
    [b"", b'{"pid": 7, "since"', b"\xff", b"[]", b"[" * 100_000,
     b'{"pid": 7, "since": "now", "ui": "", "rushes": "", "api": "", "near_api": ""}'],
)  # fmt: skip
def test_a_damaged_note_of_a_studio_is_told_and_is_no_studio(tmp_path: Path, damaged: bytes):
    """It was taken for none without a word: runs that were cut off stayed so, and a studio that was up was not."""
    wanted = studio(tmp_path)
    with instance.alone(wanted):
        (wanted.state_folder / "standing.json").write_bytes(damaged)

        assert instance.last(wanted) is None
        assert "standing.json is damaged" in instance.damage(wanted)
        assert "A studio is up" in describe(wanted) and "is damaged" in describe(wanted)
        with pytest.raises(SetupMissing, match=r"is damaged.*Stop it with Ctrl-C"):
            access.exports(wanted)
        with pytest.raises(InputRefused, match=r"up already.*is damaged"), instance.alone(wanted):
            pass

    instance.forgotten(wanted)
    assert instance.damage(wanted) == ""


def test_the_database_s_password_is_in_the_server_s_environment_and_nowhere_else(tmp_path: Path):
    wanted = studio(tmp_path)

    parts = services(wanted, postgres=_driver("postgresql://me:hush@db/prefect"), secrets=SECRETS)

    assert [part.name for part in parts if "hush" in str(part.environment)] == ["server"]
    assert not any("hush" in repr(part) or "hush" in " ".join(part.argv) for part in parts)


def test_a_database_url_that_cannot_be_read_is_refused_without_repeating_it():
    with pytest.raises(InputRefused, match="postgresql://user@host/database") as refused:
        _driver("mysql://me:hush@db/prefect")

    assert "hush" not in str(refused.value)


def test_another_studio_s_settings_do_not_leak_into_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://elsewhere/api")
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", "sqlite+aiosqlite:////elsewhere.db")

    describe = environment(studio(tmp_path), auth=None)

    assert describe["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
    assert "PREFECT_API_DATABASE_CONNECTION_URL" not in describe
    assert describe["PREFECT_HOME"].startswith(str(tmp_path))


def test_a_cluster_has_no_dashboard_listens_on_the_loopback_and_asks_for_a_token(tmp_path: Path):
    """Whoever reaches a Ray cluster, or its dashboard's job interface, runs commands as its owner."""
    parts = services(studio(tmp_path, gpu=2, device="cuda"), postgres=None, secrets=SECRETS)
    cluster = next(part for part in parts if part.name == "ray")
    argv = " ".join(cluster.argv)

    assert "--include-dashboard false" in argv and "--node-ip-address 127.0.0.1" in argv
    assert "--num-gpus 2" in argv and "--disable-usage-stats" in argv
    assert cluster.environment["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] == "0"
    assert cluster.environment["RAY_AUTH_MODE"] == "token"


def test_runs_are_told_where_the_cluster_is_and_only_then(tmp_path: Path):
    with_one = services(studio(tmp_path, gpu=1), postgres=None, secrets=SECRETS)[-1]
    without = services(studio(tmp_path), postgres=None, secrets=SECRETS)

    assert with_one.environment["SAKUGA_RAY"] == "127.0.0.1:4400"
    assert with_one.environment["RAY_AUTH_TOKEN_PATH"] == str(tmp_path / "up/ray-auth")
    assert "ray" not in [part.name for part in without]
    assert not any("SAKUGA_RAY" in part.environment for part in without)


def test_with_a_server_elsewhere_none_is_started_and_its_settings_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PREFECT_API_KEY", "theirs")
    wanted = checked(studio(tmp_path, server="http://studio:4200/api"))

    parts = services(wanted, postgres=None, secrets=SECRETS)

    assert "server" not in [part.name for part in parts]
    assert {part.environment["PREFECT_API_URL"] for part in parts} == {"http://studio:4200/api"}
    assert {part.environment["PREFECT_API_KEY"] for part in parts} == {"theirs"}


@pytest.mark.parametrize("changed", [{}, {"host": "192.0.2.7"}, {"host": "0.0.0.0", "name": "studio.local"}])
def test_the_server_and_the_room_have_a_secret_wherever_they_listen(tmp_path: Path, changed: dict[str, str]):
    """On loopback neither had one: any page and any local user could call them."""
    wanted = checked(studio(tmp_path, **changed))

    parts = {part.name: part for part in services(wanted, postgres=None, secrets=SECRETS)}

    assert parts["server"].environment["PREFECT_SERVER_API_AUTH_STRING"] == AUTH
    assert parts["rushes"].environment["SAKUGA_RUSHES_TOKEN"] == ROOM
    assert {part.environment["PREFECT_API_AUTH_STRING"] for part in parts.values()} == {AUTH}


def test_no_secret_is_an_argument_or_in_what_is_printed_of_a_part(tmp_path: Path):
    parts = services(studio(tmp_path), postgres=None, secrets=SECRETS)
    shown = "".join([repr(SECRETS), *(repr(part) + " ".join(part.argv) for part in parts)])

    assert AUTH.removeprefix("producer:") not in shown
    assert ROOM not in shown


def test_the_server_allows_its_own_origin_alone_and_asks_for_csrf_tokens(tmp_path: Path):
    parts = services(studio(tmp_path, port=4210), postgres=None, secrets=SECRETS)
    describe = next(part.environment for part in parts if part.name == "server")

    assert describe["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4210"
    assert describe["PREFECT_SERVER_CSRF_PROTECTION_ENABLED"] == "true"
    assert describe["PREFECT_UI_API_URL"] == "/api"


def test_runs_are_not_told_what_opens_the_rushes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAKUGA_RUSHES_TOKEN", ROOM)

    parts = services(studio(tmp_path), postgres=None, secrets=SECRETS)

    assert {part.name for part in parts if ROOM in part.environment.values()} == {"server", "rushes"}
