"""What does the watcher say of honest indexes, of hours without one, and of labels that were erased?"""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from openbureau.tlog.entry import render_system
from openbureau.tlog.index import Epoch, Index, IndexEntry, commit_end, erased_commitment, salt_of
from openbureau.watch import index as watched
from openbureau.watch.verdict import Check
from openbureau.watch.verify import verify
from watch.made_log import LATER, MadeLog, put, seed, story


def check(directory: Path) -> Check:
    """What the check of the index says, in an export where everything else holds."""
    verdict = verify(directory, now=LATER)
    assert [one.name for one in verdict.checks if one.ok is not True and one.name != "index"] == []
    return next(one for one in verdict.checks if one.name == "index")


def test_honest_indexes_hold(tmp_path: Path) -> None:
    """One after the other, with events between them and none, over the borders of bundles."""
    made = MadeLog()
    held = story(made)
    made.index()
    made.index()
    for _ in range(260):
        made.refuse(held["two"], "fund-two")
    made.index()
    made.refuse(held["stranger"], "fund-two")
    made.write(tmp_path)
    found = check(tmp_path)
    assert (found.ok, found.count, found.evidence) == (True, 3, ())


def test_an_index_that_covers_less_than_stands_before_it_holds(tmp_path: Path) -> None:
    """Events that entered the log while the index was made are of the next one."""
    made = MadeLog()
    held = story(made)
    size = len(made.entries)
    ends = made.chain_ends(size)
    made.refuse(held["two"], "fund-two")
    made.index(ends, size=size)
    made.write(tmp_path)
    assert check(tmp_path).ok is True


def test_a_missing_hour_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    """Two indexes in hours that do not follow each other are told; in the same hour and the next they are not."""
    made = MadeLog()
    story(made)
    for minutes in (0, 10, 50):
        made.at += timedelta(minutes=minutes)
        made.index()
    made.write(tmp_path / "one")
    assert check(tmp_path / "one").evidence == ()
    made.at += timedelta(hours=2)
    made.index()
    made.write(tmp_path / "two")
    found = check(tmp_path / "two")
    assert found.ok is True
    assert [one.place for one in found.evidence] == ["entry 16 (index)"]
    assert "no index" in found.evidence[0].en


def test_without_openers_it_cannot_be_told(tmp_path: Path) -> None:
    """An export for which nothing opens the labels: cannot tell."""
    made = MadeLog()
    story(made)
    made.index()
    made.indexed = []
    made.write(tmp_path)
    assert check(tmp_path).ok is None


@pytest.mark.parametrize("line", ["{}", "[]", "x", '{"shard": 2026, "label": "00", "secret": "00"}', '{"shard": 1}'])
def test_misspelt_openers_are_told(line: str, tmp_path: Path) -> None:
    """A line that opens nothing is named."""
    made = MadeLog()
    story(made)
    made.index()
    made.write(tmp_path)
    put(tmp_path / "openings/index.jsonl", f"{line}\n")
    found = check(tmp_path)
    assert found.ok is False
    assert found.evidence[0].place == "openings/index.jsonl:1"


def test_an_erased_label_keeps_its_place(tmp_path: Path) -> None:
    """What it stood with before is kept, and what it stands with since binds to nothing: every index verifies."""
    made = MadeLog()
    story(made)
    gone, secret, since = seed("gone").hex(), seed("gone secret"), seed("gone seed")
    before: list[tuple[int, str]] = []
    for number in range(3):
        epoch = Epoch(2026, len(made.entries))
        end = commit_end(salt_of(secret, epoch), 2, seed("gone leaf"))
        is_erased = number == 2
        before += [] if is_erased else [(epoch.size, end.hex())]
        entries = [
            (bytes.fromhex(label), commit_end(salt_of(seed(f"end {label}"), epoch), *found))
            for label, found in made.chain_ends(epoch.size).items()
        ]
        index = Index([*entries, (bytes.fromhex(gone), erased_commitment(since, epoch) if is_erased else end)])
        said = IndexEntry(epoch, len(index.labels), index.root(), made.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        made.entries.append(render_system("index", said.to_json()))
    made.indexed = [
        {"shard": 2026, "label": label, "secret": seed(f"end {label}").hex()}
        for label in made.chain_ends(len(made.entries))
    ]
    made.indexed.append({"shard": 2026, "label": gone, "seed": since.hex(), "before": before})
    made.write(tmp_path)
    found = check(tmp_path)
    assert (found.ok, found.count) == (True, 3)
    before[0] = (before[0][0], bytes(32).hex())
    put(tmp_path / "openings/index.jsonl", "".join(f"{json.dumps(one)}\n" for one in made.indexed))
    assert check(tmp_path).ok is False


def test_too_many_are_not_all_made_again_and_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the work of one visit the newest is made again in any case, and how many were not is said."""
    monkeypatch.setattr(watched, "MOST_ENTRIES", 2)
    made = MadeLog()
    held = story(made)
    for _ in range(4):
        made.refuse(held["two"], "fund-two")
        made.index()
    made.write(tmp_path / "one")
    found = check(tmp_path / "one")
    assert found.ok is True
    assert found.evidence[0].en.startswith("2 older")
    made.index(made.chain_ends(5))
    made.write(tmp_path / "two")
    assert check(tmp_path / "two").ok is False
