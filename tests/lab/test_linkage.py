"""Linkage: only proposals, only keys and codes, the same in any order, and what it costs."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbureau.lab.country import Country, make_country
from openbureau.lab.linkage import (
    COSTS,
    KEEP,
    Costs,
    Linkage,
    best_threshold,
    cautions,
    cluster,
    expected_cost,
    expected_errors,
    find_pairs,
    link,
)
from openbureau.lab.linkage_fields import COLUMNS, columns_of
from openbureau.lab.linkage_model import BLOCKS, OTHERS, PERSON_NAMES, WHOLE_NAME, learn, part_columns
from openbureau.lab.linkage_run import Limits, memory_only

SMALL = Limits(random=20_000)
WEIGHED = {"family name": "family", "given name": "given", "telephone": "phone", "region": "region"}
Row = dict[str, Any]


def records_of(country: Country) -> tuple[list[Row], dict[str, str], dict[str, tuple[str, ...]]]:
    """Furnished subjects as linkage reads them, who they are, and what went wrong with them."""
    rows, truth, struck = [], {}, {}
    for name in country.furnishers:
        for one in country.written(name):
            record = one.record
            key = f"{name}/{record['subject_ref']}"
            rows.append({
                "key": key, "name": record["name"], "birth": record.get("born_on"), "id_kind": record.get("id_kind"),
                "id_number": record.get("id_number"), "phone": record.get("phone"), "region": record.get("region"),
            })  # fmt: skip
            truth[key], struck[key] = one.handle, one.mishaps
    return rows, truth, struck


@pytest.fixture(scope="module")
def furnished() -> tuple[list[Row], dict[str, str], dict[str, tuple[str, ...]]]:
    """The subjects of a country with mishaps."""
    return records_of(make_country(5, people=900, firms=0, months=6, until=date(2026, 11, 24), has_mishaps=True))


@pytest.fixture(scope="module")
def found(furnished: Any) -> Linkage:
    """What linkage finds in it."""
    return link(furnished[0], limits=SMALL)


def test_records_without_a_number_are_proposed_and_strangers_are_not(furnished: Any, found: Linkage) -> None:
    """Nearly all pairs of one person with a record that has no number are proposed; nearly none of two people."""
    rows, truth, struck = furnished
    proposed = {(one.left, one.right) for one in found.proposals}
    keys = sorted(truth)
    wanted = {
        (left, right)
        for left in keys
        for right in keys
        if left < right and truth[left] == truth[right] and "no-number" in struck[left] + struck[right]
    }
    assert len(wanted) >= 10
    assert len(wanted & proposed) >= 0.9 * len(wanted)
    wrong = [pair for pair in proposed if truth[pair[0]] != truth[pair[1]]]
    assert len(wrong) <= 0.01 * len(proposed)
    assert len(rows) == len(truth)


def test_twins_with_a_number_each_are_never_proposed(furnished: Any, found: Linkage) -> None:
    """Two valid numbers that differ outweigh one day of birth, surname, telephone and town."""
    _, truth, struck = furnished
    twins = {truth[key] for key, mishaps in struck.items() if "twin" in mishaps}
    assert len(twins) >= 5
    sound = {key for key, mishaps in struck.items() if not {"no-number", "number-typo", "stolen-number"} & set(mishaps)}
    for one in found.proposals:
        if {one.left, one.right} <= sound:
            assert truth[one.left] == truth[one.right]


def test_what_is_set_by_rule_is_not_learnt(found: Linkage) -> None:
    """Three worths are published, whatever the records teach: two numbers, a household's telephone, a birth in the number."""
    assert dict(found.weights["identity number"])["two valid numbers"] == -40
    assert dict(found.weights["telephone"])["same, under another given name"] == 0
    shared = [dict(one.evidence) for one in found.proposals if dict(one.evidence)["identity number"] == "same"]
    assert shared
    assert {evidence["day of birth"] for evidence in shared} == {"not stated"}


def test_a_proposal_says_keys_and_codes_only(furnished: Any, found: Linkage) -> None:
    """No name, number, day or telephone stands in what linkage gives back."""
    rows, _, _ = furnished
    told = (
        "\n".join(f"{one.evidence} {one.cautions}" for one in found.proposals)
        + str(found.weights)
        + str(found.left_out)
    )
    for row in rows:
        for field in ("name", "id_number", "birth", "phone"):
            assert not row[field] or row[field] not in told
    codes = {level.code for comparison in (*PERSON_NAMES, WHOLE_NAME, *OTHERS) for level in comparison.levels}
    assert {code for one in found.proposals for _, code in one.evidence} <= codes | {"not stated"}
    assert found.proposals == tuple(sorted(found.proposals, key=lambda one: (-one.weight, one.left, one.right)))


