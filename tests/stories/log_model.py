"""A small model of bureau, witnesses and restores, in which every order of steps is tried.

A history is a text with one letter an event; a head is a history that was signed.  Two heads conflict when neither begins
with the other.  What a witness does with a head is decided by `tlog/witness.py` itself, on real requests, real signatures
and real proofs; who has a quorum is decided by `tlog/policy.py`; whether a head may follow another by `tlog/merkle.py`.
What is modelled is only what happens around them: who crashes when, what a restore takes back, who lies.

Steps of the bureau: an event is taken in; what waits is signed (one transaction); the head is written to the file outside the
database; any head ever signed reaches a witness, in any order, as often as one likes; the process dies; the database is
copied; the copy is put back, with the file outside or without it; witnesses are asked what they saw before anything is
signed again.  A bureau that cheats signs any continuation of any history.  A witness that cheats signs everything
and has seen nothing.  A careless one answers before it stores, and dies in between.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from itertools import combinations
from typing import NamedTuple

from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint
from openbureau.tlog.merkle import ProofRefused, Tree, check_consistency, leaf_hash, prove_consistency
from openbureau.tlog.note import COSIGNATURE, VerifierKey, verifier_key
from openbureau.tlog.policy import Policy, parse_policy
from openbureau.tlog.witness import Standing, consider, parse_request, render_request

ORIGIN = "model.example/log"
SEED = bytes(range(32))
KEY = verifier_key(ORIGIN, SEED)
LETTERS = "abcdefgh"


@cache
def witness_key(number: int) -> VerifierKey:
    """The key of a witness."""
    return verifier_key(f"w{number}.example/w", bytes([number + 1]) * 32, COSIGNATURE)


@cache
def policy(witnesses: int, needed: int) -> Policy:
    """The policy file of `needed` among so many witnesses, as our reader reads it."""
    lines = [f"witness w{number} {witness_key(number).render()}" for number in range(witnesses)]
    names = " ".join(f"w{number}" for number in range(witnesses))
    return parse_policy("\n".join([f"log {KEY.render()}", *lines, f"group g {needed} {names}", "quorum g", ""]))


@cache
def tree(history: str) -> Tree:
    """The tree of a history."""
    made = Tree()
    made.append([leaf_hash(letter.encode()) for letter in history])
    return made


@cache
def note(history: str) -> bytes:
    """The signed head of a history."""
    return sign_checkpoint(Checkpoint(ORIGIN, len(history), tree(history).root()), KEY, SEED).encode()


@cache
def witnessed(seen: str, head: str) -> bool:
    """Does a witness that has seen one head sign another, asked in the way that suits the bureau best?"""
    proof = prove_consistency(tree(head).read, len(seen), len(head)) if len(seen) <= len(head) else []
    request = parse_request(render_request(len(seen), proof, note(head)))
    before = {ORIGIN: Checkpoint(ORIGIN, len(seen), tree(seen).root())} if seen else {}
    return consider(request, {ORIGIN: KEY}, before).standing is Standing.TAKEN


@cache
def follows(old: str, new: str) -> bool:
    """Is the old head a prefix of the new one, by the proof?"""
    if not old or len(old) > len(new):
        return not old
    proof = prove_consistency(tree(new).read, len(old), len(new))
    try:
        check_consistency(old=len(old), old_root=tree(old).root(), new=len(new), new_root=tree(new).root(), proof=proof)
    except ProofRefused:
        return False
    return True


@cache
def conflict(one: str, other: str) -> bool:
    """Can no log hold both heads?"""
    return not follows(one, other) and not follows(other, one)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is tried: how many witnesses, how large a quorum, how many events, who cheats and how."""

    witnesses: int = 3
    needed: int = 2
    events: int = 4
    cheats: int = 0
    """Witnesses that sign everything and say that they have seen nothing."""
    is_bureau_honest: bool = True
    is_careless: bool = False
    """Honest witnesses answer before they store."""
    asked: int | None = None
    """Witnesses that must have answered before a restored bureau signs; the quorum when None."""
    keeps_file: bool = False
    """The file outside the database survives every restore."""
    is_late: bool = False
    """A request that was under way when the machine died still arrives, at any time after."""
    leaves_early: bool = False
    """A head may leave before it stands in the file."""
    heals_file: bool = True
    """What a crash left unwritten is written when the bureau is up again."""
    restores: int = 1

    def told(self) -> str:
        """What differs from the plain case, for people."""
        changed = (
            f"{one.name}={getattr(self, one.name)}" for one in fields(self) if getattr(self, one.name) != one.default
        )
        return " ".join(changed) or "the plain case"

    @property
    def honest(self) -> int:
        """Witnesses that do not cheat."""
        return self.witnesses - self.cheats


