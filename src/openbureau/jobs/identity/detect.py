"""Look through everybody for files with two lives and lives in two files, and put what is found on the desk.

A batch duty under the linkage role.  Promises: names are open in memory only; a run is one event of the log; what is found
again adds no second case; a run of the mixed-file detector that was killed goes on after the last subject it had done.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from openbureau.core.identity.detectors import (
    MIXED_AT,
    SPLIT_AT,
    FileFacts,
    Home,
    PairFacts,
    Reason,
    Seen,
    one_life,
    score,
    two_lives,
)
from openbureau.core.identity.documents import related_number
from openbureau.core.identity.names import Agreement, compare, name_keys, normal_phone
from openbureau.jobs.context import Bureau
from openbureau.jobs.identity.compare import birth_of_words, log_run, opened_seen, opened_words
from openbureau.jobs.ids import new_id
from openbureau.store.database import Connection
from openbureau.store.identity import (
    NewCase,
    SealedIdentity,
    accounts_of,
    add_case,
    begin_run,
    identities_after,
    linked_subjects,
    mixed_candidates,
    most_keys,
    open_run,
    save_run,
    seen_of,
)
from openbureau.store.inquiry import NO_SUBJECT

PAGE = 2000
LARGEST_BLOCK = 40
"""A telephone or a name that more than so many share says nothing of any two of them."""
SECOND_LIFE_DAYS = 92
_NEAR = frozenset(Agreement) - {Agreement.DIFFERENT}


@dataclass(frozen=True, slots=True)
class Detected:
    """What a run did: subjects looked at, cases opened."""

    run_id: str
    subjects: int
    cases: int


def detect_mixed(bureau: Bureau, *, page: int = PAGE) -> Detected:
    """Look for files with two lives, from where an unfinished run stands."""
    with bureau.store.connection("linkage") as connection:
        run_id, last, subjects, cases = open_run(connection, "mixed") or (
            _begin(bureau, connection, "mixed"),
            NO_SUBJECT,
            0,
            0,
        )
        while rows := identities_after(connection, last, page):
            with connection.transaction():
                found = _mixed_page(bureau, connection, rows)
                last = rows[-1].subject_id
                save_run(connection, run_id, last, (len(rows), found), is_done=False)
            subjects, cases = subjects + len(rows), cases + found
        save_run(connection, run_id, last, (0, 0), is_done=True)
    return Detected(run_id, subjects, cases)


def _begin(bureau: Bureau, connection: Connection, kind: str) -> str:
    now = bureau.clock()
    run_id = new_id(now, bureau.random)
    with connection.transaction():
        leaf = log_run(bureau, connection, (f"identity-{kind}", run_id, "-"), now)
        begin_run(connection, run_id, kind, (now, leaf))
    return run_id


def _mixed_page(bureau: Bureau, connection: Connection, rows: Iterable[SealedIdentity]) -> int:
    """The cases that one page of subjects brings: set-wise down to those in question, and only these are opened."""
    by_id = {row.subject_id: row for row in rows}
    ids = mixed_candidates(connection, list(by_id))
    seen, accounts, keys = (
        _grouped(seen_of(connection, ids)),
        _grouped(accounts_of(connection, ids)),
        most_keys(connection, ids),
    )
    count = 0
    for subject_id in ids:
        facts = _file_facts(
            bureau, by_id[subject_id], (seen[subject_id], accounts[subject_id], keys.get(subject_id, 1))
        )
        reasons = two_lives(facts)
        if score(reasons) >= MIXED_AT:
            count += _open(bureau, connection, ("mixed-file", subject_id, None), reasons)
    return count


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _file_facts(bureau: Bureau, row: SealedIdentity, held: tuple[list[Any], list[tuple[Any, ...]], int]) -> FileFacts:
    seen, accounts, keys = held
    words = opened_words(bureau, row)
    is_firm = words["kind"] == "enterprise"
    born = birth_of_words(words)
    places: dict[str, str] = {}
    told = []
    for one in seen:
        name, _, said_born, region = opened_seen(bureau, row, one)
        has_other_name = compare(words["name"], name, is_firm=is_firm) not in _NEAR
        has_other_birth = said_born is not None and born is not None and said_born != born
        told.append(Seen(one[2], region[:2] if region else None, has_other_name, has_other_birth))
        if region:
            places[one[1]] = region
    homes = tuple(
        Home(places[one[2]], one[6], one[6] + one[7] - 1)
        for one in accounts
        if one[3] in {"11", "13"} and one[2] in places
    )
    return FileFacts(tuple(told), homes, row.deceased_on, tuple(one[4] for one in accounts), keys)


def _open(
    bureau: Bureau, connection: Connection, what: tuple[str, str, str | None], reasons: tuple[Reason, ...]
) -> bool:
    kind, one, other = what
    points = score(reasons)
    made = NewCase(
        case_id=new_id(bureau.clock(), bureau.random),
        subject_id=one if other is None else min(one, other),
        other_id=None if other is None else max(one, other),
        kind=kind,
        evidence={"reasons": [reason.code for reason in reasons], "points": points},
        probability=min(points, 99) / 100,
        at=bureau.clock(),
    )
    return add_case(connection, made)


@dataclass(frozen=True, slots=True)
class _Life:
    """What of one subject may tell that another is the same; in memory only."""

    subject_id: str
    kind: str
    id_kind: str
    id_number: str
    name: str
    phones: frozenset[str]
    born: str | None

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Under what others may meet it."""
        yield from (("phone", phone) for phone in self.phones)
        if self.born:
            yield from (("name", f"{key}|{self.born}") for key in name_keys(self.name))
        inner = related_number(self.id_kind, self.id_number)
        if inner is not None:
            yield ("number", inner[1])
        if self.id_kind == "cn-organisation":
            yield ("number", self.id_number)


