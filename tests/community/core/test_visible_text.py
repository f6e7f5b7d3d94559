"""Text of which nothing is seen counts as empty, and what is seen as one sign stays whole."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.core import text
from tests.support.invisible import INVISIBLE, each_invisible


@each_invisible
def test_spaces_joiners_fillers_and_lone_marks_are_nothing(nothing: str) -> None:
    for source in (nothing, f" {nothing}\n", nothing * 50):
        assert not text.has_visible(source)
        assert text.one_line(source) == ""


@pytest.mark.parametrize(
    "shown", ["a", "7", "…", "-", "♥", "ß", "日", "ـ", "ﷺ", "👍🏽", "\U0001fae8", "\U0001f6d8", "A\u0338", "ᄀ", "⠁"]
)
def test_a_letter_a_number_or_a_sign_is_something(shown: str) -> None:
    assert text.has_visible(shown)
    for nothing in INVISIBLE.values():
        assert text.has_visible(f"{nothing}{shown}{nothing}")


@given(st.text())
def test_one_line_has_no_controls_and_single_blanks_and_changes_nothing_twice(source: str) -> None:
    line = text.one_line(source)
    assert not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in line)
    assert line == line.strip()
    assert "  " not in line
    assert bool(line) == text.has_visible(source)
    assert text.one_line(line) == line


@pytest.mark.parametrize(
    "sign", ["ด\u0e49\u0e47", "a\u0301\u0327", "👍\U0001f3fd", "👩\u200d👧", "🏳\ufe0f\u200d🌈", "कि"]
)
def test_what_is_seen_as_one_sign_is_never_divided(sign: str) -> None:
    assert not any(text.is_inside_sign(f"x{sign}y", place) for place in (0, 1, len(sign) + 1, len(sign) + 2))
    assert all(text.is_inside_sign(sign, place) for place in range(1, len(sign)))
    for length in range(1, 40):
        kept = text.truncate(f"{sign * 20}", length).removesuffix("…")
        assert len(kept) % len(sign) == 0, (length, kept)


@pytest.mark.parametrize("mark", ["\u0301", "\u0e49", "\u0f74", "\U0001d165"])
def test_marks_are_never_piled_higher_than_any_script_does(mark: str) -> None:
    assert text.without_piles(f"a{mark * 12}b") == f"a{mark * 12}b"
    assert text.without_piles(f"a{mark * 99}b{mark * 13}") == f"a{mark * 12}b{mark * 12}"
    for clean in (text.one_line, text.tidy, text.clean_html):
        assert clean(f"a{mark * 99}") == f"a{mark * 12}"


def test_emoji_are_not_joined_without_an_end() -> None:
    family = "👩\u200d👩\u200d👧\u200d👦🏳\ufe0f\u200d🌈 " * 20
    assert text.without_piles(family) == family
    parts = text.without_piles("👩\u200d" * 95).split("👩👩")
    assert len(parts) == 10
    assert max(part.count("\u200d") for part in parts) <= 10


@given(st.text(st.sampled_from("a\u0301\u0e49\u200d\ufe0f👩 "), max_size=400))
def test_what_has_no_piles_stays_as_it_is(source: str) -> None:
    once = text.without_piles(source)
    assert text.without_piles(once) == once


@pytest.mark.timeout(10)
@pytest.mark.parametrize("source", ["a\u0301" * 250_000, "\u0301" * 500_000, "👩\u200d" * 250_000, "é" * 500_000])
def test_long_texts_are_looked_through_in_no_time(source: str) -> None:
    text.tidy(source)
