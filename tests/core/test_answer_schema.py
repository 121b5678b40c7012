"""Does every answer have the published form?"""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from core.files import MONTH, NOW, file_of, random_file
from core.test_changes import DUTY
from core.test_further import record
from core.test_report_blocks import HEADER, lender, own, told_file
from openbureau.core.answer import lesser
from openbureau.core.answer.changes import changes
from openbureau.core.answer.page import page
from openbureau.core.answer.schema import documents
from openbureau.core.attribute_list import ATTRIBUTES
from openbureau.core.attributes import compute
from openbureau.core.credit_file import CreditFile
from openbureau.core.further import Further, OutsideInquiry, Part, Share
from openbureau.core.products import Product
from openbureau.core.questions import QUESTIONS, Seen

REPORT, OWN, ANSWER = (Draft202012Validator(document) for document in documents().values())
SPECS = Path(__file__).parents[2] / "docs" / "specs"


def rich(source: random.Random) -> CreditFile:
    """A random file with something beside its accounts."""
    held = random_file(source)
    ids = [line.tradeline_id for line in held.tradelines]
    further = Further(
        guarantees=(DUTY,) * source.randint(0, 2),
        public_records=tuple(record(public_kind=kind) for kind in source.sample(["award", "penalty", "bankruptcy"], 2)),
        shares=tuple(Share(one, "bank-one", 5000) for one in ids[:1]),
        parts=tuple(Part(one, None, None) for one in ids[:1]),
        outside=(OutsideInquiry("o-1", "bank-beta", "b-77", "11", "02", NOW.date()),),
    )
    return replace(held, further=further)


@pytest.mark.parametrize("seed", range(4))
def test_every_report_and_answer_validates(seed: int) -> None:
    """Lender's and own reports, changes, attributes, questions, scores and no-hits of random files."""
    source = random.Random(seed)
    for _ in range(15):
        held, other = rich(source), rich(source)
        for made in (lender(held), lender(file_of())):
            REPORT.validate(made)
        for made in (own(held, months=60), own(told_file()), own(file_of())):
            OWN.validate(made)
        seen = Seen(held, compute(held, MONTH), MONTH)
        blocks: list[dict[str, Any]] = [
            {"attributes": lesser.attribute_block(seen.figures)},
            {"answers": [lesser.answer_row(row, seen) for row in QUESTIONS.values()]},
            {"since": "2026-11-24T02:00:00Z", "changes": changes(held, other, name=str)},
            {"since": None, "changes": None},
            {"score": None},
        ]
        for block in blocks:
            ANSWER.validate(lesser.head(HEADER, held) | block | {"notice": "for reference only"})


def test_a_field_that_nobody_agreed_on_is_refused() -> None:
    """Neither in a block nor beside one; nor a code that is in no table."""
    made = lender(told_file())
    for spoiled in (
        made | {"more": 1},
        made | {"accounts": [made["accounts"][0] | {"branch": "x"}]},
        made | {"accounts": [made["accounts"][0] | {"account_type": "Q9"}]},
        made | {"header": made["header"] | {"outcome": "maybe"}},
        {name: value for name, value in made.items() if name != "notice"},
    ):
        assert not REPORT.is_valid(spoiled)


def test_what_only_the_person_sees_has_no_place_in_a_lenders_report() -> None:
    """Neither of the two blocks fits the form of a lender's report, and without one of them it is no own report."""
    made = own(told_file())
    plain = lender(told_file())
    for block in ("platform_use", "business"):
        assert not REPORT.is_valid(plain | {block: made[block]})
        assert not REPORT.is_valid(plain | {block: []})
        assert not OWN.is_valid({name: value for name, value in made.items() if name != block})
    assert REPORT.is_valid(plain)
    assert not OWN.is_valid(plain)
    assert not OWN.is_valid(made | {"platform_use": [made["platform_use"][0] | {"consent_key": "x"}]})


def test_every_product_question_and_attribute_is_published() -> None:
    """The page names each in both languages, and is what the code says."""
    told = (SPECS / "products.md").read_text("utf-8")
    assert told == page()
    named = [product.value for product in Product] + list(QUESTIONS) + [info.name for info in ATTRIBUTES]
    assert not [name for name in named if f"`{name}`" not in told]
    assert all(row.zh in told and row.en in told for row in (*QUESTIONS.values(), *ATTRIBUTES))


def test_the_published_schemas_are_these() -> None:
    """docs/specs holds what the code says, and each is a valid schema."""
    for name, document in documents().items():
        assert json.loads((SPECS / name).read_text("utf-8")) == document
        Draft202012Validator.check_schema(document)
