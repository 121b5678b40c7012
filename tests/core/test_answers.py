"""What stands in an answer that is less than a report?"""

from core.files import MONTH, NOW, file_of, line
from openbureau.config import read_scorecards
from openbureau.core.answer.lesser import attribute_block, band_of, head, score_block
from openbureau.core.attribute_list import ATTRIBUTES
from openbureau.core.attributes import compute
from openbureau.core.report import Header
from openbureau.core.scorecard import parse_scorecard, score

CARD = parse_scorecard(read_scorecards()["people-expert-1"])
HEADER = Header("0192f0c1-0000-7000-8000-0000000000ff", NOW, "bank-alpha", "loan-approval", "score")
HELD = file_of(line("N1N1" * 6))


def test_a_band_is_a_fifth_of_the_scale() -> None:
    """From 1 at the bottom to 5 at the top, each as wide as the others."""
    edges = [(350, 1), (469, 1), (470, 2), (590, 3), (710, 4), (829, 4), (830, 5), (950, 5)]
    assert [band_of(CARD, value) for value, _ in edges] == [band for _, band in edges]


def test_a_score_alone_shows_no_figure_of_the_file() -> None:
    """Number, band, scale and reasons; no points, no accounts."""
    found = score_block(CARD, score(CARD, "d", compute(HELD, MONTH)))
    assert set(found) == {
        "scorecard", "scorecard_digest", "standing", "value", "note", "lowest", "highest", "band", "reasons",
    }  # fmt: skip
    assert found["lowest"] <= found["value"] <= found["highest"]
    assert found["reasons"]
    none = score_block(CARD, score(CARD, "d", compute(file_of(), MONTH)))
    assert (none["value"], none["band"], none["note"], none["reasons"]) == (None, None, "not-enough-data", [])


def test_attributes_are_all_named_with_their_units() -> None:
    """The twenty of the list, in its order; a special code where there is no number."""
    rows = attribute_block(compute(HELD, MONTH))
    assert [(row["name"], row["unit"]) for row in rows] == [(info.name, info.unit) for info in ATTRIBUTES]
    assert len(rows) == 20
    assert all((row["value"] is None) != (row["special"] is None) for row in rows)


def test_the_head_does_not_repeat_the_person() -> None:
    """No name and no number leaves with an answer that is less than a report."""
    assert set(head(HEADER, HELD)) == {"schema", "synthetic", "header"}
