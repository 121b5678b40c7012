"""Cheats with links: one that a person cannot see, an undo of nothing, a consent borrowed after the undo."""

from pathlib import Path
from typing import Any

from openbureau.core.leaf import EventKind
from openbureau.core.pricing import FREE
from watch.cheating import alone, told
from watch.made_log import MadeLog


def tie(
    made: MadeLog, kind: EventKind, pair: tuple[Any, Any], *, actor: str = "staff/reviewer", sides: int = 2
) -> None:
    """A link or its end in both chains, or in one."""
    for mine, theirs in ((pair[0], pair[1]), (pair[1], pair[0]))[:sides]:
        event = made.event(kind, actor, purpose="identity-review", basis="desk", basis_ref=theirs.label, price=FREE)
        made.add(event, mine)


@alone("links")
def link_in_one_chain_only(directory: Path) -> None:
    made, held = told()
    tie(made, EventKind.LINK, (held["two"], held["stranger"]), sides=1)
    made.write(directory)


@alone("links")
def undo_in_one_chain_only(directory: Path) -> None:
    made, held = told()
    pair = (held["two"], held["stranger"])
    tie(made, EventKind.LINK, pair)
    tie(made, EventKind.UNLINK, pair, sides=1)
    made.write(directory)


@alone("links")
def undo_without_a_link(directory: Path) -> None:
    made, held = told()
    tie(made, EventKind.UNLINK, (held["two"], held["stranger"]))
    made.write(directory)


@alone("links")
def linked_twice(directory: Path) -> None:
    made, held = told()
    for _ in range(2):
        tie(made, EventKind.LINK, (held["two"], held["stranger"]))
    made.write(directory)


@alone("links")
def linked_to_nobody(directory: Path) -> None:
    made, held = told()
    event = made.event(EventKind.LINK, "staff/reviewer", purpose="identity-review", basis="desk", price=FREE)
    made.add(event, held["two"])
    made.write(directory)


@alone("actors")
def linked_by_a_lender(directory: Path) -> None:
    made, held = told()
    tie(made, EventKind.LINK, (held["two"], held["stranger"]), actor="bank-one")
    made.write(directory)


@alone("actors")
def linked_by_the_regulator(directory: Path) -> None:
    made, held = told()
    tie(made, EventKind.LINK, (held["two"], held["stranger"]), actor="staff/regulator")
    made.write(directory)


@alone("consents")
def consent_of_the_other_after_the_undo(directory: Path) -> None:
    made, held = told()
    pair = (held["two"], held["stranger"])
    tie(made, EventKind.LINK, pair)
    tie(made, EventKind.UNLINK, pair)
    made.answer(held["two"], "bank-one", held["empty"])
    made.write(directory)


@alone("consents")
def withdrawn_consent_of_the_other(directory: Path) -> None:
    made, held = told()
    tie(made, EventKind.LINK, (held["two"], held["stranger"]))
    made.withdraw(held["stranger"], "bank-one")
    made.answer(held["two"], "bank-one", held["empty"])
    made.write(directory)
