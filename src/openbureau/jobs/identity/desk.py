"""The reviewer's desk: cases, a look at one, a decision, and the undo of a link.

Promises: a look is an event in the chain of each person shown, before anything is shown; where adverse information or a
claim of a stolen number is at stake two reviewers decide, neither seeing the other's opinion; a decision and the link that
follows from it, or an undo and its reason, are one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from openbureau.core.identity.rules import MOST_OPINIONS, Choice, Standing, may_decide, standing
from openbureau.jobs.context import Bureau
from openbureau.jobs.identity.compare import opened_seen, opened_words
from openbureau.jobs.identity.links import Linking, add_pair, link_within, unlink_within
from openbureau.jobs.staff.sign_in import Staff
from openbureau.jobs.staff.view import look_event, record_view
from openbureau.jobs.subject.chain import TRIES, ChainBusy
from openbureau.store.database import Connection
from openbureau.store.identity import (
    StoredCase,
    StoredDecision,
    add_decision,
    case_accounts,
    desk_case,
    desk_cases,
    desk_decisions,
    dismiss_claims,
    end_case,
    has_adverse,
    lock_case,
    open_links,
    sealed_identities,
    seen_of,
)
from openbureau.store.sealing import seal, unseal

MOST_CASES = 200
LONGEST_REASON = 2000
_T = TypeVar("_T")


class DeskRefused(ValueError):
    """The desk cannot do this; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the list: nothing of any person."""

    case: StoredCase
    standing: Standing
    needs_two: bool
    is_mine_to_decide: bool


@dataclass(frozen=True, slots=True)
class Facing:
    """One of the two files side by side."""

    subject_id: str
    id_kind: str
    id_number: str
    name: str
    said: tuple[tuple[str, str | None, str | None, str | None], ...]
    """What furnishers said later: name, telephone, birth date, region."""
    phone: str | None
    born_on: str | None
    region: str | None
    accounts: int
    furnishers: int
    first_opened: str | None
    newest: str | None
    has_adverse: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """A decision with its reason, as far as this reviewer may see it."""

    reviewer: str
    choice: Choice
    reason: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its reviewer sees it."""

    row: CaseRow
    sides: tuple[Facing, ...]
    opinions: tuple[Opinion, ...]
    is_linked: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer says: the choice, why, whether somebody claims the number was stolen, and whose it is if apart."""

    choice: Choice
    reason: str
    is_stolen: bool = False
    holder_id: str | None = None


def cases(bureau: Bureau, staff: Staff) -> list[CaseRow]:
    """Cases, those that wait first.  Shows no person and leaves no event."""
    with bureau.store.connection("linkage") as connection:
        found = desk_cases(connection, MOST_CASES)
        said = desk_decisions(connection, [case.case_id for case in found])
        return [_row(connection, case, [one for one in said if one.case_id == case.case_id], staff) for case in found]


def _row(connection: Connection, case: StoredCase, said: Sequence[StoredDecision], staff: Staff) -> CaseRow:
    needs_two = _needs_two(connection, case, said)
    _, now, where = _round(said, needs_two=needs_two)
    if case.standing is not None:
        return CaseRow(case, Standing(case.standing), needs_two, False)
    is_mine = _is_waiting(where) and staff.handle not in {one.reviewer for one in now} and len(now) < MOST_OPINIONS
    return CaseRow(case, where, needs_two, is_mine)


def _is_waiting(where: Standing) -> bool:
    return where in {Standing.OPEN, Standing.SECOND, Standing.ESCALATED, Standing.PAPERS}


def _needs_two(connection: Connection, case: StoredCase, said: Sequence[StoredDecision]) -> bool:
    """Is the law's interest of a person high: adverse information in either file, or a claim of a stolen number?"""
    return any(one.is_stolen for one in said) or has_adverse(connection, _subjects(case))


def _subjects(case: StoredCase) -> list[str]:
    return [case.subject_id, *([case.other_id] if case.other_id else [])]


