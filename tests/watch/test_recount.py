"""Does `recount` accept honest figures, name what differs, and tell what it cannot count again?"""

from pathlib import Path

from openbureau.core.figures.registry import FIGURES, Figure, registry
from openbureau.watch.papers.recount import recount
from openbureau.watch.verdict import Check, Verdict
from openbureau.watch.verify import verify
from watch.cheating import drop_line, told
from watch.cheats_figures import fewer
from watch.made_figures import publish
from watch.made_log import LATER


def checked(directory: Path) -> tuple[Verdict, dict[str, Check]]:
    """The verdict of `recount`, and its checks by name."""
    verdict = recount(directory, now=LATER)
    return verdict, {one.name: one for one in verdict.checks}


def test_honest_figures_hold(tmp_path: Path) -> None:
    """Every number of two months, one of them empty; `verify` says the same."""
    made, _ = told()
    report = publish(made)
    publish(made, "2026-12")
    made.write(tmp_path)
    verdict, found = checked(tmp_path)
    assert verdict.status == "ok", [one for one in verdict.checks if not one.ok]
    assert found["figures"].count > sum(len(one["rows"]) for one in report["figures"])
    assert found["figures-bound"].count == 2
    assert verify(tmp_path, now=LATER).status == "ok"


def test_what_differs_is_named_with_both_numbers(tmp_path: Path) -> None:
    """File, figure, row, what is said and what the log has: both sides can hold it."""
    made, _ = told()
    publish(made, change=lambda report: fewer(report, "refusals"))
    made.write(tmp_path)
    verdict, found = checked(tmp_path)
    assert (verdict.status, verdict.exit_code) == ("broken", 1)
    evidence = found["figures"].evidence[0]
    assert "figures-2026-11.json refusals" in evidence.place
    assert "loan-approval 11: says 0, the log has 1" in evidence.en


def test_where_nothing_was_published_nothing_can_be_told(tmp_path: Path) -> None:
    """An export without figures is no proof that they are right; for `verify` it is no fault."""
    made, _ = told()
    made.write(tmp_path)
    verdict, found = checked(tmp_path)
    assert (verdict.status, found["figures"].ok) == ("cannot-tell", None)
    assert verify(tmp_path, now=LATER).status == "ok"


def test_a_month_that_is_bound_and_not_shown_cannot_be_told(tmp_path: Path) -> None:
    """The entry is in the log, the file is not in the export."""
    made, _ = told()
    publish(made)
    made.papers.clear()
    made.write(tmp_path)
    verdict, found = checked(tmp_path)
    assert (verdict.status, found["figures-bound"].ok) == ("cannot-tell", None)


def test_a_figure_left_out_is_told(tmp_path: Path) -> None:
    """A figure of the registry that a month does not tell: not false, but not told."""
    made, _ = told()
    publish(made, figures=registry(tuple(one for one in FIGURES.values() if one.name != "refusals")))
    made.write(tmp_path)
    verdict, found = checked(tmp_path)
    assert (verdict.status, found["figures"].ok) == ("cannot-tell", None)
    assert "refusals" in found["figures"].evidence[0].en


def test_a_figure_of_a_later_version_is_counted_by_its_own_query(tmp_path: Path) -> None:
    """The query stands beside the number, so an older watcher counts a figure that it does not know."""
    made, _ = told()
    newer = registry(tuple(FIGURES.values()), (Figure("newer", "新", "Newer", "count where basis = consent by actor"),))
    publish(made, figures=newer)
    made.write(tmp_path)
    assert checked(tmp_path)[0].status == "ok"
    made, _ = told()
    publish(made, figures=newer, change=lambda report: fewer(report, "newer"))
    made.write(tmp_path)
    assert checked(tmp_path)[0].status == "broken"


def test_what_is_not_open_any_more_is_not_called_a_lie(tmp_path: Path) -> None:
    """Events without an opening: more was counted then than can be counted now, which is told; less stays a lie."""
    made, _ = told()
    publish(made)
    made.write(tmp_path)
    drop_line(tmp_path / "openings/committee.jsonl", 4)
    verdict, found = checked(tmp_path)
    assert (verdict.status, found["figures"].ok) == ("broken", None)
    assert found["openings-complete"].ok is False


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    """Nonsense under the name of figures: told with its place, nothing raised."""
    made, _ = told()
    publish(made)
    made.write(tmp_path)
    for content in (b"", b"[]", b"{}", b"\xff", b'{"schema":"openbureau-figures/1"}'):
        (tmp_path / "reports/figures-2026-11.json").write_bytes(content)
        verdict, found = checked(tmp_path)
        assert (verdict.status, found["figures"].ok, found["figures-bound"].ok) == ("broken", False, False)
        assert "figures-2026-11.json" in found["figures"].evidence[0].place
