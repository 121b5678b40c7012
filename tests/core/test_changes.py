"""Is what changed told, all of it and nothing else?"""

import random
from dataclasses import replace
from datetime import date
from typing import Any

from core.files import MONTH, NOW, file_of, inquiry, line, random_file
from openbureau.core.answer.changes import changes
from openbureau.core.credit_file import CreditFile
from openbureau.core.further import Further, Guarantee

DUTY = Guarantee("g-1", "bank-beta", None, "1", date(2024, 11, 5), None, "CNY", 100, 50, "1", date(2026, 10, 31))
NOTHING = {"new": [], "gone": [], "changed": []}


def told(before: CreditFile, after: CreditFile) -> dict[str, Any]:
    """What changed, institutions by name."""
    return changes(before, after, name=str)


def test_without_a_change_nothing_is_told() -> None:
    """On 100 random files, each against itself."""
    source = random.Random(8)
    for _ in range(100):
        held = random_file(source)
        quiet = told(held, held)
        assert quiet.pop("inquiries") == {"new": []}
        assert all(block == NOTHING for block in quiet.values())


def test_a_month_that_came_and_one_that_reads_otherwise() -> None:
    """Each with its month, what it said and what it says; the account's own fields beside it."""
    before = line("NN", first_month=MONTH - 3, overdues=(0, 0), balances=(9, 9))
    after = line("N21", first_month=MONTH - 3, overdues=(0, 5, 7), balances=(9, 9, 9))
    found = told(file_of(before), file_of(after))["accounts"]["changed"]
    assert found == [
        {
            "tradeline_id": "t-0",
            "furnisher": "bank-alpha",
            "fields": [{"field": "overdue_fen", "before": 0, "after": 7}],
            "months": [
                {
                    "month": "2026-09",
                    "before": {"status": "N", "overdue_fen": 0},
                    "after": {"status": "2", "overdue_fen": 5},
                },
                {"month": "2026-10", "before": None, "after": {"status": "1", "overdue_fen": 7}},
            ],
        }
    ]


def test_what_came_and_what_went() -> None:
    """An account and a duty that came are told whole but for their months; what went, by its id alone."""
    held = file_of(line())
    more = replace(held, tradelines=(*held.tradelines, line(tradeline_id="t-1")), further=Further(guarantees=(DUTY,)))
    found = told(held, more)
    assert [row["tradeline_id"] for row in found["accounts"]["new"]] == ["t-1"]
    assert "history" not in found["accounts"]["new"][0]
    assert found["linked_duties"]["new"][0]["guarantee_id"] == "g-1"
    gone = told(more, held)
    assert (gone["accounts"]["gone"], gone["linked_duties"]["gone"]) == (["t-1"], ["g-1"])


def test_inquiries_since_are_told() -> None:
    """Those that were not known before, newest first."""
    old, new = inquiry(1), inquiry(2, asked_at=NOW, member_id="bank-gamma")
    found = told(file_of(inquiries=(old,)), file_of(inquiries=(new, old)))
    assert [row["by"] for row in found["inquiries"]["new"]] == ["bank-gamma"]