class Witness(NamedTuple):
    """What a witness stored, and every head that bears its signature."""

    seen: str = ""
    signed: tuple[str, ...] = ()


class State(NamedTuple):
    """The world at one moment."""

    taken: int = 0
    log: str = ""
    waiting: str = ""
    unwritten: str = ""
    """A head that the running process has yet to write to the file."""
    file: str = ""
    copy: tuple[str, str] = ("", "")
    restores: int = 0
    must_ask: bool = False
    is_stopped: bool = False
    signed: tuple[str, ...] = ()
    """Every head that the log's key ever signed."""
    witnesses: tuple[Witness, ...] = ()


@cache
def accepted(signed: tuple[str, ...], witnesses: tuple[Witness, ...], rules: Rules) -> tuple[str, ...]:
    """The heads that somebody who reads the policy would accept: cosigned by the honest that did, and by all who cheat."""
    trust = policy(rules.witnesses, rules.needed)
    cheats = range(rules.honest, rules.witnesses)
    found = []
    for head in signed:
        numbers = [at for at, one in enumerate(witnesses) if head in one.signed]
        if trust.is_met({witness_key(number) for number in (*numbers, *cheats)}):
            found.append(head)
    return tuple(found)


def first(rules: Rules) -> State:
    """An empty log, and honest witnesses that have seen nothing."""
    return State(witnesses=(Witness(),) * rules.honest)


