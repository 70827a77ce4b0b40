"""A broken prefect.yaml is caught before a server is asked."""

import json
import tomllib
from pathlib import Path

import pytest

from assets.errors import SheetRefused
from flows.deployments.deployment_file import place, read

ROOT = Path(__file__).parents[3]
EPISODE = {
    "name": "studio",
    "entrypoint": "flows.deployments.episodes.make_episode",
    "description": "One script in.",
    "work_pool": {"name": "cpu-pool"},
    "schedules": [{"cron": "0 4 * * *", "timezone": "Asia/Tokyo"}],
}


def paper(folder: Path, *deployments: dict[str, object]) -> Path:
    path = folder / "prefect.yaml"
    path.write_text(json.dumps({"name": "sakuga", "deployments": list(deployments)}))
    return path


def test_the_studio_s_own_is_sound():
    raw = read(place())

    found = {item["entrypoint"] for item in raw["deployments"]}
    assert {"flows.deployments.episodes.make_episode", "flows.deployments.episodes.retake"} <= found


def test_it_lies_where_prefect_looks_for_it_and_has_the_release_s_version():
    """`prefect deploy --all` found nothing: the file was in another folder."""
    release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert place() == ROOT / "prefect.yaml"
    assert {item["version"] for item in read(place())["deployments"]} == {release}


def test_a_sound_one_comes_back_as_it_stands(tmp_path: Path):
    assert read(paper(tmp_path, EPISODE))["deployments"] == [EPISODE]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"entrypoint": "flows.deployments.episodes.make_epsode"},
            "flows.deployments.episodes.make_epsode is not a flow",
        ),
        ({"entrypoint": "flows.epsode.make_episode"}, "cannot be imported"),
        ({"entrypoint": "flows/deployments/episodes.py:make_episode"}, "entrypoint: String should match"),
        ({"entrypoint": "flows.deployments.episodes.publish"}, "is not a flow"),
        ({"schedules": [{"cron": "61 4 * * *", "timezone": "Asia/Tokyo"}]}, "61 4"),
        ({"schedules": [{"cron": "0 4 * * *", "timezone": "Asia/Edo"}]}, "Asia/Edo"),
        ({"schedules": [{"cron": "0 4 * * *"}]}, "needs a timezone"),
        ({"schedules": [{"interval": 60, "cron": "0 4 * * *"}]}, "one of cron, interval and rrule"),
        ({"schedules": [{"rrule": "FREQ=NEVER"}]}, "schedules.0"),
        ({"parameters": {"breif": {}}}, "takes no breif; it takes brief"),
        ({"schdules": []}, "schdules: Extra inputs are not permitted"),
        ({"work_pool": {"name": "cpu-pol"}}, "Input should be 'cpu-pool'"),
        ({"concurrency_limit": {"limit": 1, "collision_strategy": "WAIT"}}, "'ENQUEUE' or 'CANCEL_NEW'"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(tmp_path: Path, changed: dict[str, object], said: str):
    path = paper(tmp_path, EPISODE | changed)

    with pytest.raises(SheetRefused) as refused:
        read(path)

    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_deployment_named_twice_is_refused(tmp_path: Path):
    with pytest.raises(SheetRefused, match=r"named twice: flows.deployments.episodes.make_episode/studio"):
        read(paper(tmp_path, EPISODE, EPISODE))
