"""The commands about fees, as they are typed."""

from pathlib import Path
from typing import Any

import pytest

from openbureau.cli_bill import NoBill
from openbureau.jobs.billing.close import BillRefused
from openbureau.jobs.billing.dispute import open_dispute
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.law.rules import NoRule
from world import PEOPLE, World


@pytest.fixture(scope="module")
def asked(shared_world: World) -> str:
    """A charged inquiry of bank-alpha."""
    world, person = shared_world, PEOPLE["good"]
    give_consent(world.bureau, world.subject_id(person), member_id="bank-alpha", purpose="loan-approval", months=3)
    made = answer_inquiry(world.request(person), world.bureau)
    assert isinstance(made, Answered)
    return made.inquiry_id


def test_the_tariff_needs_no_installation(typed: Any) -> None:
    """Prices of a day as data."""
    status, told = typed("tariff", "--on", "2025-07-01")
    assert (status, told["on"], len(told["prices"])) == (0, "2025-07-01", 24)
    with pytest.raises(NoRule):
        typed("tariff", "--on", "2024-01-01")


def test_an_invoice_in_every_form(typed: Any, asked: str, tmp_path: Path) -> None:
    """On the terminal, or as CSV, JSON and PDF in files; a PDF without a file and a month without a bill are told."""
    status, told = typed("bill", "show", "bank-alpha", "2026-11")
    assert (status, told["is_closed"], told["invoice"]["lines"][0]["inquiry_id"]) == (0, False, asked)
    for form, head in (("csv", b"kind,"), ("json", b'{"credits":[]'), ("pdf", b"%PDF-")):
        path = tmp_path / f"bill.{form}"
        assert typed("bill", "show", "bank-alpha", "2026-11", "--as", form, "--to", str(path))[0] == 0
        assert path.read_bytes().startswith(head)
    for words in (("2026-11", "--as", "pdf"), ("2026-10",), ("november",)):
        with pytest.raises(NoBill):
            typed("bill", "show", "bank-alpha", *words)


def test_a_month_before_its_end_is_not_closed(typed: Any, asked: str, shared_world: World) -> None:
    """The clock of the terminal is the real one; a month long past with nothing on it closes, and again the same."""
    with pytest.raises(BillRefused, match="before 2998-12-31T22"):
        typed("bill", "close", "2998-12")
    status, told = typed("bill", "close", "2026-01")
    assert (status, told["entry"]["invoices"], told["is_repeat"]) == (0, 0, False)
    assert typed("bill", "close", "2026-01")[1]["is_repeat"] is True
    assert typed("bill", "credit") == (0, {"noted": 0})


def test_disputes_are_listed_and_decided(typed: Any, asked: str, shared_world: World) -> None:
    """Waiting, then decided once; a second decision says so; an unknown one too."""
    open_dispute(shared_world.bureau, "bank-alpha", "2026-11", inquiry_id=asked, reason="not-asked", words="Not us.")
    _, (waiting,) = typed("bill", "disputes", "--waiting")
    assert (waiting["member"], waiting["state"]) == ("bank-alpha", "open")
    with pytest.raises(NoBill):
        typed("bill", "decide", waiting["dispute_id"], "--reject", "--words", " ")
    decide = ("bill", "decide", waiting["dispute_id"], "--words", "Your key asked.")
    assert typed(*decide, "--reject")[1]["state"] == "rejected"
    assert typed(*decide, "--uphold") == (1, {"dispute_id": waiting["dispute_id"], "why": "decided-before"})
    assert typed("bill", "disputes", "--waiting") == (0, [])
    nobody = "00000000-0000-4000-8000-000000000000"
    assert typed("bill", "decide", nobody, "--uphold", "--words", "?")[1]["why"] == "no-such-dispute"
