"""Published figures of a month on real storage: told once, bound to the log, counted again by the watcher."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.log.export import export
from openbureau.jobs.log.figures import FiguresRefused, publish_figures
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.own_report import own_report
from openbureau.tlog.entry import parse_entry
from openbureau.watch.papers.recount import recount
from world import PEOPLE, World

AFTER = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
GOOD, LATE = PEOPLE["good"], PEOPLE["late"]


@pytest.fixture(scope="module")
def told(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, dict[str, Any], Path]:
    """A month with refusals, answers and looks, told after its end; the report, and an export with it."""
    world = shared_world
    give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval", months=3)
    for person in (GOOD, LATE, LATE):
        answer_inquiry(world.request(person), world.bureau)
    own_report(world.bureau, world.subject_id(GOOD))
    with pytest.raises(FiguresRefused, match="before 2026-11-30T"):
        publish_figures(world.bureau, "2026-11")
    world.clock.at = max(world.clock.at, AFTER)
    own_report(world.bureau, world.subject_id(LATE))
    made = publish_figures(world.bureau, "2026-11")
    assert not made.is_repeat
    sequence(world.bureau)
    directory = tmp_path_factory.mktemp("export")
    export(world.bureau, directory)
    return world, json.loads(made.kept.content), directory


def rows(report: dict[str, Any], name: str) -> list[list[Any]]:
    """The rows of a figure."""
    return next(list(one["rows"]) for one in report["figures"] if one["name"] == name)


def test_a_month_is_counted(told: tuple[World, dict[str, Any], Path]) -> None:
    """What happened in November and not what happened on the first of December."""
    _, report, _ = told
    assert rows(report, "inquiries") == [["loan-approval", "11", 1]]
    assert rows(report, "refusals") == [["loan-approval", "11", 2]]
    assert rows(report, "own-access") == [[1]]
    assert rows(report, "furnished-files") == [["11", 1], ["24", 1]] or len(rows(report, "furnished-files")) == 2
    assert rows(report, "consents-given") == [["loan-approval", "consent", 1]]
    assert rows(report, "charged") == [["fee.crc.personal", "CNY", 100]]
    assert [row[-1] for row in rows(report, "refusals-by-article")] == [2, 2]


def test_the_watcher_counts_the_same(told: tuple[World, dict[str, Any], Path]) -> None:
    """From the export alone; and a number changed in the file is found."""
    _, _, directory = told
    verdict = recount(directory)
    assert verdict.status == "ok", [one for one in verdict.checks if not one.ok]
    path = directory / "reports" / "figures-2026-11.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b'["loan-approval","11",2]', b'["loan-approval","11",1]'))
    assert recount(directory).status == "broken"
    path.write_bytes(before)


def test_a_month_is_told_once_and_in_its_order(told: tuple[World, dict[str, Any], Path]) -> None:
    """Asked again, the bytes of the first time; nothing earlier is told afterwards; what is no month is no month."""
    world, report, _ = told
    again = publish_figures(world.bureau, "2026-11")
    assert (again.is_repeat, json.loads(again.kept.content)) == (True, report)
    assert json.loads(parse_entry(again.kept.entry).content)["totals"]["refusals"] == 2
    with pytest.raises(FiguresRefused, match="in their order"):
        publish_figures(world.bureau, "2026-10")
    for month in ("2026-13", "november", ""):
        with pytest.raises(FiguresRefused, match="not a month"):
            publish_figures(world.bureau, month)


def test_what_was_told_cannot_be_changed(told: tuple[World, dict[str, Any], Path]) -> None:
    """Neither by the owner of the table nor by a duty."""
    world, _, _ = told
    for statement in ("delete from bureau.figures_report", "update bureau.figures_report set content = ''"):
        with psycopg.connect(world.url) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)
