"""A database file is found again under any path."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sqlite_url import file_of, url_of
from assets.store.connection import parsed


@given(st.text(st.characters(exclude_characters="\x00/", exclude_categories=["Cs"]), min_size=1, max_size=40))
@pytest.mark.parametrize("root", ["/", "here/"])
def test_a_url_leads_back_to_its_file(root: str, name: str) -> None:
    """`%` was decoded by one SQLAlchemy and not by another, and `?` began a query."""
    file = Path(f"{root}x{name}/store.sqlite")

    assert file_of(url_of(file)) == file
    assert parsed(url_of(file)).database == str(file)


def test_a_plain_path_stays_legible() -> None:
    assert url_of(Path("/home/葵/my shows/store.sqlite")) == "sqlite:////home/葵/my shows/store.sqlite"
    assert file_of("postgresql://studio/db") is None
