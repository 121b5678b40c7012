"""Ask the witnesses for their signatures, and publish what a quorum of them has signed.

A round asks each witness of the act at once about the newest signed head, with the proof from the head that it saw last.
Promises: every signature is checked before it is published, and a head is published with a quorum or not at all; a witness
that lies, stalls, or sends garbage costs its own signature and nothing else; of what a witness claims against us only that
counts which bears our own signature.  That a head was seen which is not held here ends all signing (`Witnessing`).
"""

import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from openbureau.config import read_witnesses
from openbureau.jobs.context import Bureau
from openbureau.jobs.log.prove import policy
from openbureau.store.database import Connection
from openbureau.store.log import Head, LogMisbehaviour, latest_head, stored_hashes, stored_tiles
from openbureau.store.witness.cosigned import (
    CosignedHead,
    WitnessState,
    only_publisher,
    put_cosigned_head,
    put_witness_state,
    witness_states,
)
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.cosignature import cosigners, own_lines
from openbureau.tlog.merkle import prove_consistency
from openbureau.tlog.note import NoteRefused
from openbureau.tlog.policy import Quorum, parse_policy
from openbureau.tlog.strict import Malformed
from openbureau.tlog.tile import root_of_tiles
from openbureau.tlog.witness import Standing, render_request

PATIENCE, GRACE = 5.0, 0.3
"""Seconds for a witness to answer, and for the rest once a quorum has."""
REFRESH = timedelta(seconds=30)
"""A signature older than this is asked for again, though the log did not grow: it tells the head's age."""
CLOCKS_APART = 300
LONGEST_PAUSE = 30.0
COSIGNED, AHEAD, OTHER_ROOT, UNKNOWN = "cosigned", "ahead", "other-root", "unknown-log"


class NoAnswer(OSError):
    """A witness cannot be reached, or said nothing in time; the message is one word."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a witness said: one of the protocol's standings with its lines or the size it saw, or one word of trouble."""

    standing: Standing | None
    lines: bytes = b""
    seen: int | None = None
    trouble: str = ""


class Wire(Protocol):
    """How a witness is reached."""

    def add(self, address: str, body: bytes) -> Told:
        """Its answer to `add-checkpoint`; never raises."""
        ...

    def head(self, address: str, origin: str) -> bytes | None:
        """The head of a log that it shows, None where it shows none; `NoAnswer` where it cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that is under way; then what was told, and the head that was shown where it speaks against ours."""

    name: str
    size: int
    old: int
    is_again: bool = False
    told: Told = Told(None)
    shown: bytes | None = None

    @property
    def is_against(self) -> bool:
        """Does the witness claim to have seen what our head does not continue?"""
        if self.told.standing is Standing.OTHER_SIZE and self.told.seen is not None:
            return self.told.seen > self.size or self.told.seen == self.old
        return self.told.standing is Standing.NOT_CONSISTENT


