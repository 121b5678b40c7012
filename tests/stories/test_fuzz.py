"""Every reader of foreign text takes any bytes: a value, or its own refusal; never anything else."""

import time
from pathlib import Path

import pytest

from stories.fuzzing import CORPUS, READERS, corpus, inputs

FILES = [path for name in sorted(READERS) for path in corpus(name)]
SECONDS = 3.0


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_corpus_is_judged_as_before(path: Path) -> None:
    """What is good is taken, what is bad is refused, and nothing breaks a reader."""
    is_taken = READERS[path.parent.name].takes(path.read_bytes())
    assert path.name.startswith(("good-", "bad-", "any-"))
    if not path.name.startswith("any-"):
        assert is_taken == path.name.startswith("good-")


def test_every_reader_has_a_corpus() -> None:
    """One folder a reader, none besides, and something that is refused in each."""
    assert {path.name for path in CORPUS.iterdir()} == set(READERS)
    assert all(any(path.name.startswith(("bad-", "any-")) for path in corpus(name)) for name in READERS)


@pytest.mark.parametrize("name", sorted(READERS))
def test_damaged_texts_are_taken_or_refused(name: str) -> None:
    """A hundred texts near those of the corpus, the same each time."""
    for _, content in zip(range(100), inputs(name, 0), strict=False):
        _judged(name, content)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(READERS))
def test_damaged_texts_for_a_while(name: str) -> None:
    """As many as fit in some seconds, others each day."""
    end, count = time.monotonic() + SECONDS, 0
    for content in inputs(name, int(time.time()) // 86_400):
        _judged(name, content)
        count += 1
        if time.monotonic() > end:
            break
    print(f"{name}: {count:,} texts")


def _judged(name: str, content: bytes) -> None:
    try:
        READERS[name].takes(content)
    except Exception as trouble:  # the reader's own refusals were caught
        raise AssertionError(f"{name} broke on {content!r}; add it to tests/corpus/{name}") from trouble