def _round(said: Sequence[StoredDecision], *, needs_two: bool) -> tuple[int, list[StoredDecision], Standing]:
    """The round that is open, its decisions, and where it stands; when papers were asked for, a new round waits for them."""
    number = max((one.round for one in said), default=1)
    now = [one for one in said if one.round == number]
    where = standing([Choice(one.choice) for one in now], needs_two=needs_two)
    return (number + 1, [], Standing.PAPERS) if where is Standing.PAPERS else (number, now, where)


def view_case(bureau: Bureau, staff: Staff, case_id: str) -> CaseView:
    """A case with its files side by side, the look recorded in each person's chain first."""
    with bureau.store.connection("linkage") as connection:
        case = _known(connection, case_id)
        _record_look(bureau, connection, case, staff)
        said = desk_decisions(connection, [case_id])
        row = _row(connection, case, said, staff)
        sides = _facing(bureau, connection, case)
        is_linked = case.other_id in {one.other_id for one in open_links(connection, case.subject_id)}
        shown = said if case.standing is not None else [one for one in said if one.reviewer == staff.handle]
        opinions = _opinions(bureau, connection, case, shown)
    return CaseView(row, sides, opinions, is_linked)


def _known(connection: Connection, case_id: str) -> StoredCase:
    case = desk_case(connection, case_id)
    if case is None:
        raise LookupError("there is no such case")
    return case


def _record_look(bureau: Bureau, connection: Connection, case: StoredCase, staff: Staff) -> None:
    if case.other_id is None:
        record_view(bureau, case.subject_id, staff=staff, reason="identity-review")
        return
    event = look_event(bureau, staff, reason="identity-review")
    add_pair(bureau, connection, (case.subject_id, case.other_id), event=event)


def _facing(bureau: Bureau, connection: Connection, case: StoredCase) -> tuple[Facing, ...]:
    ids = _subjects(case)
    rows, seen, counts = sealed_identities(connection, ids), seen_of(connection, ids), case_accounts(connection, ids)
    sides = []
    for subject_id in ids:
        row = rows[subject_id]
        words = opened_words(bureau, row)
        said = tuple(opened_seen(bureau, row, one) for one in seen if one[0] == subject_id and one[4] is not None)
        accounts, furnishers, first, newest = counts.get(subject_id, (0, 0, None, None))
        sides.append(
            Facing(
                subject_id, words["id_kind"], words["id_number"], words["name"], said, words.get("phone"),
                words.get("born_on"), words.get("region"), accounts, furnishers, str(first) if first else None,
                str(newest) if newest else None, has_adverse(connection, [subject_id]),
            )
        )  # fmt: skip
    return tuple(sides)


def _place(decision: StoredDecision) -> str:
    return f"desk/{decision.case_id}/{decision.round}/{decision.reviewer}"


def _key(bureau: Bureau, connection: Connection, case: StoredCase) -> bytes:
    row = sealed_identities(connection, [case.subject_id])[case.subject_id]
    return bureau.data_key(row.wrapped_key, f"subject/{case.subject_id}")


def _opinions(
    bureau: Bureau, connection: Connection, case: StoredCase, said: Sequence[StoredDecision]
) -> tuple[Opinion, ...]:
    if not said:
        return ()
    key = _key(bureau, connection, case)
    return tuple(
        Opinion(one.reviewer, Choice(one.choice), unseal(key, one.reason_sealed, place=_place(one)).decode())
        for one in said
    )


def decide_case(bureau: Bureau, staff: Staff, case_id: str, *, said: Said) -> Standing:
    """Record what a reviewer says, and what follows from it; where the case stands now."""
    if not said.reason.strip() or len(said.reason) > LONGEST_REASON:
        raise DeskRefused(f"a decision has a reason, of at most {LONGEST_REASON} characters")
    return _recorded(bureau, lambda connection: _decide(bureau, connection, (staff, case_id), said))


def _recorded(bureau: Bureau, act: Callable[[Connection], _T]) -> _T:
    """What an act gives, in one transaction; it is tried again while a chain moves."""
    with bureau.store.connection("linkage") as connection:
        for _ in range(TRIES):
            try:
                with connection.transaction():
                    return act(connection)
            except _Stale:
                continue
    raise ChainBusy("a chain kept moving; nothing was recorded; try again")


