"""What leaves under each product?  One maker a product, and the table that names them.

A maker gets the file as it may be seen today and gives the answer as canonical JSON.  Promises: a product that is less than a
report holds nothing of the file but what it is named for; every answer says whom it is for, what for, and that it is for
reference only; a maker is called only with a permit in hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openbureau.core import answers
from openbureau.core.attributes import AttributeValue, compute
from openbureau.core.credit_file import CreditFile, month_number
from openbureau.core.outcome import Permit
from openbureau.core.products import Options, Product
from openbureau.core.questions import QUESTIONS, Seen
from openbureau.core.report import Header, Identity, render_answer
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.contents import card_of, make_report, score_of, seen_today
from openbureau.law.rules import Rulebook
from openbureau.store.database import Connection


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

    @cached_property
    def seen(self) -> CreditFile:
        """What of the file may be seen today."""
        return seen_today(self.held, self.rulebook)

    @property
    def figures(self) -> dict[str, AttributeValue]:
        """The attributes of what may be seen."""
        return compute(self.seen, self.month)

    @property
    def month(self) -> int:
        """The month of the inquiry."""
        return month_number(self.rulebook.day)

    def answer(self, **blocks: Any) -> "Made":
        """An answer of these blocks between the head and the notice that every product has."""
        notice = self.rulebook.typed.reference_only.citation.quote
        made = answers.head(self.header, self.seen) | blocks | {"notice": notice}
        return Made(render_answer(made), is_no_hit=self.seen.is_empty)


@dataclass(frozen=True, slots=True)
class Made:
    """An answer, and what its price and record need to know.  `free_rule` names the rule by which it costs nothing."""

    answer: bytes
    is_no_hit: bool
    free_rule: str | None = None


def make_product(product: str, material: Material) -> Made:
    """The answer of a product."""
    return MAKERS[Product(product)](material)


def _report(material: Material) -> Made:
    answer = make_report(
        material.bureau,
        material.seen,
        header=material.header,
        identity=material.identity,
        rulebook=material.rulebook,
        months=material.options.months,
        is_own=False,
    )
    return Made(answer, is_no_hit=material.seen.is_empty)


def _score(material: Material) -> Made:
    if material.seen.is_empty:
        return material.answer(score=None)
    card, _ = card_of(material.bureau, material.seen.kind)
    return material.answer(score=answers.score_block(card, score_of(material.bureau, material.seen, material.rulebook)))


def _attributes(material: Material) -> Made:
    return material.answer(attributes=[] if material.seen.is_empty else answers.attribute_block(material.figures))


def _question(material: Material) -> Made:
    if material.seen.is_empty:
        return material.answer(answers=[])
    seen = Seen(material.seen, material.figures, material.month)
    return material.answer(
        answers=[answers.answer_row(QUESTIONS[one], seen) for one in sorted(material.options.questions)]
    )


Maker = Callable[[Material], Made]
MAKERS: Mapping[Product, Maker] = {
    Product.REPORT: _report,
    Product.SCORE: _score,
    Product.ATTRIBUTES: _attributes,
    Product.QUESTION: _question,
}
"""Every product that can be asked for, with what makes it."""
