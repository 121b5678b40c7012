"""Ask the linkage for pairs without a common strong id, and put them on the desk as proposals.

Nothing is ever merged here: a proposal is a case like any other.  Promises: identities are open in memory only and nothing is
written to a disk; a run is one event of the log; the same proposal adds no second case.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from openbureau.core.identity.documents import is_woman
from openbureau.core.subject import PERSON_ID
from openbureau.jobs.context import Bureau
from openbureau.jobs.identity.compare import birth_of_words, log_run, opened_words
from openbureau.jobs.identity.detect import PAGE, Detected
from openbureau.jobs.ids import new_id
from openbureau.store.database import Connection
from openbureau.store.identity import NewCase, add_case, begin_run, identities_after, linked_subjects, save_run
from openbureau.store.inquiry import NO_SUBJECT


class Proposed(Protocol):
    """A pair with what speaks for it: by field how far it agrees; codes only."""

    @property
    def left(self) -> str:
        """The key of one record: its subject id."""

    @property
    def right(self) -> str:
        """The key of the other."""

    @property
    def probability(self) -> float:
        """How probable it is that both are one."""

    @property
    def evidence(self) -> Sequence[tuple[str, str]]:
        """By field how far the two agree."""

    @property
    def cautions(self) -> Sequence[str]:
        """What to beware of, by code."""


FindPairs = Callable[[Iterable[Mapping[str, Any]]], Sequence[Proposed]]


def propose(bureau: Bureau, find_pairs: FindPairs, *, model: str) -> Detected:
    """Store what the linkage proposes; `model` names it and its settings in the event of the run."""
    now = bureau.clock()
    run_id = new_id(now, bureau.random)
    with bureau.store.connection("linkage") as connection:
        with connection.transaction():
            leaf = log_run(bureau, connection, ("identity-linkage", model, run_id), now)
            begin_run(connection, run_id, "linkage", (now, leaf))
        counted = [0]
        found = find_pairs(_records(bureau, connection, counted))
        count = 0
        with connection.transaction():
            for one in found:
                if one.right not in linked_subjects(connection, one.left):
                    count += add_case(connection, _case(bureau, one))
            save_run(connection, run_id, NO_SUBJECT, (counted[0], count), is_done=True)
    return Detected(run_id, counted[0], count)


def _case(bureau: Bureau, one: Proposed) -> NewCase:
    left, right = sorted((one.left, one.right))
    evidence = {
        "fields": dict(one.evidence),
        "cautions": list(one.cautions),
        "reasons": [],
    }
    return NewCase(
        case_id=new_id(bureau.clock(), bureau.random),
        subject_id=left,
        other_id=right,
        kind="proposal",
        evidence=evidence,
        probability=min(max(round(one.probability, 6), 0.0), 1.0),
        at=bureau.clock(),
    )


def _records(bureau: Bureau, connection: Connection, counted: list[int]) -> Iterator[dict[str, Any]]:
    """Natural persons as the linkage takes them, one by one."""
    last = NO_SUBJECT
    while rows := identities_after(connection, last, PAGE):
        last = rows[-1].subject_id
        for row in rows:
            if row.kind != "person":
                continue
            counted[0] += 1
            words = opened_words(bureau, row)
            yield {
                "key": row.subject_id,
                "name": words["name"],
                "id_kind": words["id_kind"],
                "id_number": words["id_number"],
                "birth": birth_of_words(words),
                "gender": ("f" if is_woman(words["id_number"]) else "m") if words["id_kind"] == PERSON_ID else None,
                "phone": words.get("phone"),
                "region": words.get("region"),
            }


def propose_pairs(bureau: Bureau) -> Detected:
    """The proposals of the lab's linkage at the costs of the desk (decision 0018)."""
    from openbureau.lab.linkage import find_pairs

    return propose(bureau, find_pairs, model="openbureau.lab.linkage;costs=desk;seed=1")
