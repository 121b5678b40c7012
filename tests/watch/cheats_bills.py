"""Cheats with the bills: every charge is right, and the invoices are not."""

from pathlib import Path
from typing import Any

from openbureau.core.invoice import Reason
from watch.cheating import alone, told
from watch.made_bills import close, correction, credit_of, line_of
from watch.made_log import MONTH, MadeLog

Summaries = dict[str, dict[str, Any]]


def spoiled(directory: Path, change: Any = lambda _: None, **more: Any) -> None:
    """The story with its month closed, one thing wrong."""
    made, _ = told()
    close(made, change=change, **more)
    made.write(directory)


def recount(one: dict[str, Any], count: int, fen: int) -> None:
    """Another number of charges, with sums that fit it."""
    one["groups"][0]["count"] += count
    for name in ("list_fen", "net_fen", "total_fen"):
        one["totals"][name] += fen
    one["totals"]["charges"] += count


@alone("bills")
def charge_dropped_from_an_invoice(directory: Path) -> None:
    spoiled(directory, lambda shown: recount(shown["bank-one"], -1, -100))


@alone("bills")
def charge_invented_on_an_invoice(directory: Path) -> None:
    spoiled(directory, lambda shown: recount(shown["bank-one"], 1, 100))


@alone("bills")
def price_changed_on_an_invoice(directory: Path) -> None:
    def change(shown: Summaries) -> None:
        group, totals = shown["bank-one"]["groups"][0], shown["bank-one"]["totals"]
        group["price_fen"] = 50
        totals |= {"list_fen": 50 * group["count"], "net_fen": 50 * group["count"], "total_fen": 50 * group["count"]}

    spoiled(directory, change)


@alone("bills")
def tier_of_a_larger_member(directory: Path) -> None:
    """A discount that so few charges have not earned; all sums fit it."""

    def change(shown: Summaries) -> None:
        totals = shown["bank-one"]["totals"]
        cut = totals["list_fen"] // 10
        totals |= {"discount_fen": cut, "net_fen": totals["list_fen"] - cut, "total_fen": totals["list_fen"] - cut}

    spoiled(directory, change)


@alone("bills")
def total_changed_on_an_invoice(directory: Path) -> None:
    spoiled(directory, lambda shown: shown["bank-one"]["totals"].update(total_fen=1))


@alone("bills")
def sums_changed_in_the_entry(directory: Path) -> None:
    made, _ = told()
    close(
        made,
        said={
            "totals": {"charges": 3, "list_fen": 1, "discount_fen": 0, "net_fen": 1, "credit_fen": 0, "total_fen": 1}
        },
    )
    made.write(directory)


@alone("bills")
def invoice_left_out(directory: Path) -> None:
    spoiled(directory, lambda shown: shown.pop("fund-two") and None)


@alone("bills")
def other_invoices_shown_than_bound(directory: Path) -> None:
    made, _ = told()
    close(made)
    made.bills[0]["summary"]["invoice"] = "ab" * 32
    made.write(directory)


@alone("bills")
def invoices_of_a_month_that_is_not_closed(directory: Path) -> None:
    made, _ = told()
    close(made)
    made.entries.pop()
    made.write(directory)


@alone("bills")
def summary_that_is_none(directory: Path) -> None:
    made, _ = told()
    close(made)
    made.bills.append({"salt": "00"})
    made.write(directory)


@alone("bills")
def month_closed_twice(directory: Path) -> None:
    made, _ = told()
    close(made)
    made.entries.append(made.entries[-1])
    made.write(directory)


@alone("bills")
def entry_that_says_nothing(directory: Path) -> None:
    made, _ = told()
    made.entries.append(b'bureau-log/v1 billing\n{"month":"2026-11"}\n')
    made.write(directory)


@alone("bills")
def charge_after_closing(directory: Path) -> None:
    made, held = told()
    close(made)
    made.answer(held["one"], "bank-one", held["consent"])
    made.write(directory)


def given_back(directory: Path, *, with_event: bool, of_another: bool = False, times: int = 1, **more: Any) -> MadeLog:
    """An answer given back as wrong."""
    made, held = told()
    leaf = made.answer(held["one"], "bank-one", held["consent"])
    shows = correction(made, held["two" if of_another else "one"]) if with_event else None
    close(made, credited={"bank-one": [credit_of(made, leaf, shows)] * times}, **more)
    made.write(directory)
    return made


@alone("bills")
def gift_called_a_wrong_answer(directory: Path) -> None:
    """Given back to a friend; nothing was ever corrected."""
    given_back(directory, with_event=False)


@alone("bills")
def correction_of_another_person(directory: Path) -> None:
    given_back(directory, with_event=True, of_another=True)


@alone("bills")
def given_back_twice(directory: Path) -> None:
    given_back(directory, with_event=True, times=2)


@alone("bills")
def given_back_too_much(directory: Path) -> None:
    def change(shown: Summaries) -> None:
        one = shown["bank-one"]
        one["credits"][0]["credit_fen"] += 50
        one["totals"]["credit_fen"] += 50
        one["totals"]["total_fen"] -= 50

    given_back(directory, with_event=True, change=change)


@alone("bills")
def given_back_to_another(directory: Path) -> None:
    """A charge of one member on the invoice of another."""
    made, held = told()
    leaf = made.answer(held["one"], "bank-one", held["consent"])
    given = credit_of(made, leaf, None, Reason.DISPUTE_UPHELD)
    place = (MONTH, "fee.crc.personal", 100)
    close(made, credited={"fund-two": [given]}, left={place: 3})
    assert line_of(len(made.entries) - 2, leaf).price_fen == 100
    made.write(directory)
