"""Is what members and people are shown of their own events complete and true?

A person's file begins with the proof that the label is theirs (RFC 9381); then each event of their chain is opened.
People see more of their events than the committee does: purposes, days, and to whom a consent was given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from openbureau.core.consent.terms import PAPER, read_inputs
from openbureau.core.decision.order import BASES
from openbureau.core.leaf import NONE
from openbureau.core.products import AGAIN, covers
from openbureau.core.purpose import PURPOSES, is_outdated
from openbureau.law.rules import RULE_IDS
from openbureau.law.workdays import civil_day
from openbureau.tlog.strict import Malformed, parse_base64
from openbureau.tlog.vrf import label_of, vrf_verify
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.events import ANSWER, GIVEN, ON_PAPER, WITHDRAWN, Consenting
from openbureau.watch.export import parse_object
from openbureau.watch.links import LINK, UNLINK
from openbureau.watch.openings import LENDER_FIELDS, Line, read_openings
from openbureau.watch.verdict import Trouble

_ALWAYS = frozenset({"kind", "time", "label", "seq", "actor"})
_NO_HIT = RULE_IDS["no_hit_free"]


def _day(time: str) -> str:
    """The day on which the law puts an instant; empty for what is no instant, which no consent covers."""
    try:
        return civil_day(datetime.fromisoformat(time)).isoformat()
    except ValueError:
        return ""


class Members(Inspector):
    """Each member's file opens each of its events, in order, and none besides."""

    name, needs_events, in_log_order = "members", True, True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._files: dict[str, Iterator[tuple[int, Line | None]]] = {}

    def begin(self) -> None:
        """The files that are there."""
        for name in self.case.export.names("openings", "member-", ".jsonl"):
            member = name.removeprefix("member-").removesuffix(".jsonl")
            self._files[member] = read_openings(self.case.export, f"openings/{name}")
            if member not in self.case.member_kinds:
                self.tally.wrong(f"openings/{name}", "is of no founding member", "该机构不在创立文件中")

    def see(self, event: Seen) -> None:
        """The next event of this member must be the next in its file."""
        member = event.fields["actor"]
        lines = self._files.get(member)
        if lines is None:
            return
        self.tally.count += 1
        place = f"openings/member-{member}.jsonl"
        number, line = next(lines, (0, None))
        why = None
        if line is None or line.index != event.index:
            why = f"does not open entry {event.index} in its place"
            del self._files[member]
        else:
            why = line.opening.fault(event.commitment, event.opened)
            if why is None and not line.opening.opened.keys() >= set(LENDER_FIELDS):
                why = "the opening does not show the fields that a lender sees"
        if why is not None:
            self.tally.wrong(f"{place}:{number}" if number else place, why, "向机构公开的内容不完整或不真实")

    def end(self) -> None:
        """Nothing is left over."""
        for member, lines in self._files.items():
            for number, line in lines:
                if line is None or line.index is None or line.index < self.case.checkpoint.size:
                    self.tally.wrong(
                        f"openings/member-{member}.jsonl:{number}", "opens no event of its own", "多余的公开内容"
                    )
                    break


@dataclass(slots=True)
class Person:
    """One person's file: the claim to a label, the openings, and the events that the log holds under the label."""

    name: str
    subject_id: str
    label: str
    proof: bytes
    lines: list[tuple[int, Line | None]]
    events: list[Seen] = field(default_factory=list)

    def given(self) -> dict[str, dict[str, str]]:
        """The consents that this file shows, by leaf: those of linked people may open each other's file."""
        return {
            event.leaf_hash.hex(): line.opening.fields
            for (_, line), event in zip(self.lines, self.events, strict=False)
            if line is not None and line.opening.fields.get("kind") == GIVEN
        }


def read_person(case: Case, name: str) -> Person:
    """A person's file; `Trouble` when malformed."""
    place = f"openings/{name}"
    _, first = next(case.export.lines(place), (0, b""))
    head = parse_object(f"{place}:1", first)
    texts = [head.get(key) for key in ("subject_id", "label", "proof")]
    if len(head) != 3 or not all(isinstance(text, str) for text in texts):
        raise Trouble(f"{place}:1", "does not begin with subject, label and proof", "首行应为主体、代号与证明")
    try:
        proof = parse_base64(head["proof"])
    except Malformed as trouble:
        raise Trouble(f"{place}:1", str(trouble), "证明格式不正确") from None
    return Person(name, head["subject_id"], head["label"], proof, list(read_openings(case.export, place, skip=1)))


class _PerPerson(Inspector):
    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.persons: list[Person] = []
        self._by_label: dict[str, list[Person]] = {}

    def begin(self) -> None:
        """Read the files of the people who asked for theirs."""
        for name in self.case.export.names("openings", "person-", ".jsonl"):
            try:
                person = read_person(self.case, name)
            except Trouble as met:
                self.tally.trouble(met)
                continue
            self.persons.append(person)
            self._by_label.setdefault(person.label, []).append(person)


