"""What the client keeps of a real answer proves itself offline, by the very checks that the client made."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openbureau import client_check
from openbureau.client import Answer, Bureau, Inquiry, Person, Refusal, Token, Trust, keep_answer
from openbureau.core.answer import receipt
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.policy import render_policy
from openbureau.watch.papers import answer as papers
from openbureau.watch.papers.answer import check_answer
from openbureau.watch.papers.fetched import proof_at
from world import PEOPLE, World

GOOD, LATE = PEOPLE["good"], PEOPLE["late"]


def about(who: Any, **more: Any) -> Inquiry:
    return Inquiry(Person(who.id_number, who.name), "loan-approval", actor_user="desk-1", **more)


@pytest.mark.parametrize("who", [GOOD, LATE], ids=["answer", "refusal"])
def test_a_kept_answer_proves_itself(call: Callable[..., Any], shared_world: World, trust: Trust, who: Any) -> None:
    """Answer and refusal, by token and by key: before the log cannot tell, with the proof ok, and nothing of ours is asked."""
    told = call("ask", about(who))
    assert isinstance(told, Answer | Refusal)
    bureau, now = shared_world.bureau, shared_world.clock()
    policy = render_policy(bureau.log_key, bureau.act.hash)
    waiting = check_answer(keep_answer(trust, told), policy=policy, now=now)
    assert (waiting.status, [one.name for one in waiting.checks if one.ok is not True]) == ("cannot-tell", ["log"])
    late = check_answer(keep_answer(trust, told), policy=policy, now=now + timedelta(minutes=2))
    assert (late.status, [one.name for one in late.checks if one.ok is False]) == ("broken", ["log"])
    sequence(bureau)
    whole = keep_answer(trust, told, call("confirm", told.receipt))
    verdict = check_answer(whole, policy=policy, now=now + timedelta(minutes=2))
    assert verdict.status == "ok", [one for one in verdict.checks if not one.ok]
    is_signed = told.delivered is not None and told.delivered.signed is not None
    assert ("signed" in {one.name for one in verdict.checks}) == is_signed


def test_a_proof_is_fetched_from_a_running_bureau(url: str, shared_world: World, trust: Trust) -> None:
    """The kept file without a proof, and an address: none while the leaf waits, then the proof that settles it."""
    who = Token(shared_world.tokens["bank-alpha"])
    with Bureau(url, who=who, trust=trust, now=lambda: shared_world.clock().timestamp()) as bureau:
        content = keep_answer(trust, bureau.ask(about(GOOD)))
    assert proof_at(url, content) is None
    sequence(shared_world.bureau)
    assert check_answer(content, proof=proof_at(url, content)).status == "ok"
    assert proof_at(url, b"nothing") is None


def test_client_and_watcher_check_by_the_same_code() -> None:
    """Neither has a check of its own: both call the functions of `core/answer/receipt.py`."""
    for name in ("check_outcome", "check_promise", "check_place", "opened_entry"):
        assert getattr(client_check, name) is getattr(papers, name) is getattr(receipt, name)
    own = Path(str(client_check.__file__)).read_text("utf-8")
    assert "check_proof" not in own
    assert "check_opening" not in own