def detect_split(bureau: Bureau, *, page: int = PAGE) -> Detected:
    """Look for lives in two files.  A run that was killed is begun anew; what it had found stays, once."""
    with bureau.store.connection("linkage") as connection:
        run_id = _begin(bureau, connection, "split")
        lives = {one.subject_id: one for one in _lives(bureau, connection, page)}
        blocks: dict[tuple[str, str], list[str]] = defaultdict(list)
        for life in lives.values():
            for block in set(life.blocks()):
                blocks[block].append(life.subject_id)
        pairs = {
            pair
            for members in blocks.values()
            if len(members) <= LARGEST_BLOCK
            for pair in combinations(sorted(members), 2)
        }
        blocks.clear()
        ordered, count = sorted(pairs), 0
        for at in range(0, len(ordered), page):
            with connection.transaction():
                count += _split_page(bureau, connection, [(lives[a], lives[b]) for a, b in ordered[at : at + page]])
        save_run(connection, run_id, max(lives, default=NO_SUBJECT), (len(lives), count), is_done=True)
    return Detected(run_id, len(lives), count)


def _lives(bureau: Bureau, connection: Connection, page: int) -> Iterator[_Life]:
    last = NO_SUBJECT
    while rows := identities_after(connection, last, page):
        last = rows[-1].subject_id
        seen = _grouped(one for one in seen_of(connection, [row.subject_id for row in rows]) if one[4] is not None)
        for row in rows:
            words = opened_words(bureau, row)
            phones = [words.get("phone")] + [opened_seen(bureau, row, one)[1] for one in seen.get(row.subject_id, ())]
            known = frozenset(plain for phone in phones if phone and (plain := normal_phone(phone)))
            born = birth_of_words(words)
            yield _Life(row.subject_id, row.kind, words["id_kind"], words["id_number"], words["name"], known, born)


def _split_page(bureau: Bureau, connection: Connection, pairs: list[tuple[_Life, _Life]]) -> int:
    near = [pair for pair in pairs if pair[0].kind == pair[1].kind]
    accounts = _grouped(accounts_of(connection, sorted({life.subject_id for pair in near for life in pair})))
    count = 0
    for one, other in near:
        facts = _pair_facts((one, other), (accounts[one.subject_id], accounts[other.subject_id]))
        reasons = one_life(facts)
        is_new = score(reasons) >= SPLIT_AT and other.subject_id not in linked_subjects(connection, one.subject_id)
        if is_new:
            count += _open(bureau, connection, ("split-file", one.subject_id, other.subject_id), reasons)
    return count


def _pair_facts(pair: tuple[_Life, _Life], accounts: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]) -> PairFacts:
    one, other = pair
    is_firm = one.kind == "enterprise"
    has_same_name = compare(one.name, other.name, is_firm=is_firm) in {
        Agreement.SAME,
        Agreement.SAME_ORDERED,
        Agreement.SAME_SOUND,
    }
    inner = {related_number(life.id_kind, life.id_number) for life in pair} - {None}
    return PairFacts(
        has_same_phone=bool(one.phones & other.phones),
        has_same_name=has_same_name,
        has_same_birth=one.born is not None and one.born == other.born,
        has_other_paper=one.id_kind != other.id_kind,
        is_near_number=one.id_kind == other.id_kind and _is_near(one.id_number, other.id_number),
        has_inner_number=any((life.id_kind, life.id_number) in inner for life in pair),
        account_goes_on=_goes_on(*accounts) or _goes_on(accounts[1], accounts[0]),
    )


def _is_near(one: str, other: str) -> bool:
    """One digit differs besides the check character."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one[:-1], other[:-1], strict=True)) == 1


def _goes_on(ended: list[tuple[Any, ...]], begun: list[tuple[Any, ...]]) -> bool:
    """An account moved out on one side, and one of the same amount and type begun on the other soon after."""
    for old in ended:
        closed: date | None = old[5]
        if closed is None or old[10] != "5":
            continue
        last = closed + timedelta(days=SECOND_LIFE_DAYS)
        if any(new[8] == old[8] and new[9] == old[9] and closed <= new[4] <= last for new in begun):
            return True
    return False
