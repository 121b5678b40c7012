"""The step about orders: a court looks somebody up by its document, and the person reads of it.

The court's program signs in and sends its request as any member's does; what takes the place of a consent is the document.
"""

import json
from datetime import timedelta
from typing import Any

from openbureau.client_sign import load_member_key, new_proof_key, sign_request, token_request
from openbureau.core.member import Role
from openbureau.demo.sandbox import Story
from openbureau.demo.telling import Step
from openbureau.jobs.founding.init import MEMBERS
from openbureau.jobs.subject.diary import diary
from openbureau.web.client import send
from openbureau.web.serve import serving


def ordered(story: Story) -> Step:
    """Without its document a court is refused; with one it is answered, no consent asked; the person reads of the answer."""
    court = next(one.member_id for one in story.bureau.members.values() if Role.COURT in one.roles)
    owner = story.country.one(story.hero)
    asked: dict[str, Any] = {
        "subject": {"id_kind": "cn-id", "id_number": owner.id_number, "name": owner.name}, "purpose": "judicial",
    }  # fmt: skip
    document = {
        "kind": "enforcement", "statute": "某法第一条", "number": "（2026）虚构第1号", "issued_by": story.name(court)[1],
        "officer": "承办人 0042", "issued_on": story.today.isoformat(),
        "valid_until": (story.today + timedelta(30)).isoformat(),
    }  # fmt: skip
    without, refusal = _look_up(story, court, asked, key="demo-order-1")
    by_order, answer = _look_up(story, court, asked | {"document": document}, key="demo-order-2")
    code = str(refusal.get("type", "")).rpartition("/")[2]
    seen = [one for one in diary(story.bureau, story.subject_id()) if one.actor == court]
    name = story.name(court)
    return Step(
        "ordered",
        ("A court looks somebody up by its document, not by a consent", "法院凭文书查询，无须本人同意"),
        (without, code, by_order) == (403, "document-missing", 200) and "accounts" in answer.get("answer", {})
        and any(one.refusal is None for one in seen),
        "core/decision/order.py",
        article=story.law("crr.inquiry.law_excepted"),
        lines=(
            (
                f"{name[0]} without a document: {without}, {code}. With one: {by_order}, the report.",
                f"{name[1]}未出示文书：{without}（{code}）。出示文书：{by_order}，得到报告。",
            ),
            (
                "The look-up is in the person's diary at once, and in no lender's report.",
                "该查询立即记入本人的查询记录，但不出现在机构看到的报告中。",
            ),
        ),
        figures={"without": without, "by_order": by_order, "seen": len(seen)},
    )  # fmt: skip


def _look_up(story: Story, court: str, body: dict[str, Any], *, key: str) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer to a signed request."""
    signer, proof = load_member_key(story.bureau.settings.home / MEMBERS / f"{court}.key"), new_proof_key()
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    with serving(story.bureau) as address:
        asked = token_request(signer, proof, issuer=address)
        token = json.loads(send(asked.method, asked.url, dict(asked.headers), body=asked.body)[2])["access_token"]
        sent = sign_request(
            signer,
            token,
            "POST",
            url=f"{address}/v1/official-inquiries",
            proof_key=proof,
            headers=headers,
            body=content,
        )
        status, _, told = send(sent.method, sent.url, dict(sent.headers), body=sent.body)
    return status, json.loads(told)