class Publisher:
    """Asks the witnesses of one bureau; one a process."""

    def __init__(
        self, bureau: Bureau, wire: Wire, *, addresses: Mapping[str, str] | None = None, patience: float = PATIENCE,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:  # fmt: skip
        """`addresses` are the witnesses' by name; without them those of the operator's file, read anew in each round."""
        self._bureau, self._wire, self._patience, self._longest = bureau, wire, patience, longest_pause
        self._addresses = addresses
        self._policy = parse_policy(policy(bureau))
        self._quorum = bureau.act.quorum
        self._head: tuple[int, bytes] = (0, b"")
        self._lines: dict[str, tuple[str, datetime]] = {}
        self._busy: set[str] = set()
        self._said: set[str] = set()
        self._failures: dict[str, tuple[int, float]] = {}
        self._answers: queue.Queue[_Asked] = queue.Queue()

    def publish(self, *, is_alone: bool = False) -> CosignedHead | None:
        """One round; the head that it published, None where there was nothing to ask for, or too few signed.

        `is_alone`: leave it to another process that is at it.
        """
        quorum = self._quorum
        if quorum is None:
            return None
        with self._bureau.store.connection("sequencer") as connection:
            if not is_alone:
                return self._round(connection, quorum)
            with only_publisher(connection) as is_mine:
                return self._round(connection, quorum) if is_mine else None

    def _round(self, connection: Connection, quorum: Quorum) -> CosignedHead | None:
        head = latest_head(connection)
        addresses = self._addresses or read_witnesses(self._bureau.settings.witnesses_file)
        if head is None:
            self._clear_empty(quorum, addresses)
            return None
        if self._head != (head.size, head.root):
            self._head, self._lines = (head.size, head.root), {}
        states = witness_states(connection)
        standings: dict[str, str] = {}
        for name in quorum.names:
            if not self._is_due(name):
                continue
            if name not in addresses:
                standings[name] = "no-address"
                continue
            known = states[name].size if name in states else 0
            self._ask(connection, head, addresses[name], _Asked(name, head.size, min(known, head.size)))
        standings |= self._collect(connection, head, addresses)
        self._settle(connection, head, standings, states)
        self._clear(quorum, {name for name, standing in standings.items() if standing in {COSIGNED, UNKNOWN}})
        return self._published(connection, head)

    def _is_due(self, name: str) -> bool:
        """Not while it is being asked, nor while its signature is fresh, nor at once after it failed."""
        held, (_, until) = self._lines.get(name), self._failures.get(name, (0, 0.0))
        is_fresh = held is not None and timedelta() <= self._bureau.clock() - held[1] < REFRESH
        return name not in self._busy and not is_fresh and time.monotonic() >= until

    def _ask(self, connection: Connection, head: Head, address: str, asked: _Asked) -> None:
        """Ask in a thread of its own: one that never answers holds up nothing but itself."""
        proof = prove_consistency(stored_hashes(connection, head.size), asked.old, head.size) if (
            0 < asked.old < head.size
        ) else ()  # fmt: skip
        body = render_request(asked.old, proof, head.checkpoint.encode())
        self._busy.add(asked.name)

        def ask() -> None:
            done = replace(asked, told=Told(None, trouble="fault"))
            try:
                done = replace(asked, told=self._wire.add(address, body))
                done = replace(done, shown=self._shown(address)) if done.is_against else done
            finally:
                self._answers.put(done)

        threading.Thread(target=ask, name=f"witness {asked.name}", daemon=True).start()

    def _shown(self, address: str) -> bytes | None:
        try:
            return self._wire.head(address, self._bureau.act.origin)
        except NoAnswer:
            return None

    def _collect(self, connection: Connection, head: Head, addresses: Mapping[str, str]) -> dict[str, str]:
        """How each stands that was asked: until all have answered, the patience is over, or a quorum is there and the
        grace is over."""
        standings: dict[str, str] = {}
        end, is_met = time.monotonic() + self._patience, False
        while self._busy and (left := end - time.monotonic()) > 0:
            try:
                answer = self._answers.get(timeout=left)
            except queue.Empty:
                break
            self._busy.discard(answer.name)
            if answer.size != head.size:
                continue  # of an older head; it is asked again in the next round
            if answer.is_against:
                self._weigh(connection, head, answer)
            standing, seen = self._standing(head, answer), answer.told.seen
            if standing is None and seen is not None:
                again = _Asked(answer.name, head.size, seen, is_again=True)
                self._ask(connection, head, addresses[answer.name], again)
                continue
            standings[answer.name] = standing or "size-moves"
            if not is_met and self._is_met(head):
                is_met, end = True, min(end, time.monotonic() + GRACE)
        return standings | {name: "too-slow" for name in self._busy if not is_met}

    def _standing(self, head: Head, answer: _Asked) -> str | None:
        """What an answer comes to; None where it is to be asked again from the size that it names."""
        told = answer.told
        if told.standing is None:
            return told.trouble
        if told.standing is Standing.TAKEN:
            return self._signed(head, answer.name, told.lines)
        if told.standing is not Standing.OTHER_SIZE or told.seen is None:
            return str(told.standing.value)
        if answer.is_against:
            return AHEAD if told.seen > head.size else OTHER_ROOT
        return "size-moves" if answer.is_again else None

    def _signed(self, head: Head, name: str, lines: bytes) -> str:
        """Keep a witness's own lines, if each of its keys signed this very head just now."""
        now, keys = self._bureau.clock(), self._quorum.keys(name) if self._quorum else ()
        try:
            made, found = own_lines(head.checkpoint.encode(), lines, keys)
        except NoteRefused:
            return "broken-signature"
        if set(found) != set(keys):
            return "not-all-keys"
        if any(abs(at - now.timestamp()) > CLOCKS_APART for at in found.values()):
            return "other-time"
        self._lines[name] = (made, now)
        return COSIGNED

    def _note(self, head: Head) -> bytes:
        return head.checkpoint.encode() + "".join(lines for lines, _ in self._lines.values()).encode()

    def _is_met(self, head: Head) -> bool:
        """Does what was collected hold for whoever reads it by the policy?"""
        note = self._note(head)
        open_checkpoint(note, self._bureau.log_key)
        return self._policy.is_met(cosigners(note, self._policy.keys))

    def _published(self, connection: Connection, head: Head) -> CosignedHead | None:
        if self._bureau.witnessing.trouble is not None or not self._is_met(head):
            return None
        made = CosignedHead(head.size, self._note(head).decode(), max(at for _, at in self._lines.values()))
        put_cosigned_head(connection, made)
        self._bureau.witnessing.forget()
        return made

    def _settle(
        self, connection: Connection, head: Head, standings: dict[str, str], states: dict[str, WitnessState]
    ) -> None:
        """Keep how each stands; whoever failed is asked later, and later still when it fails again."""
        now = self._bureau.clock()
        for name, standing in standings.items():
            is_well = standing == COSIGNED
            known = states[name].size if name in states and standing != UNKNOWN else 0
            put_witness_state(
                connection,
                WitnessState(name, head.size if is_well else known, standing, now, now if is_well else None),
            )
            count = 0 if is_well else self._failures.get(name, (0, 0.0))[0] + 1
            self._failures[name] = (count, time.monotonic() + min(2.0**count, self._longest) if count else 0.0)

    def _weigh(self, connection: Connection, head: Head, answer: _Asked) -> None:
        """A claim against us counts where it bears our own signature: then nothing more is signed."""
        try:
            shown = open_checkpoint(answer.shown or b"", self._bureau.log_key)
        except (NoteRefused, Malformed):
            return
        if shown.size > head.size:
            self._stop(_seen_more(answer.name, shown.size, held=head.size))
        elif shown.size and root_of_tiles(stored_tiles(connection), shown.size) != shown.root:
            self._stop(
                f"the witness {answer.name} holds another root for size {shown.size} than the database, signed by us: two "
                "histories. Nothing more is signed; tell the committee, and keep both"
            )

    def _stop(self, why: str) -> None:
        witnessing = self._bureau.witnessing
        witnessing.trouble = witnessing.trouble or LogMisbehaviour(why)

    def _clear(self, quorum: Quorum, said: set[str]) -> None:
        """Signing may begin once so many have said what they saw that no quorum can have seen more."""
        self._said |= said
        if len(self._said) >= quorum.needed and self._bureau.witnessing.trouble is None:
            self._bureau.witnessing.is_cleared = True

    def _clear_empty(self, quorum: Quorum, addresses: Mapping[str, str]) -> None:
        """Nothing is signed here yet.  Is that so for the witnesses too?"""
        said = set()
        for name in set(quorum.names) & set(addresses) if not self._bureau.witnessing.is_cleared else ():
            try:
                note = self._wire.head(addresses[name], self._bureau.act.origin)
                shown = open_checkpoint(note, self._bureau.log_key) if note is not None else None
            except (NoAnswer, NoteRefused, Malformed):
                continue
            if shown is not None and shown.size:
                self._stop(_seen_more(name, shown.size, held=0))
            said.add(name)
        self._clear(quorum, said)


def _seen_more(name: str, size: int, *, held: int) -> str:
    return (
        f"the witness {name} has seen a head of size {size}, signed by us, and the database holds {held}: it was restored from "
        "an older copy. Restore a newer one, or get the entries back from a copy of the log: openbureau log restore DIR. "
        "Nothing is signed until then"
    )