class Labels(_PerPerson):
    """The VRF proof shows the label to be the one of this subject under the act's key."""

    name = "labels"

    def end(self) -> None:
        """Person by person."""
        for person in self.persons:
            self.tally.count += 1
            place = f"openings/{person.name}:1"
            try:
                alpha = UUID(person.subject_id).bytes
                key = parse_base64(self.case.body["keys"].get("vrf", ""))
            except ValueError:
                self.tally.wrong(place, "subject or key is malformed", "主体编号或密钥格式不正确")
                continue
            output = vrf_verify(key, alpha, person.proof)
            if output is None or label_of(output).hex() != person.label:
                self.tally.wrong(place, "the label is not the one of this person", "该代号不属于此人")


class Diaries(_PerPerson):
    """Every event of the label is in the person's file, opened truly, and each answer had a consent that covered it."""

    name, needs_events = "diaries", True

    def see(self, event: Seen) -> None:
        """Gather the events of the people who asked."""
        for person in self._by_label.get(event.fields["label"], ()):
            person.events.append(event)

    def end(self) -> None:
        """Person by person."""
        for person in self.persons:
            place = f"openings/{person.name}"
            size = self.case.checkpoint.size
            told = [
                (number, line)
                for number, line in person.lines
                if line is None or (line.index is not None and line.index < size)
            ]
            self.tally.count += len(told)
            if len(told) != len(person.events):
                self.tally.wrong(
                    place, f"shows {len(told)} events; the log has {len(person.events)}",
                    f"显示 {len(told)} 个事件；日志中有 {len(person.events)} 个",
                )  # fmt: skip
            diary = _Diary({leaf: fields for other in self.persons for leaf, fields in other.given().items()})
            for (number, line), event in zip(told, person.events, strict=False):
                why = _fault(line, event)
                if why is None and line is not None:
                    why = diary.step(line.opening.fields, event.leaf_hash.hex())
                if why is not None:
                    self.tally.wrong(f"{place}:{number}", why, "向本人公开的内容不完整、不真实，或回答缺少相应的同意")


def _fault(line: Line | None, event: Seen) -> str | None:
    if line is None:
        return "is not an opening"
    if line.index != event.index:
        return f"does not open entry {event.index} in its place"
    if not line.opening.opened.keys() >= _ALWAYS:
        return "hides who did what when"
    return line.opening.fault(event.commitment, event.opened)


def _form(fields: dict[str, str]) -> str | None:
    """What is wrong with a consent: one on paper comes from the member that holds the original, any other from the person."""
    told = read_inputs(fields.get("inputs", NONE))
    if told is None:
        return "is a consent of an unknown form"
    is_paper = fields.get("basis") == ON_PAPER
    if is_paper != (told.channel == PAPER) or (is_paper and told.collector != fields["actor"]):
        return "is a consent that somebody else entered than it says"
    return None


class _Diary:
    """Follows one person's consents with everything the person sees; `elsewhere` are those of all the files at hand."""

    def __init__(self, elsewhere: dict[str, dict[str, str]]) -> None:
        self._elsewhere = elsewhere
        self._links: set[str] = set()
        self._given: dict[str, dict[str, str]] = {}
        self._used: set[str] = set()
        self._held: dict[tuple[str, str], Consenting] = {}

    def step(self, fields: dict[str, str], leaf: str) -> str | None:
        """What is wrong with the next event of the chain, None when nothing is."""
        kind, purpose = fields["kind"], fields.get("purpose", NONE)
        if kind in {GIVEN, WITHDRAWN}:
            member = fields.get("inputs", NONE).partition(";")[0]
            held = self._held.setdefault((member, purpose), Consenting())
            if kind == GIVEN:
                self._given[leaf] = fields
                held.give(leaf)
                return _form(fields)
            if not held.withdraw(fields.get("basis_ref", NONE)):
                return "withdraws a consent that was not given"
        if kind in {LINK, UNLINK}:
            (self._links.add if kind == LINK else self._links.discard)(fields.get("basis_ref", NONE))
        return self._answered(fields, purpose) if kind == ANSWER else None

    def _answered(self, fields: dict[str, str], purpose: str) -> str | None:
        if fields.get("basis") in BASES:
            return None  # a court or an authority: the orders check sees it
        if fields.get("notice") != "diary":
            return "was kept from the person though no court or authority asked"
        ref = fields.get("basis_ref", NONE)
        consent = self._given.get(ref)
        if consent is None and self._links:
            consent = self._elsewhere.get(ref)
            if consent is None:
                return None  # it lies in the chain of somebody linked, which is not at hand: the consents check sees it
        if consent is None:
            return "was answered without a consent"
        told = read_inputs(consent.get("inputs", NONE))
        if told is None or told.member_id != fields["actor"] or consent.get("purpose") != purpose:
            return "was answered on a consent to somebody or something else"
        day = _day(fields["time"])
        if not told.first <= day <= told.last:
            return "was answered on a day that the consent does not cover"
        product = fields.get("product", NONE).partition(";")[0]
        if product != AGAIN and not covers(told.products, product):
            return "was answered with more than the consent covers"
        if purpose in PURPOSES and is_outdated(purpose, told.purpose_version, date.fromisoformat(day)):
            return "was answered on a consent to another wording of the purpose"
        if ref in self._given and self._held[told.member_id, purpose].must_be_ended(ref):
            return "was answered on a consent that had been withdrawn"
        if consent.get("product") == "once":
            if ref in self._used:
                return "was answered on a consent for one inquiry that had been used"
            if not fields.get("price", NONE).startswith(_NO_HIT):
                self._used.add(ref)
        return None
