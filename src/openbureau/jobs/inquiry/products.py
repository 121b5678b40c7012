"""What leaves under each product?  One maker a product, and the table that names them.

A maker gets the file as it may be seen today and gives the answer as canonical JSON.  Promises: a product that is less than a
report holds nothing of the file but what it is named for; every answer says whom it is for, what for, and that it is for
reference only; a maker is called only with a permit in hand; as known at a past moment means what was known then, counted by
the months of then, and shown under today's retention, links and deletions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openbureau.core.answer import lesser
from openbureau.core.answer.changes import changes
from openbureau.core.attributes import AttributeValue, compute
from openbureau.core.credit_file import CreditFile, decode_file, month_number
from openbureau.core.outcome import Permit, Refusal
from openbureau.core.products import Options, Product, instant_text
from openbureau.core.questions import QUESTIONS, Seen
from openbureau.core.report import Header, Identity, for_lender, names_for, render_answer
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.contents import card_of, make_report, score_of, seen_today
from openbureau.jobs.inquiry.retell import Made, retell
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.past.answers import PastAnswer, file_known, last_look


@dataclass(frozen=True)
class Material:
    """What a product is made from: the file as known, who asks what of whom, and the rules of the day."""

    bureau: Bureau
    connection: Connection
    held: CreditFile
    header: Header
    identity: Identity
    rulebook: Rulebook
    options: Options
    permitted: Permit
    past: PastAnswer | None = None

    @cached_property
    def seen(self) -> CreditFile:
        """What of the file may be seen today."""
        return self.see(self.held)

    def see(self, held: CreditFile) -> CreditFile:
        """What of a file a lender may see today."""
        return for_lender(seen_today(self.bureau, held, self.rulebook))

    @property
    def figures(self) -> dict[str, AttributeValue]:
        """The attributes of what may be seen."""
        return compute(self.seen, self.month)

    @property
    def month(self) -> int:
        """The month in which the file is read."""
        return month_number(civil_day(self.held.as_of))

    def answer(self, *, free_rule: str | None = None, **blocks: Any) -> Made:
        """An answer of these blocks between the head and the notice that every product has."""
        notice = self.rulebook.typed.reference_only.citation.quote
        made = lesser.head(self.header, self.seen) | blocks | {"notice": notice}
        return Made(render_answer(made), is_no_hit=self.seen.is_empty, free_rule=free_rule)


def make_product(product: str, material: Material) -> Made | Refusal:
    """The answer of a product, or an earlier answer again; a refusal where that may not be shown any more."""
    if material.past is not None:
        return retell(material.bureau, material.connection, material.past, material.held, rulebook=material.rulebook)
    return MAKERS[Product(product)](material)


def _report(material: Material) -> Made:
    answer = make_report(
        material.bureau,
        material.seen,
        header=material.header,
        identity=material.identity,
        rulebook=material.rulebook,
        months=material.options.months,
    )
    return Made(answer, is_no_hit=material.seen.is_empty)


def _score(material: Material) -> Made:
    if material.seen.is_empty:
        return material.answer(score=None)
    card, _ = card_of(material.bureau, material.seen.kind)
    return material.answer(score=lesser.score_block(card, score_of(material.bureau, material.seen)))


def _attributes(material: Material) -> Made:
    return material.answer(attributes=[] if material.seen.is_empty else lesser.attribute_block(material.figures))


def _question(material: Material) -> Made:
    if material.seen.is_empty:
        return material.answer(answers=[])
    seen = Seen(material.seen, material.figures, material.month)
    return material.answer(
        answers=[lesser.answer_row(QUESTIONS[one], seen) for one in sorted(material.options.questions)]
    )


def _changes(material: Material) -> Made:
    """Since the last look under this consent; without one, that there is none, free of charge."""
    consent_id = material.permitted.consent_id
    since = consent_id and last_look(
        material.connection, material.held.subject_id, member_id=material.header.member_id, consent_id=consent_id
    )
    if not since:
        return material.answer(since=None, changes=None, free_rule=material.rulebook.typed.first_look_free.id)
    text = file_known(material.connection, material.held.subject_id, since)
    held = material.held
    before = material.see(
        decode_file(text, subject_id=held.subject_id, kind=held.kind, as_of=since, synthetic=held.synthetic)
    )
    name = names_for(material.header.member_id, before, material.seen)
    return material.answer(since=instant_text(since), changes=changes(before, material.seen, name=name))


def _alert(material: Material) -> Made:
    """What happened in a watched file; at the beginning, that it is watched from now on, which tells nothing of the file."""
    watch = material.options.watch
    if watch is None:
        raise AssertionError("an alert without a watch")
    if watch.fired is not None:
        told = {"trigger": watch.fired.trigger, "reference": watch.reference, "told": watch.fired.told}
        return material.answer(alert=told)
    begun = {"monitor_id": material.header.report_id, "triggers": list(watch.triggers), "reference": watch.reference}
    return material.answer(monitor=begun, free_rule=material.rulebook.typed.monitor_start_free.id)


Maker = Callable[[Material], Made]
MAKERS: Mapping[Product, Maker] = {
    Product.REPORT: _report,
    Product.SCORE: _score,
    Product.ATTRIBUTES: _attributes,
    Product.QUESTION: _question,
    Product.CHANGES: _changes,
    Product.ALERT: _alert,
}
"""Every product that can be asked for, with what makes it."""
