"""The labelled sets of the identity measurement: how each is read, what Splink's own tutorials do with it, what equality does.

The tutorial settings are Splink's published ones for these sets (tutorial 4 and 5 for fake_1000; the examples febrl4, febrl3
and historical 50k), written anew for Splink 5.  febrl 1 has no example of its own and takes that of febrl 3, its larger
sister; dedupe_sites has none and takes the comparisons that Splink's library offers for such columns.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

Row = dict[str, Any]
Pairs = list[tuple[str, str, float]]


@dataclass(frozen=True)
class Tutorial:
    """What a tutorial does: settings by key column, rules for the prior with their assumed recall, pairs for u, EM rules."""

    comparisons: tuple[Any, ...]
    blocks: tuple[Any, ...]
    certain: tuple[Any, ...]
    recall: float
    pairs_for_u: float
    training: tuple[Any, ...]
    pair_threshold: float
    cluster_threshold: float
    is_without_frequencies: bool = True
    source: str = ""


@dataclass(frozen=True)
class LabelledSet:
    """A set with its truth: where it is, which column says what, and what equal records are."""

    name: str
    files: tuple[str, ...]
    key: str
    fields: dict[str, str]
    truth: Callable[[Row], str]
    equal_on: tuple[tuple[str, ...], ...]
    tutorial: Tutorial
    prepare: Callable[[Row], Row] = field(default=lambda row: row)

    @property
    def is_between(self) -> bool:
        """Are two sources linked, with nobody twice in one of them?"""
        return len(self.files) == 2

    def rows(self, data: Path) -> list[list[Row]]:
        """The rows of each file, in the order of the file."""
        return [[self.prepare(row) for row in pq.read_table(data / file).to_pylist()] for file in self.files]


def _febrl_person(row: Row) -> str:
    return "-".join(row["rec_id"].split("-")[:2])


_FEBRL_FIELDS = {
    "given_name": "given", "surname": "family", "date_of_birth": "birth", "soc_sec_id": "id_number", "postcode": "postcode",
    "street_number": "house", "address_1": "street", "address_2": "building", "suburb": "place", "state": "region",
}  # fmt: skip
_FEBRL3 = Tutorial(
    comparisons=(
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    ),
    blocks=tuple(map(block_on, ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode"))),
    certain=(
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
        "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
    ),
    recall=0.9,
    pairs_for_u=1e6,
    training=(block_on("date_of_birth"), block_on("postcode")),
    pair_threshold=0.2,
    cluster_threshold=0.2,
    is_without_frequencies=False,
    source="example febrl3",
)
_FEBRL4 = Tutorial(
    comparisons=(
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison(
            "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
        ),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ),
    blocks=(
        block_on("given_name", "surname"),
        "l.given_name = r.surname and l.surname = r.given_name",
        block_on("date_of_birth"),
        block_on("soc_sec_id"),
        block_on("state", "address_1"),
        block_on("street_number", "address_1"),
        block_on("postcode"),
    ),
    certain=(block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")),
    recall=0.8,
    pairs_for_u=1e6,
    training=(block_on("date_of_birth"), block_on("postcode")),
    pair_threshold=0.2,
    cluster_threshold=0.99,
    source="example febrl4, detailed model",
)
_FAKE = Tutorial(
    comparisons=(
        cl.NameComparison("first_name"),
        cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("dob", 1),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ),
    blocks=(block_on("first_name", "city"), block_on("surname")),
    certain=(
        block_on("first_name", "dob"),
        "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
        block_on("email"),
    ),
    recall=0.7,
    pairs_for_u=2e6,
    training=(block_on("first_name", "surname"), block_on("dob")),
    pair_threshold=0.1,
    cluster_threshold=0.2,
    is_without_frequencies=False,
    source="tutorials 4 and 5",
)
_HISTORICAL = Tutorial(
    comparisons=(
        cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ),
    blocks=(
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("postcode_fake", "first_name"),
        block_on("postcode_fake", "surname"),
        block_on("dob", "birth_place"),
        block_on("substr(postcode_fake,1,3)", "dob"),
        block_on("substr(postcode_fake,1,3)", "first_name"),
        block_on("substr(postcode_fake,1,3)", "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ),
    certain=(
        block_on("first_name", "surname", "dob"),
        block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
        block_on("dob", "postcode_fake"),
    ),
    recall=0.6,
    pairs_for_u=1e7,
    training=(block_on("first_name", "surname"), block_on("dob")),
    pair_threshold=0.95,
    cluster_threshold=0.95,
    source="example historical 50k",
)
_SITES = Tutorial(
    comparisons=(
        cl.NameComparison("Site name").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("Address", [0.9, 0.8]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("Zip").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("Phone", [1, 2]).configure(term_frequency_adjustments=True),
    ),
    blocks=(block_on('"Site name"'), block_on("Address"), block_on("Phone")),
    certain=(block_on("Address", "Phone"), block_on('"Site name"', "Address")),
    recall=0.7,
    pairs_for_u=1e6,
    training=(block_on("Phone"), block_on("Address")),
    pair_threshold=0.5,
    cluster_threshold=0.5,
    source="the library's comparisons with its usual thresholds; Splink has no example of this set",
)


def _both_names(row: Row) -> Row:
    given, family = row["first_name"], row["surname"]
    return row | {"both_names": f"{given} {family}" if given and family else None}


SETS = (
    LabelledSet(
        "febrl_1", ("febrl/dataset1.parquet",), "rec_id", _FEBRL_FIELDS, _febrl_person,
        (("given_name", "surname", "date_of_birth"), ("soc_sec_id",)), _FEBRL3,
    ),
    LabelledSet(
        "febrl_4a_4b", ("febrl/dataset4a.parquet", "febrl/dataset4b.parquet"), "rec_id", _FEBRL_FIELDS, _febrl_person,
        (("given_name", "surname", "date_of_birth"), ("soc_sec_id",)), _FEBRL4,
    ),
    LabelledSet(
        "splink_fake_1000", ("splink/fake_1000.parquet",), "unique_id",
        {"first_name": "given", "surname": "family", "dob": "birth", "city": "place", "email": "email"},
        lambda row: row["cluster"], (("first_name", "surname", "dob"), ("email",)), _FAKE,
    ),
    LabelledSet(
        "splink_historical_50k", ("splink/historical_50k.parquet",), "unique_id",
        {
            "first_name": "given", "surname": "family", "full_name": "name", "dob": "birth", "birth_place": "place",
            "postcode_fake": "postcode", "occupation": "occupation", "gender": "gender",
        },
        lambda row: row["cluster"], (("first_name", "surname", "dob"), ("dob", "postcode_fake")), _HISTORICAL, _both_names,
    ),
    LabelledSet(
        "dedupe_sites", ("dedupe_sites/sites_with_true_ids.parquet",), "Id",
        {"Site name": "name", "Address": "street", "Zip": "postcode", "Phone": "phone"},
        lambda row: row["True Id"], (("Site name", "Address"), ("Address", "Phone")), _SITES,
    ),
)  # fmt: skip


def exact_pairs(labelled: LabelledSet, sources: list[list[Row]]) -> Pairs:
    """Pairs of records that agree in all columns of one of the lists; an empty column agrees with nothing."""
    found: set[tuple[str, str]] = set()
    for columns in labelled.equal_on:
        blocks: dict[tuple[str, ...], list[tuple[int, str]]] = {}
        for at, rows in enumerate(sources):
            for row in rows:
                values = tuple(row[column] for column in columns)
                if all(values):
                    blocks.setdefault(values, []).append((at, row[labelled.key]))
        for block in blocks.values():
            for index, (at, left) in enumerate(block):
                found.update(
                    (min(left, right), max(left, right))
                    for other, right in block[index + 1 :]
                    if not labelled.is_between or at != other
                )
    return [(left, right, 1.0) for left, right in sorted(found)]


def tutorial_pairs(labelled: LabelledSet, sources: list[list[Row]]) -> Pairs:
    """Every pair that the tutorial's settings score, with its probability."""
    tutorial = labelled.tutorial
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    api = DuckDBAPI(connection)
    tables = [
        api.register(pa.Table.from_pylist(rows), dataset_display_name=f"s{at}") for at, rows in enumerate(sources)
    ]
    settings = SettingsCreator(
        link_type="link_only" if labelled.is_between else "dedupe_only",
        unique_id_column_name=labelled.key,
        comparisons=list(tutorial.comparisons),
        blocking_rules_to_generate_predictions=list(tutorial.blocks),
    )
    linker = Linker(tables if labelled.is_between else tables[0], settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(list(tutorial.certain), recall=tutorial.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=tutorial.pairs_for_u, seed=1)
    for rule in tutorial.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=tutorial.is_without_frequencies
        )
    found = linker.inference.predict().as_duckdbpyrelation().to_arrow_table()
    left, right = (found.column(f"{labelled.key}_{side}").to_pylist() for side in "lr")
    return list(zip(left, right, found.column("match_probability").to_pylist(), strict=True))