def steps(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    """Everything that may happen next."""
    yield from _outside(state, rules)
    yield from _witnesses(state, rules)
    if state.is_stopped:
        return
    if not rules.is_bureau_honest:
        yield from _forged(state, rules)
        return
    if state.taken < rules.events:
        letter = LETTERS[state.taken]
        yield f"take {letter}", state._replace(taken=state.taken + 1, waiting=state.waiting + letter)
    if state.unwritten:
        yield "write the file", state._replace(file=state.unwritten, unwritten="")
    elif state.must_ask:
        yield from _asking(state, rules)
    elif state.waiting:
        yield _sequence(state)


def _sequence(state: State) -> tuple[str, State]:
    """`Sequencer.run` of `store/log.py`: the file outside must not be ahead, nor differ."""
    if not follows(state.file, state.log):
        return "the file is ahead: stop", state._replace(is_stopped=True)
    log = state.log + state.waiting
    return f"sign {log}", state._replace(log=log, waiting="", unwritten=log, signed=_with(state.signed, log))


def _outside(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    """What happens to the bureau's machine."""
    if not rules.is_bureau_honest:
        return
    if state.unwritten:
        yield "crash", _started(state, rules)
    if state.copy != (state.log, state.waiting):
        yield "copy the database", state._replace(copy=(state.log, state.waiting))
        if state.restores < rules.restores:
            log, waiting = state.copy
            count = state.restores + 1
            back = state._replace(log=log, waiting=waiting, restores=count, must_ask=True, is_stopped=False)
            yield "restore", _started(back, rules)
            if not rules.keeps_file and state.file:
                yield "restore on a new machine", _started(back._replace(file=""), rules)


def _started(state: State, rules: Rules) -> State:
    """A new process: it forgets what the old one was about to write, and sees whether the file is behind."""
    is_behind = state.file != state.log and follows(state.file, state.log)
    return state._replace(unwritten=state.log if rules.heals_file and is_behind else "")


def _asking(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    """The restored bureau asks some witnesses; whoever cheats says that nothing was seen."""
    asked = rules.needed if rules.asked is None else rules.asked
    liars = range(rules.honest, rules.witnesses)
    for chosen in combinations((*range(rules.honest), *liars), asked):
        told = [state.witnesses[at].seen for at in chosen if at < rules.honest]
        if all(follows(seen, state.log) for seen in told):
            yield f"asked {chosen}: go on", state._replace(must_ask=False)
        else:
            yield f"asked {chosen}: stop", state._replace(is_stopped=True)


def _witnesses(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    """A head that was signed at any time reaches a witness; what it answers may get lost, but its line may be read from it."""
    for at, one in enumerate(state.witnesses):
        if at and one == state.witnesses[at - 1]:
            continue  # witnesses in the same state are the same witness
        for head in state.signed:
            if not _may_arrive(state, head, rules) or not witnessed(one.seen, head):
                continue
            signed = _with(one.signed, head)
            yield from _changed(state, at, Witness(head, signed), f"w{at} stores and signs {head}")
            yield from _changed(state, at, Witness(head, one.signed), f"w{at} stores {head} and dies")
            if rules.is_careless:
                yield from _changed(state, at, Witness(one.seen, signed), f"w{at} signs {head} and dies")


def _may_arrive(state: State, head: str, rules: Rules) -> bool:
    """A bureau sends what stands in its database; what is under way or was kept by somebody comes when it likes."""
    if rules.is_late or not rules.is_bureau_honest:
        return True
    return follows(head, state.log) and (rules.leaves_early or head != state.unwritten)


def _changed(state: State, at: int, witness: Witness, told: str) -> Iterator[tuple[str, State]]:
    if witness == state.witnesses[at]:
        return
    others = (*state.witnesses[:at], *state.witnesses[at + 1 :])
    yield told, state._replace(witnesses=tuple(sorted((*others, witness))))


def _forged(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    """A bureau that cheats signs any history that goes on from any other."""
    if state.taken < rules.events:
        for before in ("", *state.signed):
            head = before + LETTERS[state.taken]
            yield f"sign {head}", state._replace(taken=state.taken + 1, signed=_with(state.signed, head))


def _with(heads: tuple[str, ...], head: str) -> tuple[str, ...]:
    return heads if head in heads else tuple(sorted((*heads, head)))


@dataclass(frozen=True, slots=True)
class Found:
    """What an exploration saw: how many states, and the first way into each trouble (empty where there was none)."""

    states: int
    split: tuple[str, ...] = ()
    """Two heads that conflict, each with a quorum."""
    forgot: tuple[str, ...] = ()
    """A head was signed that conflicts with one that had a quorum."""
    twice: tuple[str, ...] = ()
    """Two heads that conflict bear the log's signature, whether or not anyone else signed them."""


def explore(rules: Rules, *, most: int = 5_000_000) -> Found:
    """Every state that can be reached, each once, the nearest first."""
    begin = first(rules)
    came_from: dict[State, tuple[State, str] | None] = {begin: None}
    edge = [begin]
    troubles: dict[str, tuple[str, ...]] = {}
    while edge:
        reached = []
        for state in edge:
            for told, after in steps(state, rules):
                for name in _troubles(state, after, rules):
                    if name not in troubles:
                        troubles[name] = (*_way(state, came_from), told)
                if after not in came_from:
                    came_from[after] = (state, told)
                    reached.append(after)
            assert len(came_from) <= most, "the model is larger than it may be"
        edge = reached
    return Found(len(came_from), **troubles)


def _troubles(before: State, after: State, rules: Rules) -> Iterator[str]:
    """What is wrong with a step: only one that signs or cosigns can be."""
    if after.signed != before.signed:
        (new,) = set(after.signed) - set(before.signed)
        if any(conflict(new, head) for head in before.signed):
            yield "twice"
        if any(conflict(new, head) for head in accepted(before.signed, before.witnesses, rules)):
            yield "forgot"
    if after.signed != before.signed or after.witnesses != before.witnesses:
        heads = accepted(after.signed, after.witnesses, rules)
        if any(conflict(one, other) for one, other in combinations(heads, 2)):
            yield "split"


def _way(state: State, came_from: dict[State, tuple[State, str] | None]) -> tuple[str, ...]:
    told = []
    while (before := came_from[state]) is not None:
        state = before[0]
        told.append(before[1])
    return tuple(reversed(told))
