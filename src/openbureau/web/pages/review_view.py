"""What do the desk's pages need to know?  Cases as rows, two files side by side with what differs marked.

Pure: turns what the job gives into words; a difference is marked by an element, never by colour alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from openbureau.core.identity.detectors import POINTS
from openbureau.core.identity.documents import Document
from openbureau.core.identity.names import differing
from openbureau.core.identity.rules import RULES, Choice, Standing
from openbureau.jobs.identity.desk import CaseRow, CaseView, Facing
from openbureau.web.pages.evidence_words import words_of
from openbureau.web.pages.language import Formats
from openbureau.web.pages.signed import N_

KINDS = {
    "id-name-conflict": N_("One number, two names"),
    "mixed-file": N_("Perhaps two lives in one file"),
    "split-file": N_("Perhaps one life in two files"),
    "proposal": N_("Proposed by the linkage"),
}
STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.OPEN: (N_("open"), "wait"),
    Standing.SECOND: (N_("waits for a second reviewer"), "wait"),
    Standing.ESCALATED: (N_("two opinions differ: a third decides"), "bad"),
    Standing.PAPERS: (N_("papers were asked for"), "wait"),
    Standing.LINKED: (N_("linked"), "calm"),
    Standing.KEPT_APART: (N_("kept apart"), "calm"),
}
CHOICES = {
    Choice.LINK: N_("One person: link"),
    Choice.APART: N_("Two persons: keep apart"),
    Choice.PAPERS: N_("Papers are needed"),
}
_REASONS: dict[str, tuple[str, str]] = {code: (zh, en) for code, (_, zh, en) in POINTS.items()}
_REASONS |= {rule.rule_id: rule.condition for rule in RULES}


def list_view(rows: Sequence[CaseRow], write: Formats) -> dict[str, Any]:
    """The list: those this reviewer may decide first."""
    made = [_row(row, write) for row in rows]
    return {
        "mine": [one for one in made if one["is_mine"]],
        "others": [one for one in made if not one["is_mine"] and not one["is_over"]],
        "over": [one for one in made if one["is_over"]],
    }


def _row(row: CaseRow, write: Formats) -> dict[str, Any]:
    words, tone = STANDINGS[row.standing]
    return {
        "case_id": row.case.case_id,
        "kind": KINDS[row.case.kind],
        "opened_at": row.case.opened_at,
        "standing": words,
        "tone": tone,
        "needs_two": row.needs_two,
        "is_mine": row.is_mine_to_decide,
        "is_over": row.case.standing is not None,
        "chance": f"{row.case.probability:.0%}",
        "reasons": [write.pick(_REASONS[code]) for code in row.case.evidence.get("reasons", ()) if code in _REASONS],
        "fields": [
            tuple(write.pick(words_of(code)) for code in pair)
            for pair in sorted(row.case.evidence.get("fields", {}).items())
        ],
        "cautions": [write.pick(words_of(code)) for code in row.case.evidence.get("cautions", ())],
    }


def case_view(found: CaseView, write: Formats, documents: Mapping[str, Document]) -> dict[str, Any]:
    """One case: what was found, both files, and what may be decided."""
    row = _row(found.row, write)
    if found.row.standing is Standing.LINKED and not found.is_linked:
        row |= {"standing": N_("the link was undone"), "tone": "wait"}
    return {
        "row": row,
        "sides": [side.subject_id for side in found.sides],
        "lines": _lines(found.sides, write, documents),
        "said": [list(side.said) for side in found.sides],
        "opinions": [(one.reviewer, CHOICES[one.choice], one.reason) for one in found.opinions],
        "is_linked": found.is_linked,
        "choices": [(choice.value, words) for choice, words in CHOICES.items()],
        "is_conflict": found.row.case.kind == "id-name-conflict",
    }


Marked = tuple[tuple[str, bool], ...]


def _lines(
    sides: Sequence[Facing], write: Formats, documents: Mapping[str, Document]
) -> list[tuple[str, list[Marked]]]:
    """One line a fact, a cell a side; single characters are marked in names and numbers, whole cells elsewhere."""

    def kind(side: Facing) -> str:
        return write.pick((documents[side.id_kind].zh, documents[side.id_kind].en))

    rows: list[tuple[str, list[str], bool]] = [
        (N_("Name"), [side.name for side in sides], True),
        (N_("Kind of paper"), [kind(side) for side in sides], False),
        (N_("Number"), [side.id_number for side in sides], True),
        (N_("Telephone"), [side.phone or "–" for side in sides], True),
        (N_("Birth date as furnished"), [side.born_on or "–" for side in sides], False),
        (N_("Division code"), [side.region or "–" for side in sides], False),
        (N_("Accounts"), [str(side.accounts) for side in sides], False),
        (N_("Institutions that furnish"), [str(side.furnishers) for side in sides], False),
        (N_("First account opened"), [side.first_opened or "–" for side in sides], False),
        (N_("Newest information"), [side.newest or "–" for side in sides], False),
    ]
    return [(words, _marked(cells, by_character=fine)) for words, cells, fine in rows]


def _marked(cells: list[str], *, by_character: bool) -> list[Marked]:
    """The cells in runs of what agrees and what differs."""
    if len(cells) != 2:
        return [((cell, False),) for cell in cells]
    if not by_character:
        return [((cell, cells[0] != cells[1]),) for cell in cells]
    return [_runs(marks) for marks in differing(cells[0], cells[1])]


def _runs(marks: Marked) -> Marked:
    runs: list[tuple[str, bool]] = []
    for character, differs in marks:
        if runs and runs[-1][1] == differs:
            runs[-1] = (runs[-1][0] + character, differs)
        else:
            runs.append((character, differs))
    return tuple(runs)
