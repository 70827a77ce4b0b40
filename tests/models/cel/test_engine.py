"""Claims about what a bare machine is told."""

import pytest

from models.cel.engine import DEBIAN, remedy


@pytest.mark.parametrize(("library", "package"), DEBIAN.items())
def test_a_missing_library_is_named_with_its_debian_package(library: str, package: str) -> None:
    said = remedy(f"{library}: cannot open shared object file: No such file or directory")

    assert library in said
    assert f"apt-get install -y {package}" in said


def test_a_missing_wheel_is_told_apart_from_a_missing_library() -> None:
    assert "pip install skia-python" in remedy("No module named 'skia'")
