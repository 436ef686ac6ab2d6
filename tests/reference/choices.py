"""Small strategies whose first choice is the plainest, to which a failing example shrinks."""

from typing import TypeVar

from hypothesis import strategies as st

Fact = TypeVar("Fact")


def any_of(words: str) -> st.SearchStrategy[str]:
    """One of the words."""
    return st.sampled_from(words.split())


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Empty as often as not."""
    return st.just("") | strategy


def rarely(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Empty three times in four."""
    return st.just("") | st.just("") | st.just("") | strategy


def several(
    strategy: st.SearchStrategy[Fact], least: int, most: int
) -> st.SearchStrategy[list[Fact]]:
    """Lists of which the long are as likely as the short."""
    return st.integers(least, most).flatmap(
        lambda size: st.lists(strategy, min_size=size, max_size=size)
    )
