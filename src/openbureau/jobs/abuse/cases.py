"""What became of a question about conduct?  List and show cases, take a member's explanation, decide.

Promises: a member sees its own cases only; words are sealed, since they may tell of people; each word is an event of the
log; a decision is made once.  A dismissed case slows nobody any more; a confirmed one goes on for a cited time.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from openbureau.core.abuse import CONDUCT, AbuseRule
from openbureau.jobs.abuse.events import case_leaf
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
from openbureau.store.abuse import Slowdown, StoredAbuseCase, StoredWord, abuse_cases, add_abuse_word, slowdowns
from openbureau.store.sealing import seal, unseal

LONGEST = 2000
DECISIONS = ("confirmed", "dismissed")


class CaseRefused(ValueError):
    """This cannot be said of a case; the message says why."""


class NoCase(LookupError):
    """There is no such case."""


@dataclass(frozen=True, slots=True)
class Word:
    """An explanation or decision, opened."""

    kind: str
    said_by: str
    said_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class AbuseCase:
    """A case as it stands."""

    held: StoredAbuseCase
    words: tuple[Word, ...]
    slowdown: Slowdown | None

    @property
    def standing(self) -> str:
        """`open`, `explained`, `confirmed` or `dismissed`."""
        decided = [word.kind for word in self.words if word.kind in DECISIONS]
        return decided[0] if decided else "explained" if self.words else "open"


def member_cases(bureau: Bureau, member_id: str) -> list[AbuseCase]:
    """The cases of a member's users, newest first."""
    with bureau.store.connection("api") as connection:
        return _opened(bureau, abuse_cases(connection, member_id), slowdowns(connection, bureau.clock()))


def every_case(bureau: Bureau, case_id: str | None = None) -> list[AbuseCase]:
    """All cases, or one, for whoever watches members."""
    with bureau.store.connection("auditor") as connection:
        found = abuse_cases(connection, case_id=case_id)
        return _opened(bureau, found, slowdowns(connection, bureau.clock()))


def one_case(bureau: Bureau, case_id: str) -> AbuseCase:
    """A case; `NoCase` where there is none of this id."""
    found = every_case(bureau, case_id)
    if not found:
        raise NoCase(f"there is no case {case_id}; openbureau abuse list shows them")
    return found[0]


def _opened(
    bureau: Bureau, found: Iterable[tuple[StoredAbuseCase, list[StoredWord]]], slow: list[Slowdown]
) -> list[AbuseCase]:
    key, by_case = bureau.keys.key("event"), {one.case_id: one for one in slow}
    return [
        AbuseCase(
            case,
            tuple(
                Word(one.kind, one.said_by, one.said_at, unseal(key, one.sealed, place=_place(one)).decode())
                for one in words
            ),
            by_case.get(case.case_id),
        )
        for case, words in found
    ]


def _place(word: StoredWord) -> str:
    return f"abuse/{word.word_id}"


def explain(bureau: Bureau, member_id: str, case_id: str, *, words: str) -> None:
    """A member's explanation of its own case."""
    _say(bureau, case_id, ("explained", member_id, words), member_id=member_id)


def decide(bureau: Bureau, case_id: str, *, decision: str, by: str, words: str) -> None:
    """The decision on a case with its reason; `by` is who decides, by role and handle."""
    if decision not in DECISIONS:
        raise CaseRefused("a case is confirmed or dismissed")
    _say(bureau, case_id, (decision, by, words), member_id=None)


def _say(bureau: Bureau, case_id: str, said: tuple[str, str, str], *, member_id: str | None) -> None:
    kind, by, words = said[0], said[1], said[2].strip()
    if not 1 <= len(words) <= LONGEST:
        raise CaseRefused(f"say something, in at most {LONGEST} characters")
    now = bureau.clock()
    word_id = new_id(now, bureau.random)
    sealed = seal(bureau.keys.key("event"), words.encode(), place=f"abuse/{word_id}", random=bureau.random)
    leaf = case_leaf(bureau, kind, case_id=case_id, digest=hashlib.sha256(words.encode()).hexdigest(), actor=by, at=now)
    days = bureau.rulebook(civil_day(now)).rule("house.abuse.confirmed_days").number
    word = StoredWord(word_id, case_id, kind, by, now, sealed, leaf.leaf_hash)
    with bureau.store.connection("auditor" if member_id is None else "api") as connection:
        told = add_abuse_word(connection, word, leaf, member_id=member_id, until=now + timedelta(days=days))
    if told == "unknown":
        raise NoCase("there is no such case")
    if told == "decided":
        raise CaseRefused("the case is decided; nothing more is taken")


def case_json(case: AbuseCase) -> dict[str, Any]:
    """A case as plain JSON, in the words that a member or the committee reads."""
    held, conduct = case.held, CONDUCT[AbuseRule(case.held.rule)]
    return {
        "case_id": held.case_id,
        "member_id": held.member_id,
        "actor_user": held.user,
        "rule": held.rule,
        "title": {"en": conduct.title[0], "zh": conduct.title[1]},
        "innocent_explanation": {"en": conduct.explanation[0], "zh": conduct.explanation[1]},
        "cites": list(conduct.cites),
        "opened_at": _text(held.at),
        "figures": json.loads(held.figures),
        "evidence": list(held.evidence),
        "law_digest": held.law_digest,
        "leaf": held.leaf_hash.hex(),
        "standing": case.standing,
        "slowed_until": _text(case.slowdown.until) if case.slowdown else None,
        "words": [
            {"kind": word.kind, "said_by": word.said_by, "said_at": _text(word.said_at), "words": word.words}
            for word in case.words
        ],
    }


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
