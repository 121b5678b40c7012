"""Cheats with documents of courts: somebody else used one, none was shown, one was charged, or a lender hid behind one."""

from pathlib import Path

from watch.cheating import alone, told
from watch.made_log import PRICE


@alone("orders")
def lender_asked_by_an_order(directory: Path) -> None:
    made, held = told()
    made.look_up(held["two"], "bank-one")
    made.write(directory)


@alone("orders")
def court_used_an_order_of_an_authority(directory: Path) -> None:
    made, held = told()
    made.look_up(held["two"], "court-four", basis="official-order")
    made.write(directory)


@alone("orders")
def court_asked_as_a_lender_does(directory: Path) -> None:
    made, held = told()
    consent = made.consent(held["two"], "court-four")
    made.answer(held["two"], "court-four", consent)
    made.write(directory)


@alone("orders")
def no_document_was_shown(directory: Path) -> None:
    made, held = told()
    made.look_up(held["two"], "court-four", basis_ref="-")
    made.write(directory)


@alone("orders")
def court_was_charged(directory: Path) -> None:
    made, held = told()
    made.look_up(held["two"], "court-four", price=PRICE, bill_seq=made.bill("court-four"))
    made.write(directory)


@alone("diaries")
def lender_kept_from_the_person(directory: Path) -> None:
    made, held = told()
    made.answer(held["one"], "bank-one", held["consent"], notice="deferred;2027-01-31")
    made.write(directory)
