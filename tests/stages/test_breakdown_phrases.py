"""Claims about finding many names: the same ones as one regular expression finds, in linear time."""

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from stages.breakdown.people import key_of
from stages.breakdown.phrases import Names, Phrases, is_cased, written

words = st.lists(
    st.sampled_from(["mio", "Mio", "ren", "葵", "名前", "o'brien", "a", "1", "é"]), min_size=1, max_size=3
)
names = words.map(" ".join)
texts = st.lists(
    st.one_of(
        names, names.map(str.upper), names.map(str.title), st.sampled_from([" ", ", ", "_", "x", "が"])
    ),
    max_size=12,
).map("".join)


def by_expression(keys: set[str], text: str) -> list[tuple[int, int, str]]:
    """What the roster did before: all names as one expression, the longest first."""
    forms = []
    for key in sorted(keys, key=lambda key: (-len(key), key)):
        either = "|".join(sorted(map(re.escape, written(key))))
        forms.append(rf"(?<!\w)(?:{either})(?!\w)" if is_cased(key) else either)
    found = re.finditer("|".join(forms), text)
    return [(match.start(), match.end(), key_of(match.group())) for match in found]


@settings(max_examples=300, deadline=None)
@given(st.sets(names.map(key_of), min_size=1, max_size=8), texts)
def test_names_are_found_as_one_expression_over_all_of_them_finds_them(keys: set[str], text: str):
    finder = Names()
    for key in keys:
        finder.add(key)

    assert list(finder.found(text)) == by_expression(keys, text)


def test_a_phrase_is_found_wherever_it_stands_also_inside_another():
    finder = Phrases()
    for phrase in ("ann", "anna", "a"):
        finder.add(phrase)

    assert set(finder.found("anna")) == {(0, "ann"), (0, "anna"), (0, "a"), (3, "a")}


def test_ten_thousand_names_are_added_and_found_in_a_second_or_two():
    """The expression over a cast was compiled again after each new name."""
    finder, start = Names(), time.process_time()
    for number in range(10_000):
        finder.add(f"name {number}")
        list(finder.found(f"NAME {number} looks at Name {number - 1}."))

    assert time.process_time() - start < 5
