"""Were openings destroyed lawfully, and no others?

An entry without an opening is accepted only where an erasure closed it: the erasure's own entry is bound to a signed statement
that says by whose order and under which articles, and that names exactly the entries of its chain.  Of a billed entry that was
closed what a bill needs is still open.  Promises: an entry closed by nobody is found, and so is an erasure that nobody may
order; bills and lanes are reckoned over closed entries too.
"""

import hashlib
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.core.leaf import NONE, EventKind
from openbureau.core.staff import CAPABILITIES, Capability, staff_role
from openbureau.tlog.canonical import NotCanonical, canonical
from openbureau.tlog.strict import Malformed, parse_base64
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.openings import Opened

FILE = "openings/erasures.jsonl"
ERASURE = EventKind.ERASURE.value
HEAD = b"openbureau erasure\n"
RESIDUE = frozenset({"kind", "actor", "basis", "price", "bill_seq"})
WHOLE, EXPIRED = "file", "expired"
_POLICY = {"request": "erasure-by-request", "decision": "erasure-by-decision"}
_BASIS = {"request": "right", "decision": "decision", "term": "duty"}


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an erasure says of itself."""

    schema: str
    log: str
    label: str
    seq: int
    scope: str
    cause: str
    by: str
    handle: str
    reason: str
    rules: list[str]
    at: str
    events: int
    leaves: str
    last_day: str = ""
    items: int = 0


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the committee's file of erasures."""

    index: int
    statement: str
    signature: str
    erased: list[tuple[int, Opened | None]]


@dataclass(slots=True)
class Claim:
    """An erasure as it is shown, and what reading the log found at the places that it names."""

    number: int
    line: Line
    said: Statement
    hashes: dict[int, bytes] = field(default_factory=dict)
    is_met: bool = False


@dataclass(slots=True)
class Claims:
    """All erasures of an export, by the place of their entry and by the places that they closed."""

    by_entry: dict[int, Claim] = field(default_factory=dict)
    by_place: dict[int, tuple[Claim, Opened | None]] = field(default_factory=dict)
    by_label: dict[str, Claim] = field(default_factory=dict)
    by_leaf: dict[str, Claim] = field(default_factory=dict)
    """Closed entries by their leaf, hex, as far as the log was read."""
    troubles: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, index: int, leaf_hash: bytes, commitment: bytes) -> tuple[bool, Seen | None]:
        """Is the entry at this place closed by an erasure?  And what is left open of it, for the bills."""
        found = self.by_place.get(index)
        if found is None:
            return False, None
        claim, residue = found
        claim.hashes[index] = leaf_hash
        self.by_leaf[leaf_hash.hex()] = claim
        if residue is None:
            return True, None
        why = residue.fault(commitment)
        if why is None and residue.opened.keys() != RESIDUE:
            why = "shows more or less of a closed entry than its bill needs"
        if why is None and residue.fields["bill_seq"] == NONE:
            why = "leaves open what stands on no bill"
        if why is not None:
            self.troubles.append((f"{FILE}:{claim.number}, entry {index}", why, "已关闭记录的剩余公开内容不符"))
            return True, None
        fields = residue.fields | {"label": f"closed by {claim.line.index}", "basis_ref": NONE}
        return True, Seen(index, leaf_hash, commitment, fields, residue, 0)


_decode_line = msgspec.json.Decoder(Line).decode
_decode_statement = msgspec.json.Decoder(Statement).decode


def read_claims(case: Case) -> Claims:
    """The erasures that an export shows, none of them believed yet."""
    made = Claims()
    if not case.export.has(FILE):
        return made
    for number, content in case.export.lines(FILE):
        try:
            line = _decode_line(content)
            said = _decode_statement(line.statement.encode())
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            made.troubles.append((f"{FILE}:{number}", "is not an erasure", "该行不是删除记录"))
            continue
        claim = Claim(number, line, said)
        if line.index in made.by_entry or (said.scope == WHOLE and said.label in made.by_label):
            made.troubles.append((f"{FILE}:{number}", "is shown twice", "同一删除出现两次"))
            continue
        made.by_entry[line.index] = claim
        if said.scope == WHOLE:
            made.by_label[said.label] = claim
        for index, residue in line.erased:
            if index in made.by_place or index >= line.index:
                words = (f"closes entry {index} twice, or before it was made", "关闭了不应由其关闭的记录")
                made.troubles.append((f"{FILE}:{number}", *words))
                continue
            made.by_place[index] = (claim, residue)
    return made


