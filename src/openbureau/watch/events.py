"""Do the events of the log keep the promises that can be told from the committee's fields?

Chains, actors, consents, decisions, charges.  Each inspector sees every event, in the order of its person's chain.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openbureau.core.decision.order import BASES
from openbureau.core.leaf import NO_LEAF, NONE, EventKind
from openbureau.core.member import CONCESSION_KINDS, Role
from openbureau.core.pricing import FREE, FREE_RULES, OF, SHARES
from openbureau.core.staff import CAPABILITIES, Capability, StaffRole, staff_role
from openbureau.law.rules import RULE_IDS
from openbureau.tlog.strict import Malformed, parse_decimal
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.closed.erasures import ERASURE, WHOLE
from openbureau.watch.links import LINK, UNLINK, Joined

ANSWER, REFUSAL = EventKind.INQUIRY.value, EventKind.INQUIRY_REFUSED.value
GIVEN, WITHDRAWN = EventKind.CONSENT_GIVEN.value, EventKind.CONSENT_WITHDRAWN.value
_HASH = re.compile("[0-9a-f]{64}")
_UNDER_CONSENT = frozenset({Role.LENDER, Role.EMPLOYER})
_KINDS = frozenset(kind.value for kind in EventKind)
CORRECTION = EventKind.CORRECTION.value
STAFF_VIEW = EventKind.STAFF_VIEW.value
_PERSONAL = frozenset({ANSWER, GIVEN, WITHDRAWN, EventKind.SELF_ACCESS.value, STAFF_VIEW, LINK, UNLINK, ERASURE})
_BY_MEMBERS = frozenset({ANSWER, REFUSAL, EventKind.FURNISHING.value, CORRECTION})
ON_PAPER = "paper"
"""The basis of a consent whose written original a member holds: that member is the actor."""
_ACTS = {
    GIVEN: frozenset({"own-consent"}), WITHDRAWN: frozenset({"own-consent"}),
    EventKind.SELF_ACCESS.value: frozenset({"own-file"}), STAFF_VIEW: frozenset({"case-review"}),
    EventKind.FURNISHING.value: frozenset({"furnishing-under-contract"}),
}  # fmt: skip
"""The policies that permit an act which is no inquiry."""
_OF_COLLECTORS = frozenset({"consent-by-collector", "consent-by-recipient"})
_CORRECTING = frozenset({"correction-by-furnisher"})
_BY_SUBJECT = frozenset({GIVEN, WITHDRAWN, EventKind.SELF_ACCESS.value})


def place_of(event: Seen) -> str:
    """How an event is named in evidence."""
    return f"entry {event.index} ({event.fields['kind'][:30]})"


class Chains(Inspector):
    """Numbers from 1 without a gap, each event holding the hash of the one before."""

    name, needs_events = "chains", True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._heads: dict[str, tuple[int, bytes]] = {}

    def see(self, event: Seen) -> None:
        """The next event of its chain."""
        self.tally.count += 1
        fields = event.fields
        label = fields["label"]
        if fields["kind"] not in _KINDS:
            self.tally.wrong(place_of(event), "is of a kind that the schema does not know", "事件类型未知")
        if label == NONE:
            if event.seq != 0 or fields["prev"] != NO_LEAF or fields["kind"] in _PERSONAL:
                self.tally.wrong(
                    place_of(event), "belongs to nobody's chain and should", "事件应属于某人的链条却不在其中"
                )
            return
        seq, head = self._heads.get(label, self._before(event, label))
        if seq < 0:
            self.tally.wrong(place_of(event), "follows the erasure of its file", "出现在档案删除之后")
            return
        if event.seq != seq + 1:
            self.tally.wrong(
                place_of(event), f"has number {event.seq} after {seq}", f"编号 {event.seq} 出现在 {seq} 之后"
            )
        if fields["prev"] != (head.hex() if seq else NO_LEAF):
            self.tally.wrong(place_of(event), "does not hold on to the event before it", "没有指向前一个事件")
        self._heads[label] = (event.seq, event.leaf_hash)
        claim = self.case.claims.by_entry.get(event.index)
        if claim is not None and claim.said.scope == WHOLE:
            self._heads[label] = (-1, b"")

    def _before(self, event: Seen, label: str) -> tuple[int, bytes]:
        """Where a chain stands before the first event that is open: at nothing, or where an erasure closed it."""
        claim = self.case.claims.by_label.get(label)
        if claim is None or claim.line.index != event.index:
            return 0, b""
        places = [index for index, _ in claim.line.erased]
        return len(places), claim.hashes.get(places[-1], b"") if places else b""


class Actors(Inspector):
    """Members named in the act ask and furnish; consents and self-access come from the person,
    but for a consent on paper, which the member enters that holds the original; staff views
    from staff, links from reviewers.
    """

    name, needs_events = "actors", True

    def see(self, event: Seen) -> None:
        """One event."""
        kind, actor = event.fields["kind"], event.fields["actor"]
        if kind in _BY_MEMBERS:
            self.tally.count += 1
            if actor not in self.case.member_kinds:
                self.tally.wrong(place_of(event), f"{actor[:60]!r} is no founding member", "该机构不在创立文件中")
        elif kind in _BY_SUBJECT:
            self.tally.count += 1
            is_paper = kind == GIVEN and event.fields["basis"] == ON_PAPER
            if is_paper and actor not in self.case.member_kinds:
                self.tally.wrong(place_of(event), f"{actor[:60]!r} is no founding member", "该机构不在创立文件中")
            elif not is_paper and actor != "subject":
                self.tally.wrong(place_of(event), "does not come from the person", "该事件并非来自本人")
        elif kind == STAFF_VIEW:
            self.tally.count += 1
            role = staff_role(actor)
            if role is None or Capability.SEE_PERSON not in CAPABILITIES[role]:
                self.tally.wrong(place_of(event), "is a look by somebody who may not look as staff", "查阅者无权查阅")
        elif kind in {LINK, UNLINK}:
            self.tally.count += 1
            if staff_role(actor) is not StaffRole.REVIEWER:
                self.tally.wrong(place_of(event), "was not decided by a reviewer", "并非由复核员裁定")


@dataclass(slots=True)
class Consenting:
    """The consents of one person: given and withdrawn, in the order of the chain."""

    given: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    story: list[str] = field(default_factory=list)
    """`+` and the leaf for a consent, `-` for a withdrawal that does not say of which."""
    has_unnamed: bool = False
    standing: int = 0

    def give(self, leaf: str) -> None:
        """A consent was given."""
        self.given.add(leaf)
        self.story.append(f"+{leaf}")
        self.standing += 1

    def withdraw(self, ref: str) -> bool:
        """A consent was withdrawn (`-`: the event does not say which); False when there was none to withdraw."""
        is_named = ref != NONE
        if self.standing == 0 or (is_named and (ref not in self.given or ref in self.ended)):
            return False
        self.standing -= 1
        if is_named:
            self.ended.add(ref)
            self.story.remove(f"+{ref}")
        else:
            self.has_unnamed = True
            self.story.append("-")
        return True

    def must_be_ended(self, leaf: str) -> bool:
        """Has this consent been withdrawn, whichever the unnamed withdrawals were meant for?

        Each withdrawal ends a consent that was standing.  Where no other was standing, it ended this one.
        """
        if leaf in self.ended:
            return True
        if not self.has_unnamed:
            return False
        others = 0
        for step in self.story:
            if step == "-" and others == 0:
                return True
            others += -1 if step == "-" else (step != f"+{leaf}")
        return False


class Consents(Inspector):
    """Each answer rests on an earlier consent of the same person, or of one linked to them, that had not been withdrawn."""

    name, needs_events = "consents", True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._persons: dict[str, Consenting] = {}
        self._joined = Joined()

    def see(self, event: Seen) -> None:
        """The next event of its chain."""
        fields = event.fields
        kind, label, ref = fields["kind"], fields["label"], fields["basis_ref"]
        if kind == GIVEN:
            self._persons.setdefault(label, Consenting()).give(event.leaf_hash.hex())
        elif kind == WITHDRAWN:
            if not self._persons.setdefault(label, Consenting()).withdraw(ref):
                self.tally.wrong(place_of(event), "withdraws a consent that nobody had given", "撤回了并不存在的同意")
        elif kind in {LINK, UNLINK}:
            self._joined.see(event)
        elif kind == ANSWER and fields["basis"] not in BASES:
            self.tally.count += 1
            mine = (self._persons.get(one) for one in self._joined.of(label))
            held = next((one for one in mine if one is not None and ref in one.given), None)
            if held is None and fields["basis"] == "consent" and self._was_closed(label, ref):
                return
            if fields["basis"] != "consent" or held is None:
                self.tally.wrong(
                    place_of(event), "was answered without an earlier consent of this person", "回答之前没有本人的同意"
                )
            elif held.must_be_ended(ref):
                self.tally.wrong(
                    place_of(event), "was answered on a consent that had been withdrawn", "所依据的同意已被撤回"
                )

    def _was_closed(self, label: str, ref: str) -> bool:
        """Does the consent lie in the chain of somebody who was linked and has been erased since?"""
        claim = self.case.claims.by_leaf.get(ref)
        return claim is not None and claim.said.label in self._joined.of(label)


class Orders(Inspector):
    """An answer without consent went to a court or an authority, free, on a document it names; any other to who may consent."""

    name, needs_events = "orders", True
    _NEEDED = {"court-order": {Role.COURT}, "official-order": {Role.AUTHORITY}}  # noqa: RUF012
    _FREE = f"{RULE_IDS['official_lookup_free']};1;0;CNY;free"

    def see(self, event: Seen) -> None:
        """One event."""
        fields = event.fields
        roles = self.case.member_roles.get(fields["actor"])
        if fields["kind"] != ANSWER or roles is None:
            return
        self.tally.count += 1
        basis = fields["basis"]
        if not roles & self._NEEDED.get(basis, _UNDER_CONSENT):
            self.tally.wrong(
                place_of(event), f"was answered by {basis[:30]!r} to a member of another role", "机构角色与查询依据不符"
            )
        elif basis in BASES and not _HASH.fullmatch(fields["basis_ref"]):
            self.tally.wrong(place_of(event), "names no document of a court or an authority", "没有指明司法或行政文书")
        elif basis in BASES and (fields["price"], fields["bill_seq"]) != (self._FREE, NONE):
            self.tally.wrong(place_of(event), "was charged to a court or an authority", "向司法或行政机关收费")


class Decisions(Inspector):
    """Each event names the signed policies, and a decision that fits its kind: who did what needs a policy permitting it.

    A correction may name none: it is told even after the contract under which it was made has ended.
    """

    name, needs_events = "decisions", True
    _NEEDED = {ANSWER: "permit", REFUSAL: "refusal", **dict.fromkeys(_ACTS, "permit")}  # noqa: RUF012

    def see(self, event: Seen) -> None:
        """One event."""
        kind, policy = event.fields["kind"], event.fields["policy"]
        needed = self._NEEDED.get(kind)
        if needed is None and policy == NONE:
            return
        self.tally.count += 1
        digest, _, rest = policy.partition(";")
        decision, _, rules = rest.partition(";")
        if digest != self.case.body["policy_digest"]:
            self.tally.wrong(
                place_of(event), "was decided by other rules than the signed ones", "裁决所用规则并非已签署的规则"
            )
        elif decision != (needed or "permit") or not rules or not self._fits(event.fields, rules):
            self.tally.wrong(place_of(event), "carries a decision that does not fit it", "裁决与事件类型不符")

    @staticmethod
    def _fits(fields: Mapping[str, str], rules: str) -> bool:
        """Do the policies permit an act of this kind by this actor?"""
        fitting = _OF_COLLECTORS if fields["basis"] == ON_PAPER else _ACTS.get(fields["kind"])
        fitting = _CORRECTING if fields["kind"] == CORRECTION else fitting
        return fitting is None or set(rules.split(",")) <= fitting


class Free(Inspector):
    """Nothing but an answer is charged."""

    name, needs_events, sees_closed = "free", True, True

    def see(self, event: Seen) -> None:
        """One event."""
        fields = event.fields
        if fields["kind"] == ANSWER:
            return
        self.tally.count += 1
        if fields["price"] not in {FREE, NONE} or fields["bill_seq"] != NONE:
            self.tally.wrong(place_of(event), "was charged, and is free", "本应免费的事件被收费")


class Charges(Inspector):
    """The price of each answer is well formed, follows the tariff of its member's class, and stands on a bill if it costs."""

    name, needs_events, sees_closed = "charges", True, True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._known: dict[tuple[str, bool], bool] = {}

    def see(self, event: Seen) -> None:
        """One event."""
        fields = event.fields
        if fields["kind"] != ANSWER or fields["basis"] in BASES:
            return
        self.tally.count += 1
        is_concession = self.case.member_kinds.get(fields["actor"]) in CONCESSION_KINDS
        key = (fields["price"], is_concession)
        if key not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[key] = self._is_price(*key)
        is_billed = fields["bill_seq"] != NONE
        if not self._known[key]:
            self.tally.wrong(
                place_of(event), f"{fields['price'][:80]!r} is no price of the tariff", "价格不符合收费标准"
            )
        elif is_billed != fields["price"].endswith(";billable"):
            self.tally.wrong(
                place_of(event), "costs something and stands on no bill, or the other way round", "收费与账单不符"
            )

    def _is_price(self, price: str, is_concession: bool) -> bool:
        parts = price.split(";")
        if len(parts) != 5:
            return False
        rule_id, units, amount_text, currency, flag = parts
        try:
            amount = parse_decimal(amount_text)
        except Malformed:
            return False
        if units != "1" or currency != "CNY" or flag != ("billable" if amount else "free"):
            return False
        law = self.case.law
        if law is None:
            return True
        fee, _, share = rule_id.partition(OF)
        ending = "_concession" if is_concession else ""
        if fee not in {RULE_IDS[f"fee_{kind}{ending}"] for kind in ("person", "firm")}:
            return amount == 0 and rule_id in {RULE_IDS[name] for name in FREE_RULES}
        if rule_id == fee:
            return amount in {rule.value for rule in law.history(fee)}
        if share not in {RULE_IDS[name] for name in SHARES.values()}:
            return False
        return amount in {one.number * part.number // 100 for one in law.history(fee) for part in law.history(share)}