class _Stale(Exception):
    """A chain moved: everything of this try is rolled back."""


def _decide(bureau: Bureau, connection: Connection, who: tuple[Staff, str], said: Said) -> Standing:
    staff, case_id = who
    lock_case(connection, case_id)
    case = _known(connection, case_id)
    if case.standing is not None:
        raise DeskRefused("this case is decided")
    if said.holder_id is not None and said.holder_id not in _subjects(case):
        raise DeskRefused("the number can only be one of the two's")
    earlier = desk_decisions(connection, [case_id])
    number, now, where = _round(earlier, needs_two=_needs_two(connection, case, earlier))
    needs_two = said.is_stolen or _needs_two(connection, case, earlier)
    where = Standing.OPEN if where is Standing.PAPERS else where
    if not may_decide(staff.handle, [one.reviewer for one in now], where):
        raise DeskRefused("this reviewer has decided here, or the case waits for somebody else")
    made = _decision(bureau, connection, (case, number, staff), said)
    add_decision(connection, case, made)
    after = standing([Choice(one.choice) for one in (*now, made)], needs_two=needs_two)
    if after in {Standing.LINKED, Standing.KEPT_APART}:
        _follow(bureau, connection, case, ([*now, made], after))
    return after


def _decision(
    bureau: Bureau, connection: Connection, place: tuple[StoredCase, int, Staff], said: Said
) -> StoredDecision:
    """The decision as it is kept: the reason is free text and is sealed under the first person's key."""
    case, number, staff = place
    at = bureau.clock()
    blank = StoredDecision(
        case.case_id, number, staff.handle, said.choice.value, said.is_stolen, said.holder_id, b"", at
    )
    key = _key(bureau, connection, case)
    sealed = seal(key, said.reason.strip().encode(), place=_place(blank), random=bureau.random)
    return StoredDecision(
        case.case_id, number, staff.handle, said.choice.value, said.is_stolen, said.holder_id, sealed, at
    )


def _follow(
    bureau: Bureau, connection: Connection, case: StoredCase, decided: tuple[Sequence[StoredDecision], Standing]
) -> None:
    """What a decided case brings: a link, or the claim of the one whose number it is not put aside."""
    said, after = decided
    if after is Standing.LINKED and case.other_id is not None:
        by = tuple(one.reviewer for one in said if one.choice == Choice.LINK)
        evidence = {"case": case.case_id, "kind": case.kind, **case.evidence}
        why = Linking(evidence=evidence, probability=case.probability, decided_by=by)
        if link_within(bureau, connection, (case.subject_id, case.other_id), why=why) is None:
            raise _Stale
    holders = {one.holder_id for one in said if one.choice == Choice.APART}
    if after is Standing.KEPT_APART and case.other_id is not None and len(holders) == 1 and None not in holders:
        holder = str(holders.pop())
        other = case.other_id if holder == case.subject_id else case.subject_id
        dismiss_claims(connection, case.case_id, holder=holder, dismissed=other)
    end_case(connection, case, after.value, bureau.clock())


def undo_link(bureau: Bureau, staff: Staff, case_id: str, *, reason: str) -> None:
    """Undo the link that followed from a case, with a reason."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise DeskRefused(f"an undo has a reason, of at most {LONGEST_REASON} characters")
    _recorded(bureau, lambda connection: _undo(bureau, connection, (staff, case_id), reason))


def _undo(bureau: Bureau, connection: Connection, who: tuple[Staff, str], reason: str) -> None:
    staff, case_id = who
    lock_case(connection, case_id)
    case = _known(connection, case_id)
    if case.other_id is None:
        raise DeskRefused("no link came of this case")
    pair = (case.subject_id, case.other_id)
    if unlink_within(bureau, connection, pair, decided_by=(staff.handle,)) is None:
        raise _Stale
    earlier = desk_decisions(connection, [case_id])
    number = max((one.round for one in earlier), default=0) + 1
    add_decision(connection, case, _decision(bureau, connection, (case, number, staff), Said(Choice.APART, reason)))
