"""A country as files, and its known truth."""

from __future__ import annotations

import csv
import json
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from openbureau.core.furnishing.batch import Batch, RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.parquet import open_parquet
from openbureau.core.furnishing.parse import Dialect, detect
from openbureau.core.furnishing.records import split_records
from openbureau.lab.country import Country, make_country
from openbureau.lab.files import write_files
from openbureau.lab.truth import truth, write_truth
from openbureau.law.reader import load_law

UNTIL = date(2026, 11, 24)


@pytest.fixture(scope="module")
def country() -> Country:
    return make_country(11, people=60, firms=6, months=24, until=UNTIL)


def read_text(path: Path, *, is_csv: bool) -> Batch:
    """A text file through the door."""
    content = path.read_bytes()
    dialect = detect(content.split(b"\n", 1)[0])
    assert isinstance(dialect, Dialect)
    reader = RecordReader(dialect, check_context(load_law().on(UNTIL)))
    return reader.read(split_records([content], 1 << 20, quoted=is_csv))


def months_of(batch: Batch) -> list[Any]:
    return [update for _, update in batch.months]


def test_one_json_lines_file_a_furnisher(country: Country, tmp_path: Path) -> None:
    """Each furnisher gets one file with all its records, which the door takes without a finding."""
    made = write_files(country, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.jsonl" for name in country.furnishers)
    for name, path in made.items():
        assert isinstance(path, Path)
        batch = read_text(path, is_csv=False)
        assert not batch.findings
        assert batch.accepted == sum(1 for _ in country.records(name))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_one_table_a_kind_and_furnisher(country: Country, tmp_path: Path, form: str) -> None:
    """CSV and Parquet say the same as JSON Lines, a file for each kind in the order to furnish them."""
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="Parquet files need pyarrow: pip install 'openbureau[parquet]'")
    lines, tables = write_files(country, tmp_path / "a"), write_files(country, tmp_path / "b", format=form)
    for name in country.furnishers:
        paths, line = tables[name], lines[name]
        assert isinstance(paths, tuple)
        assert isinstance(line, Path)
        assert [path.name for path in paths] == [f"{name}-{kind}.{form}" for kind in ("subject", "tradeline", "month")]
        whole = read_text(line, is_csv=False)
        for path, kind in zip(paths, ("subjects", "tradelines", "months"), strict=True):
            batch = read_text(path, is_csv=True) if form == "csv" else read_parquet(path)
            assert not batch.findings
            assert [update for _, update in getattr(batch, kind)] == [update for _, update in getattr(whole, kind)]


def read_parquet(path: Path) -> Batch:
    """A Parquet file through the door."""
    with path.open("rb") as opened:
        pieces = open_parquet(opened)
        assert not isinstance(pieces, Finding)
        reader = RecordReader(Dialect("parquet"), check_context(load_law().on(UNTIL)))
        return reader.read(pieces)


def test_a_kind_that_nobody_holds_gets_no_file(tmp_path: Path) -> None:
    """A country without anyone writes no CSV, and an unknown format is told what there is."""
    empty = make_country(1, people=0, firms=0, months=6, until=UNTIL)
    assert set(write_files(empty, tmp_path, format="csv").values()) == {()}
    assert not list(tmp_path.glob("*-month.csv"))
    with pytest.raises(ValueError, match="jsonl, csv, parquet"):
        write_files(empty, tmp_path, format="xml")


def test_truth_agrees_with_what_is_furnished(country: Country) -> None:
    """Every furnished account is in the truth, under its true owner, with its true course; and no other is."""
    tables = truth(country)
    accounts = {(row["furnisher_id"], row["account_no"]): row for row in tables["accounts"]}
    people = {row["handle"]: row for row in tables["people"]} | {row["handle"]: row for row in tables["firms"]}
    seen = set()
    for name in country.furnishers:
        subjects = {row["subject_ref"]: row for row in country.records_of(name, "subject")}
        months: dict[str, list[str]] = {}
        for month in country.records_of(name, "month"):
            months.setdefault(month["account_no"], []).append(month["status"])
        for line in country.records_of(name, "tradeline"):
            row = accounts[name, line["account_no"]]
            seen.add((name, line["account_no"]))
            assert subjects[line["subject_ref"]]["id_number"] == people[row["handle"]]["id_number"]
            assert row["opened_on"] == line["opened_on"]
            assert row["closed_on"] == line.get("closed_on")
            statuses = months[line["account_no"]]
            assert row["months"] == len(statuses)
            assert row["is_written_off"] == ("B" in statuses)
            assert row["is_default"] == bool({"4", "5", "6", "7", "B"}.intersection(statuses))
            assert min(row["worst_late"], 7) == max(
                (7 if status == "B" else int(status) for status in statuses if status in "1234567B"), default=0
            )
    assert seen == set(accounts)
    assert any(row["is_default"] for row in accounts.values())


def test_truth_tables_by_name(country: Country) -> None:
    """People, firms and shocks are complete and refer to each other; nothing of them is furnished."""
    tables = {name: list(rows) for name, rows in truth(country).items()}
    assert set(tables) == {"people", "firms", "accounts", "shocks"}
    assert [row["handle"] for row in tables["people"]] == [person.handle for person in country.people]
    assert [row["handle"] for row in tables["firms"]] == [firm.handle for firm in country.firms]
    handles = {row["handle"] for row in tables["people"] + tables["firms"]}
    assert {row["handle"] for row in tables["shocks"]} <= handles
    assert {row["kind"] for row in tables["shocks"]} == {"job-loss", "illness", "sales-drop"}
    hidden = {"prudence", "income_band", "size_band", "is_default", "handle", "case", "gender", "kind_of_shock"}
    for name in country.furnishers:
        for record in islice(country.records(name), 0, None, 7):
            assert not hidden.intersection(record)


def test_truth_is_written_under_its_version(country: Country, tmp_path: Path) -> None:
    """The tables stand under truth/v1 with a sheet that says which country they are of."""
    made = write_truth(country, tmp_path)
    assert sorted(path.name for path in (tmp_path / "truth" / "v1").iterdir()) == [
        "accounts.jsonl", "country.json", "firms.jsonl", "people.jsonl", "shocks.jsonl",
    ]  # fmt: skip
    sheet = json.loads(made["country"].read_bytes())
    assert (sheet["version"], sheet["seed"], sheet["people"], sheet["synthetic"]) == ("v1", 11, 60, True)
    assert sheet["first_month"] == "2024-11"
    assert sheet["last_month"] == "2026-10"
    assert sheet["cases"] == dict(country.cases)
    rows = [json.loads(line) for line in made["people"].read_text(encoding="utf-8").splitlines()]
    assert rows == list(truth(country)["people"])


def test_csv_has_the_columns_of_the_layout(country: Country, tmp_path: Path) -> None:
    """The first line of a CSV names the columns."""
    write_files(country, tmp_path, format="csv")
    with (tmp_path / "bank-chengxin-month.csv").open(encoding="utf-8", newline="") as opened:
        assert next(csv.reader(opened))[:3] == ["account_no", "month", "status"]
