"""Does the watcher know the answers that are less than a report, and those that were told again?"""

from pathlib import Path
from typing import Any

from openbureau.watch.verify import verify
from watch.cheating import told
from watch.made_log import LATER, RETOLD, score_alone


def test_an_answer_told_again_holds(tmp_path: Path) -> None:
    """Under the number and product of the first time, with an event and a receipt of its own."""
    made, held = told()

    def first(answer: dict[str, Any]) -> None:
        answer["header"]["report_id"] = "q1"

    made.report(held["one"], "bank-one", held["consent"], name="q3", product="replay;q1", price=RETOLD, change=first)
    made.write(tmp_path)
    assert verify(tmp_path, now=LATER).status == "ok"


def test_a_score_without_its_figures_holds(tmp_path: Path) -> None:
    """Scale, band, reasons and the signed table's hash are what can be checked of it."""
    made, held = told()

    def alone(answer: dict[str, Any]) -> None:
        answer["score"] = score_alone()
        answer["header"]["product"] = "score"

    made.report(held["one"], "bank-one", held["consent"], name="q3", product="score", change=alone)
    made.write(tmp_path)
    assert verify(tmp_path, now=LATER).status == "ok"