def test_order_and_repetition_change_nothing(furnished: Any, found: Linkage) -> None:
    """The same records in another order, with another number of threads, scored in small parts, give the same proposals."""
    rows = list(furnished[0])
    random.Random(3).shuffle(rows)
    again = link(rows, limits=replace(SMALL, threads=1, scored_at_once=700))
    assert [(one.left, one.right, one.evidence, one.cautions) for one in again.proposals] == [
        (one.left, one.right, one.evidence, one.cautions) for one in found.proposals
    ]
    for one, other in zip(again.proposals, found.proposals, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-9)
        assert one.left != one.right
    assert {frozenset((left, right)) for left, right, _ in again.pairs} == {
        frozenset((left, right)) for left, right, _ in found.pairs
    }
    assert min(value for _, _, value in found.pairs) >= KEEP
    assert again.expected_wrong == pytest.approx(found.expected_wrong, abs=1e-6)


def test_agreement_on_something_rare_is_worth_more(furnished: Any, found: Linkage) -> None:
    """Among pairs with the same evidence, the weight follows how rare the names, telephones and towns are."""
    rows = {row["key"]: columns_of(row) for row in furnished[0]}
    evidence, _ = Counter(one.evidence for one in found.proposals).most_common(1)[0]
    same = {field for field, code in evidence if code == "same"}
    columns = [column for field, column in WEIGHED.items() if field in same]
    assert {"family", "given"} <= set(columns)
    counts = {column: Counter(row[column] for row in rows.values() if row[column]) for column in columns}
    pairs = [one for one in found.proposals if one.evidence == evidence]
    rarity = [
        sum(-math.log2(counts[column][rows[one.left][column]] / counts[column].total()) for column in columns)
        for one in pairs
    ]
    offsets = [one.weight - rare for one, rare in zip(pairs, rarity, strict=True)]
    assert max(rarity) - min(rarity) > 3
    assert max(offsets) - min(offsets) < 1e-3


def test_a_shared_telephone_makes_no_pairs_without_end() -> None:
    """A block that is too large is cut and, if that does not help, left out and counted; the rest is still found."""
    rows: list[Row] = [
        {"key": f"k{at:04d}", "given": f"{'abcdefgh'[at % 8]}{at:04d}x", "family": f"f{at % 7}", "phone": "00010000001"}
        for at in range(600)
    ]
    rows += [{"key": "twice-1", "given": "alexandra", "family": "wolkenstein", "phone": "00077777771"},
             {"key": "twice-2", "given": "alexandra", "family": "wolkenstein", "phone": "00077777771"}]  # fmt: skip
    made = link(rows, limits=replace(SMALL, sizes=(50,)))
    assert made.left_out["phone"] >= 300
    assert any({one.left, one.right} == {"twice-1", "twice-2"} for one in made.proposals)
    assert len(made.pairs) < 600 * 50


def test_between_two_sources_nobody_is_compared_within_one() -> None:
    """With two sources only pairs between them come, and another number of sources is refused."""
    rows = [
        {"key": f"{source}{at}", "source": source, "given": f"name{at * 37}", "family": f"fam{at * 91}",
         "birth": f"19{50 + at % 40}-0{1 + at % 9}-1{at % 10}"}
        for source in ("a", "b")
        for at in range(60)
    ]  # fmt: skip
    rows.append(rows[0] | {"key": "a-again"})
    made = link(rows, is_between=True, limits=SMALL)
    assert made.proposals
    assert all(one.left[0] != one.right[0] for one in made.proposals)
    with pytest.raises(ValueError, match="one of two"):
        link(rows[:5], is_between=True, limits=SMALL)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"key": "a", "name": "王伟"}],
        [{"key": "a"}, {"key": "b"}],
        [{"key": "a", "name": "王伟"}, {"key": "b", "name": "Schmidt"}],
        [
            {"key": "a", "name": "", "birth": "never", "phone": "?"},
            {"key": "b", "name": None, "birth": "31.2.", "phone": ""},
        ],
    ],
)
def test_nothing_to_compare_gives_nothing(rows: list[Row]) -> None:
    """No records, one, empty ones, or ones that share no block: no proposals and no fault."""
    assert find_pairs(rows, limits=SMALL) == []


