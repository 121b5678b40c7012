"""Does the watcher accept honest bills, whatever was given back, and tell what it cannot see?"""

from pathlib import Path

from openbureau.core.invoice import Reason
from openbureau.watch.bills import FILE
from openbureau.watch.verdict import Verdict
from openbureau.watch.verify import verify
from watch.cheating import told
from watch.made_bills import close, correction, credit_of
from watch.made_log import LATER


def check(directory: Path) -> tuple[Verdict, bool | None, int]:
    """The verdict, and what it says of the bills."""
    verdict = verify(directory, now=LATER)
    found = {one.name: one for one in verdict.checks}["bills"]
    return verdict, found.ok, found.count


def test_a_closed_month_holds(tmp_path: Path) -> None:
    """Two members, several prices, one entry; a log without closed months holds too."""
    made, _ = told()
    made.write(tmp_path / "open")
    assert check(tmp_path / "open")[1:] == (True, 0)
    close(made)
    made.write(tmp_path / "closed")
    verdict, *found = check(tmp_path / "closed")
    assert (verdict.status, *found) == ("ok", True, 1)


def test_credits_hold(tmp_path: Path) -> None:
    """A wrong answer with its correction and an upheld dispute, in the month of the charge and in a later one."""
    made, held = told()
    first, second = (made.answer(held["one"], "bank-one", held["consent"]) for _ in range(2))
    shows = correction(made, held["one"])
    close(made, credited={"bank-one": [credit_of(made, first, shows)]})
    later = [credit_of(made, second, None, Reason.DISPUTE_UPHELD)]
    close(made, "2026-12", credited={"bank-one": later}, left={later[0].place: 3})
    made.write(tmp_path)
    verdict, *found = check(tmp_path)
    assert (verdict.status, *found) == ("ok", True, 2)


def test_without_the_invoices_nothing_can_be_told(tmp_path: Path) -> None:
    """Whoever has only the public log is told that the committee's file is missing, not that all is well."""
    made, _ = told()
    close(made)
    made.write(tmp_path)
    (tmp_path / FILE).unlink()
    verdict, ok, _ = check(tmp_path)
    assert (verdict.status, ok) == ("cannot-tell", None)