class Erasures(Inspector):
    """Each closed entry belongs to one erasure, which was ordered lawfully and names its whole chain."""

    name, needs_events = "erasures", True

    def see(self, event: Seen) -> None:
        """The entry of an erasure."""
        if event.fields["kind"] != ERASURE:
            return
        self.tally.count += 1
        place = f"entry {event.index} ({ERASURE})"
        claim = self.case.claims.by_entry.get(event.index)
        if claim is None:
            self.tally.wrong(place, "has no statement by whose order", "没有说明由谁决定的声明")
            return
        claim.is_met = True
        why = self._fault(event, claim) or self._unlawful(event, claim.said) or _unbound(event, claim)
        if why is not None:
            self.tally.wrong(place, *why)

    def end(self) -> None:
        """No place was closed by an erasure that does not stand in the log."""
        claims = self.case.claims
        for trouble in claims.troubles:
            self.tally.wrong(*trouble)
        for claim in claims.by_entry.values():
            if not claim.is_met and claim.line.index < self.case.checkpoint.size:
                place = f"{FILE}:{claim.number}"
                self.tally.wrong(
                    place, f"closes entries, and entry {claim.line.index} is no erasure", "日志中没有相应的删除记录"
                )

    def _fault(self, event: Seen, claim: Claim) -> tuple[str, str] | None:
        """Is this the statement that the entry is bound to, signed by the bureau?"""
        content = claim.line.statement.encode()
        if hashlib.sha256(content).hexdigest() != event.fields["basis_ref"]:
            return "is bound to another statement", "记录与所示声明不符"
        try:
            is_canonical = canonical(msgspec.json.decode(content)) == content
            key = Ed25519PublicKey.from_public_bytes(parse_base64(self.case.body["keys"].get("response", "")))
            key.verify(parse_base64(claim.line.signature), HEAD + content)
        except (InvalidSignature, Malformed, NotCanonical, ValueError):
            return "has a statement that the bureau did not sign", "声明未经征信机构签名"
        if not is_canonical:
            return "has a statement in another spelling", "声明格式不规范"
        return None

    def _unlawful(self, event: Seen, said: Statement) -> tuple[str, str] | None:
        """May whoever ordered it order it, under articles that hold?"""
        fields = event.fields
        if fields["actor"] != "bureau" or fields["basis"] != _BASIS.get(said.cause):
            return "was done by somebody who erases nothing", "执行者无权删除"
        role = staff_role(said.by)
        is_staff = role is not None and Capability.DECIDE_ERASURES in CAPABILITIES[role]
        is_by = {
            "request": said.by == "subject",
            "decision": is_staff and said.reason != "",
            "term": said.by == "bureau" and said.scope == EXPIRED and said.last_day != "",
        }
        if not is_by.get(said.cause, False) or (said.cause != "term" and said.scope != WHOLE):
            return "was ordered by nobody who may", "决定者无权作出该决定"
        permitted = fields["policy"].partition(";permit;")[2]
        if permitted != _POLICY.get(said.cause, ""):
            return "names no policy that permits it", "没有指明准许删除的政策"
        law = self.case.law
        if not said.rules or (law is not None and not all(law.history(rule) for rule in said.rules)):
            return "names no article that is in the signed law", "没有援引已签署的法律条款"
        return None


def _unbound(event: Seen, claim: Claim) -> tuple[str, str] | None:
    """Does the statement name this chain, and all of it?"""
    said, fields = claim.said, event.fields
    if (said.label, said.seq) != (fields["label"], event.seq):
        return "has the statement of another chain", "声明属于另一链条"
    places = [index for index, _ in claim.line.erased]
    if places != sorted(places) or any(index not in claim.hashes for index in places):
        return "closes entries that are open or are no events", "关闭了仍公开或并非事件的记录"
    leaves = [claim.hashes[index] for index in places]
    if said.events != len(leaves) or hashlib.sha256(b"".join(leaves)).hexdigest() != said.leaves:
        return "closes other entries than its statement says", "关闭的记录与声明不符"
    if said.scope == EXPIRED:
        return ("closes entries, and only what was past its term went", "到期删除不得关闭记录") if leaves else None
    last = leaves[-1].hex() if leaves else "0" * 64
    if len(leaves) != event.seq - 1 or fields["prev"] != last:
        return "does not close its whole chain", "没有关闭整条链"
    return None