def test_a_record_without_its_own_key_is_refused() -> None:
    """Keys are what a proposal is about: missing or double ones are told."""
    with pytest.raises(ValueError, match="no key"):
        link([{"name": "王伟"}])
    with pytest.raises(ValueError, match="twice"):
        link([{"key": "a"}, {"key": "a"}])


@pytest.mark.parametrize(
    "statement",
    [
        "copy (select 1) to '{path}'",
        "select * from read_csv('{path}')",
        "attach '{path}'",
        "install httpfs",
        "load httpfs",
        "set temp_directory = '{path}'",
        "set enable_external_access = true",
    ],
)
def test_the_database_is_memory_only(tmp_path: Path, statement: str) -> None:
    """Linkage's database writes no file, reads none, spills nowhere, fetches nothing, and cannot be told otherwise."""
    path = tmp_path / "x"
    path.write_text("a\n1\n")
    connection = memory_only(SMALL)
    with pytest.raises(duckdb.Error):
        connection.execute(statement.format(path=path)).fetchall()
    assert path.read_text() == "a\n1\n"
    assert connection.execute("select current_setting('temp_directory')").fetchall() == [("",)]


def test_learning_finds_what_was_planted() -> None:
    """From patterns drawn with known shares, the shares and the number of pairs of one person come back."""
    comparisons = tuple(
        one for one in OTHERS if one.field in {"house number", "region", "gender", "occupation", "building"}
    )
    rng = np.random.default_rng(1)
    possible, matches = 120_000, 1_500
    true = {one.field: np.array([0.9, *[0.1 / (len(one.levels) - 1)] * (len(one.levels) - 1)]) for one in comparisons}
    chance = {
        one.field: np.array([0.01, *[0.99 / (len(one.levels) - 1)] * (len(one.levels) - 1)]) for one in comparisons
    }
    columns = []
    for one in comparisons:
        size = len(one.levels)
        said = np.concatenate([
            rng.choice(size, matches, p=true[one.field]), rng.choice(size, possible - matches, p=chance[one.field]),
        ])  # fmt: skip
        columns.append(size - 1 - said)
    patterns, counts = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
    share = matches / possible
    start = {
        one.field: [
            (level.expected, float((1 - share) * chance[one.field][at] + share * true[one.field][at]))
            for at, level in enumerate(one.levels)
        ]
        for one in comparisons
    }  # what random pairs show, a few of which are of one person
    weights, prior = learn(comparisons, start, patterns=patterns, counts=counts.astype(float), possible=float(possible))
    assert prior == pytest.approx(share, rel=0.1)
    for one in comparisons:
        assert [seen for seen, _ in weights[one.field]] == pytest.approx(list(true[one.field]), abs=0.03)
        assert [by_chance for _, by_chance in weights[one.field]] == pytest.approx(list(chance[one.field]), abs=0.01)


def test_blocks_and_comparisons_name_columns_that_exist() -> None:
    """A block or comparison that names no column would silently never be used."""
    assert {part_columns(part) for block in BLOCKS for part in block} <= set(COLUMNS)
    assert {one.column for one in (*PERSON_NAMES, WHOLE_NAME, *OTHERS)} <= set(COLUMNS)
    for one in (*PERSON_NAMES, WHOLE_NAME, *OTHERS):
        assert one.levels[-1].condition is None
        assert sum(level.code == "same" for level in one.levels) == 1


PROBABILITIES = st.lists(st.floats(0, 1), max_size=30)
COST = st.builds(Costs, st.floats(0.1, 1000), st.floats(0.1, 1000))


@given(COST, PROBABILITIES, st.floats(0, 1))
def test_no_other_threshold_is_expected_to_cost_less(costs: Costs, probabilities: list[float], other: float) -> None:
    """The chosen threshold is at least as cheap as any other."""
    chosen = best_threshold(costs, probabilities)
    assert expected_cost(costs, probabilities, chosen) <= expected_cost(costs, probabilities, other) + 1e-9


