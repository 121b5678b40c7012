"""Cheats with the hourly index: an end held back, a chain left out, one that nobody has, an index out of its place."""

from datetime import timedelta
from pathlib import Path

from watch.cheating import alone, told
from watch.made_log import seed


@alone("index")
def logged_and_index_not_advanced(directory: Path) -> None:
    made, held = told()
    before = made.chain_ends(len(made.entries))
    made.refuse(held["one"], "bank-one")
    made.index(before)
    made.write(directory)


@alone("index")
def chain_left_out_of_the_index(directory: Path) -> None:
    made, held = told()
    ends = made.chain_ends(len(made.entries))
    del ends[held["two"].label]
    made.index(ends)
    made.write(directory)


@alone("index")
def label_in_the_index_that_nobody_has(directory: Path) -> None:
    made, _ = told()
    made.index(made.chain_ends(len(made.entries)) | {seed("nobody").hex(): (3, seed("no leaf"))})
    made.write(directory)


@alone("index")
def index_with_another_head(directory: Path) -> None:
    made, held = told()
    ends = made.chain_ends(len(made.entries))
    ends[held["one"].label] = (ends[held["one"].label][0], seed("another leaf"))
    made.index(ends)
    made.write(directory)


@alone("index")
def older_index_wrong_and_newest_right(directory: Path) -> None:
    made, held = told()
    ends = made.chain_ends(len(made.entries))
    ends[held["one"].label] = (1, seed("another leaf"))
    made.index(ends)
    made.refuse(held["two"], "fund-two")
    made.index()
    made.write(directory)


@alone("index")
def index_of_what_is_not_there_yet(directory: Path) -> None:
    made, _ = told()
    made.index(size=len(made.entries) + 1)
    made.write(directory)


@alone("index")
def index_of_less_than_the_one_before(directory: Path) -> None:
    made, _ = told()
    made.index()
    made.index(made.chain_ends(9), size=9)
    made.write(directory)


@alone("index")
def index_dated_back(directory: Path) -> None:
    made, _ = told()
    made.index()
    made.at -= timedelta(minutes=10)
    made.index()
    made.write(directory)


@alone("index")
def index_with_a_word_too_many(directory: Path) -> None:
    made, _ = told()
    made.index(note="as agreed")
    made.write(directory)


@alone("index")
def index_of_another_count_of_labels(directory: Path) -> None:
    made, _ = told()
    made.index(labels=7)
    made.write(directory)


@alone("index")
def living_person_called_erased(directory: Path) -> None:
    made, held = told()
    made.index()
    kept = next(one for one in made.indexed if one["label"] == held["two"].label)
    kept |= {"seed": kept.pop("secret"), "before": []}
    made.write(directory)


@alone("index")
def nothing_opens_a_label(directory: Path) -> None:
    made, held = told()
    made.index()
    made.indexed = [one for one in made.indexed if one["label"] != held["two"].label]
    made.write(directory)


@alone("index")
def label_opened_twice(directory: Path) -> None:
    made, _ = told()
    made.index()
    made.indexed.append(made.indexed[0])
    made.write(directory)
