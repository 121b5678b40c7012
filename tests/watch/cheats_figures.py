"""Cheats with the published figures: the log is true, and what is told of it is not."""

from pathlib import Path
from typing import Any

from watch.cheating import alone, told
from watch.made_figures import figure, publish

Report = dict[str, Any]


def spoiled(directory: Path, **more: Any) -> None:
    """The story with its month told, one thing wrong."""
    made, _ = told()
    publish(made, **more)
    made.write(directory)


def fewer(report: Report, name: str, by: int = -1) -> None:
    """One row of a figure with another number, and a total that fits it."""
    one = figure(report, name)
    one["rows"][0][-1] += by
    one["total"] += by


@alone("figures")
def refusals_told_too_few(directory: Path) -> None:
    spoiled(directory, change=lambda report: fewer(report, "refusals"))


@alone("figures")
def charges_told_too_high(directory: Path) -> None:
    spoiled(directory, change=lambda report: fewer(report, "charged", 100))


@alone("figures")
def row_left_out(directory: Path) -> None:
    """The kind of event that nobody should see is missing, and the total fits."""

    def change(report: Report) -> None:
        one = figure(report, "events")
        one["total"] -= one["rows"].pop(0)[-1]

    spoiled(directory, change=change)


@alone("figures")
def row_invented(directory: Path) -> None:
    def change(report: Report) -> None:
        figure(report, "furnished-files")["rows"].append(["24", 1])
        figure(report, "furnished-files")["total"] += 1

    spoiled(directory, change=change)


@alone("figures")
def total_that_is_no_sum(directory: Path) -> None:
    spoiled(directory, change=lambda report: figure(report, "inquiries").update(total=1))


@alone("figures")
def row_told_twice(directory: Path) -> None:
    """Once as it is, and once more with nothing."""

    def change(report: Report) -> None:
        one = figure(report, "refusals")
        one["rows"].append([*one["rows"][0][:-1], 0])

    spoiled(directory, change=change)


@alone("figures")
def counted_by_another_query(directory: Path) -> None:
    """The name stays and the way of counting changes, so that the number looks better."""

    def change(report: Report) -> None:
        one = figure(report, "refusals")
        one |= {
            "query": "count where kind = inquiry-refused and purpose = no-such by purpose, institution",
            "rows": [],
            "total": 0,
        }

    spoiled(directory, change=change)


@alone("figures")
def query_that_nobody_can_run(directory: Path) -> None:
    spoiled(directory, change=lambda report: figure(report, "own-access").update(query="as the management decided"))


@alone("figures")
def columns_that_are_not_the_querys(directory: Path) -> None:
    spoiled(directory, change=lambda report: figure(report, "own-access").update(columns=["purpose"]))


@alone("figures")
def event_dated_back_into_a_told_month(directory: Path) -> None:
    """An answer that comes into the log after the month was told, under a time of that month."""
    made, held = told()
    publish(made)
    made.own(held["one"])
    made.write(directory)


@alone("figures-bound")
def figures_changed_after_they_were_bound(directory: Path) -> None:
    """The file is true and the entry binds another one: what was published then is not what is shown now."""
    spoiled(directory, said={"root": "ab" * 32})


@alone("figures-bound")
def figures_that_nothing_binds(directory: Path) -> None:
    made, _ = told()
    publish(made)
    made.entries.pop()
    made.write(directory)


@alone("figures-bound")
def month_told_twice(directory: Path) -> None:
    made, _ = told()
    publish(made)
    made.entries.append(made.entries[-1])
    made.write(directory)


@alone("figures-bound")
def figures_over_entries_to_come(directory: Path) -> None:
    """A report that says it has counted more than there was."""
    spoiled(directory, change=lambda report: report.update(size=1000))


@alone("figures-bound")
def entry_with_other_totals(directory: Path) -> None:
    spoiled(directory, said={"totals": {"events": 1}})


@alone("figures-bound")
def entry_that_says_nothing_of_the_figures(directory: Path) -> None:
    made, _ = told()
    made.entries.append(b'bureau-log/v1 audit-report\n{"report":"figures"}\n')
    made.write(directory)