@given(COST, PROBABILITIES, st.integers(0, 30))
def test_a_desk_gets_no_more_than_it_can_look_at(costs: Costs, probabilities: list[float], capacity: int) -> None:
    """With a capacity no more pairs pass, and the threshold never falls below the one without."""
    chosen = best_threshold(costs, probabilities, capacity=capacity)
    assert sum(value >= chosen for value in probabilities) <= capacity or chosen == costs.threshold
    assert chosen >= costs.threshold
    assert sum(value >= chosen for value in probabilities) <= max(capacity, 0)


def test_the_cost_table_is_the_published_one() -> None:
    """One in six for the desk, one half where both errors weigh alike, and a merge that no fuzzy evidence reaches."""
    assert COSTS["desk"].threshold == pytest.approx(1 / 6)
    assert COSTS["even"].threshold == 0.5
    assert COSTS["merge"].threshold > 0.9999
    assert expected_errors([0.9, 0.2, 0.6], 0.5) == (pytest.approx(0.5), pytest.approx(0.2))


KEYS = st.sampled_from([f"r{at}" for at in range(8)])
PAIRS = st.lists(st.tuples(KEYS, KEYS, st.floats(0, 1)), max_size=20).map(
    lambda pairs: list({frozenset(pair[:2]): pair for pair in pairs if pair[0] != pair[1]}.values())
)


@given(PAIRS, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_groups_do_not_depend_on_order_or_side(pairs: list[tuple[str, str, float]], rng: random.Random) -> None:
    """Pairs in another order and turned round give the same groups, which share no key."""
    groups = cluster(pairs)
    turned = [(right, left, value) for left, right, value in pairs]
    rng.shuffle(turned)
    assert cluster(turned) == groups
    keys = [key for group in groups for key in group]
    assert len(keys) == len(set(keys))
    near = {frozenset((left, right)) for left, right, value in pairs if value > 0.5}
    assert all(any(frozenset((key, other)) in near for other in group) for group in groups for key in group)


def test_one_strong_pair_does_not_tie_two_groups() -> None:
    """Two groups stay apart when the other pairs between them speak against it."""
    inside = [("a1", "a2", 0.99), ("a2", "a3", 0.99), ("a1", "a3", 0.99), ("b1", "b2", 0.99)]
    between = [("a1", "b1", 0.98), ("a2", "b1", 0.001), ("a3", "b1", 0.001), ("a1", "b2", 0.001)]
    assert cluster(inside + between) == [("a1", "a2", "a3"), ("b1", "b2")]
    assert cluster([*inside, ("a1", "b1", 0.98)]) == [("a1", "a2", "a3", "b1", "b2")]
    assert cluster([("a", "b", 0.5), ("a", "a", 1.0)]) == []


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (
            {"given name": "different", "day of birth": "same", "telephone": "same, under another given name"},
            "perhaps twins",
        ),
        ({"given name": "different", "day of birth": "different", "telephone": "same"}, "perhaps one household"),
        ({"given name": "different", "identity number": "same"}, "perhaps another's number"),
        ({"given name": "same", "identity number": "different"}, "two identity numbers"),
    ],
)
def test_a_reviewer_is_warned(evidence: dict[str, str], code: str) -> None:
    """Each caution comes where its signs are, and not where the given name agrees."""
    assert code in cautions(evidence)
    if code != "two identity numbers":
        assert code not in cautions(evidence | {"given name": "same"})
    else:
        assert code not in cautions(evidence | {"identity number": "same"})


@pytest.mark.slow
def test_better_than_the_tutorials_on_every_labelled_set(data_dir: Path) -> None:
    """On every real set F1 of pairs and of groups is above that of Splink's tutorial and of equality."""
    bench = Path(__file__).parents[2] / "bench" / "identity.py"
    ran = subprocess.run(
        [sys.executable, str(bench), "--only", "sets"], check=True, capture_output=True, text=True,
        env={"OPENBUREAU_DATA": str(data_dir.parent), "PATH": ""},
    )  # fmt: skip
    lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    figures = {(line["set"], line["method"]): line for line in lines}
    sets = {name for name, _ in figures}
    assert len(sets) == 5
    for name in sets:
        for kind in ("pairs", "closed_pairs", "b_cubed"):
            ours = figures[name, "ours"][kind]["f1"]
            assert ours > figures[name, "splink_tutorial"][kind]["f1"], (name, kind)
            assert ours > figures[name, "exact"][kind]["f1"], (name, kind)
