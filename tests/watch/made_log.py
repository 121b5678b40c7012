"""A small bureau made of values alone: an export as the real one writes it, without a database, to be tampered with."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.config import read_scorecards
from openbureau.core.act import draft_act, open_act, sign_act
from openbureau.core.answer.lesser import score_block
from openbureau.core.attributes import AttributeValue
from openbureau.core.leaf import NO_LEAF, NONE, Event, EventKind, Leaf, bill_number, make_leaf
from openbureau.core.member import Member, Role
from openbureau.core.pricing import FREE
from openbureau.core.scorecard import Score, parse_scorecard, score, score_json, scorecard_digest
from openbureau.law.policies import load_policies
from openbureau.law.reader import load_law, read_pack
from openbureau.tlog.canonical import canonical
from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint
from openbureau.tlog.commitment import open_fields
from openbureau.tlog.entry import render_system
from openbureau.tlog.index import Epoch, Index, IndexEntry, commit_end, salt_of
from openbureau.tlog.merkle import Tree, leaf_hash
from openbureau.tlog.note import verifier_key
from openbureau.tlog.policy import render_policy
from openbureau.tlog.strict import render_base64
from openbureau.tlog.tile import ENTRIES, render_bundle, tile_bytes, tiles_of
from openbureau.tlog.vrf import label_of, vrf_output, vrf_prove, vrf_public
from openbureau.watch.openings import COMMITTEE_FIELDS, LENDER_FIELDS

ORIGIN = "made.example/log"
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, tzinfo=UTC)
MONTH = "2026-11"
PURPOSE = "loan-approval"
LAW = load_law("cn")
POLICIES = load_policies("cn", LAW)
CARDS = read_scorecards()
PRICE = "fee.crc.personal;1;100;CNY;billable"
CHEAP = "fee.crc.personal.concession;1;{};CNY;billable"
BY_ORDER = "house.official_lookup_free;1;0;CNY;free"
NO_HIT = "house.no_hit_free;1;0;CNY;free"
RETOLD = "house.replay_free;1;0;CNY;free"
AGAIN = "fee.dedup.personal_days;1;0;CNY;free"


def seed(name: str) -> bytes:
    """32 bytes for a name: keys and salts that are the same in every run."""
    return hashlib.sha256(f"made {name}".encode()).digest()


def signer(name: str) -> Ed25519PrivateKey:
    """The private key of a name."""
    return Ed25519PrivateKey.from_private_bytes(seed(name))


def member(member_id: str, kind: str, roles: frozenset[Role] = frozenset({Role.LENDER, Role.FURNISHER})) -> Member:
    """A founding member."""
    return Member(
        member_id, "虚构机构", "A made-up member", kind, roles, frozenset({PURPOSE}),
        True, date(2026, 1, 1), date(2027, 1, 1), signer(member_id).public_key().public_bytes_raw(),
    )  # fmt: skip


@dataclass
class Person:
    """A made-up person: id, label, proof, and where their chain stands."""

    handle: str
    subject_id: str = field(init=False)
    label: str = field(init=False)
    proof: bytes = field(init=False)
    seq: int = 0
    head: str = NO_LEAF
    leaves: list[tuple[int, Leaf]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.subject_id = str(UUID(bytes=seed(self.handle)[:16]))
        self.proof = vrf_prove(seed("vrf"), UUID(self.subject_id).bytes)
        self.label = label_of(vrf_output(self.proof)).hex()


class MadeLog:
    """Builds entries one by one, then writes the export."""

    def __init__(self, *, spoil_signature: bool = False) -> None:
        self.key = verifier_key(ORIGIN, seed("log"))
        members = (
            member("bank-one", "11"), member("fund-two", "24"), member("court-four", "99", frozenset({Role.COURT})),
        )  # fmt: skip
        keys = {
            "log": self.key.render(),
            "vrf": render_base64(vrf_public(seed("vrf"))),
            "response": render_base64(signer("response").public_key().public_bytes_raw()),
        }
        body = draft_act(
            installation="Made-up bureau",
            origin=ORIGIN,
            mode="sandbox",
            made_on=START.date(),
            regime="cn",
            digests={
                "law_digest": LAW.digest,
                "policy_digest": POLICIES.digest,
                "scorecards": {name: scorecard_digest(content) for name, content in CARDS.items()},
            },
            keys=keys,
            members=members,
        )
        self.act = sign_act(body, {one.member_id: signer(one.member_id).sign for one in members})
        if spoil_signature:
            self.act["signatures"]["fund-two"] = render_base64(bytes(64))
        else:
            open_act(self.act)
        self.entries: list[bytes] = [render_system("act", self.act)]
        self.leaves: list[tuple[int, Leaf]] = []
        self.people: list[Person] = []
        self.reports: dict[str, tuple[bytes, dict[str, Any]]] = {}
        self.lanes: dict[str, int] = {}
        self.bills: list[dict[str, Any]] = []
        self.papers: dict[str, bytes] = {}
        self.indexed: list[dict[str, Any]] = []
        self.at = START

    def person(self, handle: str) -> Person:
        """A new person; those without `-` in the handle get their own openings."""
        found = Person(handle)
        self.people.append(found)
        return found

    def add(self, event: Event, person: Person | None = None, **chain: Any) -> Leaf:
        """An event at the end of the log, on the chain of a person; `chain` overrides label, seq or prev."""
        self.at += timedelta(seconds=7)
        if person is not None:
            event = replace(event, label=person.label, seq=person.seq + 1, prev=person.head)
        leaf = make_leaf(replace(event, at=self.at, **chain), seed(f"salt {len(self.entries)}"))
        if person is not None:
            person.seq, person.head = int(dict(leaf.fields)["seq"]), leaf.leaf_hash.hex()
            person.leaves.append((len(self.entries), leaf))
        self.leaves.append((len(self.entries), leaf))
        self.entries.append(leaf.entry)
        return leaf

    def event(self, kind: EventKind, actor: str, **fields: Any) -> Event:
        """An event of this bureau."""
        return Event(kind=kind, at=self.at, actor=actor, regime="cn", **fields)

    def furnish(self, actor: str) -> Leaf:
        """A furnished file."""
        policy = f"{POLICIES.digest};permit;furnishing-under-contract"
        return self.add(self.event(EventKind.FURNISHING, actor, policy=policy, request=seed("file").hex(), price=FREE))

    def consent(
        self, person: Person, actor: str, *, purpose: str = PURPOSE, product: str = "continuing",
        more: str = "notice-1;web", by: str = "subject", **fields: Any,
    ) -> Leaf:  # fmt: skip
        """A consent of a person to a lender; `more` ends its inputs, in the older form unless another is given."""
        told = {"purpose": purpose, "product": product, "basis": "consent"} | fields
        rule = "consent-by-collector" if told["basis"] == "paper" else "own-consent"
        told = {"policy": f"{POLICIES.digest};permit;{rule}"} | told
        inputs = f"{actor};{START.date()};2027-06-30;{more}"
        return self.add(self.event(EventKind.CONSENT_GIVEN, by, inputs=inputs, **told), person)

    def withdraw(self, person: Person, actor: str, *, of: Leaf | None = None) -> Leaf:
        """A withdrawal, as now written (not naming the consent) or naming it."""
        ref = of.leaf_hash.hex() if of else NONE
        event = self.event(
            EventKind.CONSENT_WITHDRAWN,
            "subject",
            purpose=PURPOSE,
            basis="consent",
            basis_ref=ref,
            inputs=actor,
            policy=f"{POLICIES.digest};permit;own-consent",
        )
        return self.add(event, person)

    def refuse(self, person: Person | None, actor: str, **fields: Any) -> Leaf:
        """A refusal for want of consent."""
        told: dict[str, Any] = {"policy": f"{POLICIES.digest};refusal;no-consent", "price": FREE, "purpose": PURPOSE}
        return self.add(self.event(EventKind.INQUIRY_REFUSED, actor, **(told | fields)), person)

    def own(self, person: Person) -> Leaf:
        """A look at one's own file."""
        policy = f"{POLICIES.digest};permit;own-file"
        event = self.event(
            EventKind.SELF_ACCESS, "subject", purpose="own-report", basis="right", policy=policy, price=FREE
        )
        return self.add(event, person)

    def bill(self, actor: str, lane: int = 3) -> str:
        """The next number on a member's bill."""
        self.lanes[actor] = self.lanes.get(actor, 0) + 1
        return bill_number(MONTH, lane, self.lanes[actor])

    def answer(
        self, person: Person, actor: str, consent: Leaf, *, chain: dict[str, Any] | None = None, **fields: Any
    ) -> Leaf:
        """An answered inquiry with no report kept."""
        told: dict[str, Any] = {
            "purpose": PURPOSE, "product": "report", "basis": "consent", "basis_ref": consent.leaf_hash.hex(),
            "policy": f"{POLICIES.digest};permit;inquiry-under-consent", "request": seed("request").hex(),
            "response": seed("response body").hex(), "price": PRICE, "actor_user": "clerk-7", "notice": "diary",
        }  # fmt: skip
        told |= fields
        if "bill_seq" not in told:
            told["bill_seq"] = self.bill(actor) if told["price"].endswith("billable") else NONE
        return self.add(self.event(EventKind.INQUIRY, actor, **told), person, **(chain or {}))

    def look_up(self, person: Person, actor: str, **fields: Any) -> Leaf:
        """An answer to a court by its document."""
        told: dict[str, Any] = {
            "purpose": "judicial", "product": "report", "basis": "court-order", "basis_ref": seed("document").hex(),
            "policy": f"{POLICIES.digest};permit;court-order", "request": seed("request").hex(),
            "response": seed("response body").hex(), "price": BY_ORDER, "notice": "deferred;2027-01-31",
        }  # fmt: skip
        return self.add(self.event(EventKind.INQUIRY, actor, **(told | fields)), person)

    def report(
        self,
        person: Person,
        actor: str,
        consent: Leaf,
        *,
        name: str,
        change: Any = None,
        delay: int = 60,
        is_logged: bool = True,
        **fields: Any,
    ) -> Leaf:
        """An answered inquiry with its report and receipt; `change` alters the report before it is hashed."""
        report = answer_body(name, actor, fields.pop("outcome", "report"))
        if change:
            change(report)
        content = canonical(report)
        before = (self.entries[:], self.leaves[:], replace(person, leaves=person.leaves[:]))
        leaf = self.answer(person, actor, consent, response=hashlib.sha256(content).hexdigest(), **fields)
        if not is_logged:
            self.entries, self.leaves = before[0], before[1]
            person.seq, person.head, person.leaves = before[2].seq, before[2].head, before[2].leaves
        self.reports[name] = (content, receipt(name, leaf, self.at + timedelta(seconds=delay)))
        return leaf

    def chain_ends(self, size: int) -> dict[str, tuple[int, bytes]]:
        """Where each chain ended after so many entries of the log."""
        ends: dict[str, tuple[int, bytes]] = {}
        for at, leaf in self.leaves:
            told = dict(leaf.fields)
            if told["label"] != NONE and at < size:
                ends[told["label"]] = (int(told["seq"]), leaf.leaf_hash)
        return ends

    def index(self, ends: dict[str, tuple[int, bytes]] | None = None, **said: Any) -> Index:
        """An index of the log as it is now, or of other ends; `said` overrides what its entry says."""
        size = len(self.entries)
        self.at += timedelta(seconds=7)
        ends = self.chain_ends(size) if ends is None else ends
        epoch = Epoch(2026, said.get("size", size))
        made = Index(
            (bytes.fromhex(label), commit_end(salt_of(seed(f"end {label}"), epoch), *end))
            for label, end in ends.items()
        )
        entry = IndexEntry(epoch, len(made.labels), made.root(), self.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.entries.append(render_system("index", entry.to_json() | said))
        kept = self.chain_ends(len(self.entries)) | ends
        self.indexed = [{"shard": 2026, "label": label, "secret": seed(f"end {label}").hex()} for label in kept]
        return made

    def write(self, directory: Path, *, root: bytes | None = None) -> None:
        """The export directory, consistent with the entries (or signed over another root)."""
        tree = Tree()
        tree.append([leaf_hash(entry) for entry in self.entries])
        for address in tiles_of(tree.size):
            first = address.number * 256
            content = (
                render_bundle(self.entries[first : first + address.width])
                if address.level == ENTRIES
                else tile_bytes(tree.read, address)
            )
            put(directory / address.path, content)
        head = Checkpoint(ORIGIN, tree.size, root or tree.root())
        put(directory / "checkpoint", sign_checkpoint(head, self.key, seed("log")))
        put(directory / "log.vkey", self.key.render() + "\n")
        act_hash = hashlib.sha256(canonical(self.act)).digest()
        put(directory / "policy", render_policy(self.key, act_hash))
        self._system(directory)
        self._openings(directory)
        if self.indexed:
            put(directory / "openings/index.jsonl", "".join(f"{json.dumps(one)}\n" for one in self.indexed))
        for name, (content, told) in self.reports.items():
            put(directory / "reports" / name / "answer.json", content)
            put(directory / "reports" / name / "receipt.json", json.dumps(told))
        for name, paper in self.papers.items():
            put(directory / name, paper)

    def _system(self, directory: Path) -> None:
        body = self.act["body"]
        put(directory / "system/founding-act.json", json.dumps(self.act, ensure_ascii=False))
        put(directory / "system/keys.json", json.dumps(body["keys"]))
        put(directory / f"system/policy-{POLICIES.digest}.cedar", read_pack("cn")["permit.cedar"])
        put(directory / "system/law.json", json.dumps({"regime": "cn", "digest": LAW.digest}))
        for name, content in CARDS.items():
            put(directory / f"system/scorecards/{name}.json", content)

    def _openings(self, directory: Path) -> None:
        lines: dict[str, list[str]] = {"committee": []}
        for index, leaf in self.leaves:
            lines["committee"].append(opening_line(index, leaf, COMMITTEE_FIELDS))
            actor = dict(leaf.fields)["actor"]
            if actor in {"bank-one", "fund-two", "court-four"}:
                lines.setdefault(f"member-{actor}", []).append(opening_line(index, leaf, LENDER_FIELDS))
        for person in self.people:
            if "-" in person.handle:
                continue
            head = {"subject_id": person.subject_id, "label": person.label, "proof": render_base64(person.proof)}
            lines[f"person-{person.handle}"] = [
                json.dumps(head),
                *(
                    opening_line(index, leaf, tuple(name for name, value in leaf.fields if value != NONE))
                    for index, leaf in person.leaves
                ),
            ]
        if self.bills:
            lines["bills"] = [json.dumps(one) for one in self.bills]
        for name, told in lines.items():
            put(directory / f"openings/{name}.jsonl", "".join(f"{line}\n" for line in told))


def opening_line(index: int, leaf: Leaf, names: tuple[str, ...]) -> str:
    """One line of a file of openings."""
    return json.dumps({"index": index, "opening": open_fields(leaf.fields, leaf.salt, names).to_json()})


def answer_body(name: str, actor: str, outcome: str) -> dict[str, Any]:
    """A report with a header and a score; what else a report has does not matter to the watcher."""
    card = parse_scorecard(CARDS["people-expert-1"])
    figures = {row.name: AttributeValue(0, None, ("t1",)) for row in card.table}
    figures["history_months"] = AttributeValue(24)
    found = score(card, scorecard_digest(CARDS["people-expert-1"]), figures)
    header = {"report_id": name, "asked_by": actor, "purpose": PURPOSE, "product": "report", "outcome": outcome}
    return {"header": header, "identity": {"name": "虚构的人"}, "score": score_json(found)}


def score_alone() -> dict[str, Any]:
    """The score of an answer that shows no figures."""
    card, digest = parse_scorecard(CARDS["people-expert-1"]), scorecard_digest(CARDS["people-expert-1"])
    return score_block(card, Score(card.id, digest, 800, card.base, 800, (), ("worst_12",), card.standing))


def receipt(name: str, leaf: Leaf, deadline: datetime) -> dict[str, Any]:
    """The receipt of an answer, its promise signed by the response key."""
    promise = {"leaf": leaf.leaf_hash.hex(), "deadline": deadline.strftime("%Y-%m-%dT%H:%M:%SZ"), "log": ORIGIN}
    signature = signer("response").sign(b"openbureau promise\n" + canonical(promise))
    return {
        "inquiry_id": name,
        "entry": render_base64(leaf.entry),
        "opening": open_fields(leaf.fields, leaf.salt, LENDER_FIELDS).to_json(),
        "promise": promise | {"signature": render_base64(signature)},
    }


def put(path: Path, content: str | bytes) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def story(made: MadeLog) -> dict[str, Any]:
    """Two people and two lenders: a refusal, consents, answers, a repeat, a no-hit, a withdrawal."""
    one, two, stranger = made.person("LIN"), made.person("WEI-closed"), made.person("ZHAO-closed")
    made.furnish("bank-one")
    made.refuse(None, "fund-two")
    made.refuse(one, "bank-one")
    consent = made.consent(one, "bank-one")
    made.report(one, "bank-one", consent, name="q1")
    made.own(one)
    made.answer(one, "bank-one", consent, price=AGAIN)
    other = made.consent(two, "fund-two", product="once", more="notice-2;lender-online;report;1;fund-two")
    fee = next(rule for rule in reversed(LAW.history("fee.crc.personal.concession")))
    made.answer(two, "fund-two", other, price=CHEAP.format(fee.value))
    empty = made.consent(stranger, "bank-one")
    made.report(stranger, "bank-one", empty, name="q2", price=NO_HIT, outcome="no-hit")
    made.answer(one, "bank-one", consent)
    return {"one": one, "two": two, "stranger": stranger, "consent": consent, "other": other, "empty": empty}
