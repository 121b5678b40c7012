"""The steps about asking: a member's machine signs in with its key and asks, over the wire, as a lender's own program does.

For these steps the bureau serves its own addresses on loopback, and the lender uses the client that lenders install.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from openbureau.client import Answer, Bureau, Inquiry, Person, Refusal
from openbureau.client_check import Trust, read_trust
from openbureau.client_sign import Sent, load_member_key, new_proof_key, sign_request, token_request
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.member import Role
from openbureau.core.monitor.triggers import NEW_ACCOUNT, TRIGGERS, Watch
from openbureau.core.pricing import fee
from openbureau.core.products import MONITORING, Options, Product
from openbureau.core.questions import QUESTIONS
from openbureau.demo.sandbox import PURPOSE, Story
from openbureau.demo.telling import Step
from openbureau.jobs.abuse.watch import watch_conduct
from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.billing.tariff import tariff
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.delivery.feed import feed
from openbureau.jobs.founding.init import MEMBERS
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.log.prove import policy
from openbureau.jobs.monitor.evaluate import evaluate
from openbureau.jobs.monitor.start import start_monitor
from openbureau.law.workdays import add_months, civil_day
from openbureau.web.client import send
from openbureau.web.serve import serving

ASKED = ("has-overdue-now", "open-balance-band")
USER, FISHER = "desk-7", "desk-13"


def _trust(story: Story) -> Trust:
    """What the lender pinned when it joined."""
    return read_trust(policy(story.bureau), json.dumps(story.bureau.act.to_json()))


@contextmanager
def _client(story: Story) -> Iterator[Bureau]:
    """The lender's own program: its key, what it pinned, and nothing else of the bureau."""
    key = load_member_key(story.bureau.settings.home / MEMBERS / f"{story.lender}.key")
    with serving(story.bureau) as address, Bureau(address, who=key, trust=_trust(story)) as client:
        yield client


def _hero(story: Story) -> Person:
    owner = story.country.one(story.hero)
    return Person(owner.id_number, owner.name)


def signed_in(story: Story) -> Step:
    """A token that is bound to a key, a request that is signed, and the same bytes once more."""
    give_consent(story.bureau, story.subject_id(), member_id=story.lender, purpose=PURPOSE)
    key, proof = load_member_key(story.bureau.settings.home / MEMBERS / f"{story.lender}.key"), new_proof_key()
    body = Inquiry(_hero(story), PURPOSE, "score", USER).body
    with serving(story.bureau) as address:
        token = json.loads(_send(token_request(key, proof, issuer=address))[1])["access_token"]
        headers = {"Content-Type": "application/json", "Idempotency-Key": "demo-signed"}
        sent = sign_request(
            key, token, "POST", url=f"{address}/v1/inquiries", proof_key=proof, headers=headers, body=body
        )
        first, answer = _send(sent)
        again, told = _send(sent)
        stolen, _ = _send(Sent("POST", sent.url, {**headers, "Authorization": f"Bearer {token}"}, body))
    score = json.loads(answer).get("answer", {}).get("score") or {}
    replayed = json.loads(told).get("type", "").rpartition("/")[2]
    return Step(
        "signed-in",
        ("A bank's machine signs in with its key; what it sends cannot be sent twice", "银行系统以密钥登录；其请求无法被重放"),
        (first, again, stolen, replayed) == (200, 401, 401, "request-replayed") and "value" in score,
        "web/gate.py",
        article=story.law("house.token_seconds"),
        lines=(
            (
                f"Answered (score {score.get('value')}). The same bytes again: {again}, {replayed}. Token alone: {stolen}.",
                f"签名请求得到答复（评分 {score.get('value')}）。原样重发：{again}（{replayed}）。令牌脱离密钥使用：{stolen}。",
            ),
        ),
        figures={"answered": first, "again": again, "stolen": stolen},
    )  # fmt: skip


def _send(sent: Sent) -> tuple[int, bytes]:
    """Status and body of one request, sent exactly so."""
    status, _, body = send(sent.method, sent.url, dict(sent.headers), body=sent.body)
    return status, body


def asked_a_question(story: Story) -> Step:
    """Two answers and nothing else of the file, at a lower fee; the client checks signature and receipt by itself."""
    with _client(story) as client:
        told = client.ask(Inquiry(_hero(story), PURPOSE, "question", USER, questions=ASKED))
        kept = client.read(f"/v1/inquiries/{told.receipt.inquiry_id}") if isinstance(told, Answer) else {}
    answers = told.answers if isinstance(told, Answer) else {}
    blocks = sorted(told.blocks) if isinstance(told, Answer) else []
    typed = story.bureau.rulebook(civil_day(story.bureau.clock())).typed
    prices = [fee(typed, product=one, is_person=True, is_concession=False).amount_fen for one in ("question", "report")]
    is_same = isinstance(told, Answer) and kept.get("answer") == told.blocks
    return Step(
        "question",
        ("The bank asks two questions instead of the file", "银行只提两个问题，不看档案"),
        set(answers) == set(ASKED) and prices[0] < prices[1] and "accounts" not in blocks and is_same,
        "core/questions.py",
        article=story.law("house.fee_share_question"),
        lines=(
            *((f"{QUESTIONS[one].en} {answer}", f"{QUESTIONS[one].zh}{answer}") for one, answer in answers.items()),
            (
                f"Nothing else was disclosed. Fee {prices[0]} fen; a report costs {prices[1]}.",
                f"未提供其他内容。费用 {prices[0]} 分；报告为 {prices[1]} 分。",
            ),
            ("Fetched again, it is the same answer to the letter.", "再次取得，内容逐字一致。"),
        ),
        figures={"answers": answers, "blocks": blocks, "fen": prices},
    )  # fmt: skip


def asked_by_file(story: Story) -> Step:
    """Many inquiries in one file: each line is decided, recorded and charged by itself."""
    people = [_hero(story), *(Person(one.id_number, one.name) for one in list(story.country.people)[10:18])]
    lines = [(str(at), Inquiry(one, PURPOSE, "score", USER)) for at, one in enumerate(people)]
    with _client(story) as client:
        sent = client.send_batch(lines)
        work_batches(story.bureau)
        done = client.batch(sent.batch_id)
        rows = list(client.batch_results(sent.batch_id))
    return Step(
        "batch",
        ("A file of inquiries, each line decided by itself", "批量查询：逐行裁决、逐行记录"),
        len(rows) == len(lines) and done.answered >= 1 and done.refused >= 1 and done.problems == 0,
        "jobs/batch/work.py",
        article=story.law("crr.inquiry.consent"),
        lines=(
            (
                f"{len(lines)} lines: {done.answered} answered, {done.refused} refused, each with its leaf and receipt.",
                f"{len(lines)} 行：{done.answered} 行答复，{done.refused} 行拒绝，均有日志记录与回执。",
            ),
        ),
        figures={"lines": len(rows), "answered": done.answered, "refused": done.refused},
    )


def noticed(story: Story) -> Step:
    """One of the bank's users asks about strangers, again and again; nobody had consented."""
    rulebook = story.bureau.rulebook(civil_day(story.bureau.clock()))
    most = rulebook.rule("house.abuse.fishing_refusals").number
    strangers = [one for one in story.country.people if one.handle != story.hero]
    with _client(story) as client:
        told = [
            client.ask(Inquiry(Person(one.id_number, one.name), PURPOSE, "score", FISHER))
            for at in range(most + 1)
            for one in (strangers[at % len(strangers)],)
        ]
        found = watch_conduct(story.bureau)
        cases = client.cases()
    refused = sum(isinstance(one, Refusal) for one in told)
    mine = [case for case in cases if case["actor_user"] == FISHER]
    return Step(
        "fishing",
        (
            "One user asks about strangers; a case is opened and the user slowed down",
            "某用户频繁查询陌生人；立案并自动降速",
        ),
        bool(found.opened) and bool(mine),
        "jobs/abuse/watch.py",
        article=story.law("crr.use.purpose_limit"),
        lines=(
            (
                f"{len(told)} inquiries, {refused} refused. {len(mine)} case for the committee; the bank may explain.",
                f"{len(told)} 次查询，{refused} 次被拒绝。已为委员会立案 {len(mine)} 件；银行可以说明。",
            ),
        ),
        figures={"asked": len(told), "refused": refused, "cases": len(mine)},
    )


def watched(story: Story) -> Step:
    """A lender watches the file of its borrower; another institution opens an account, and the lender is told of that alone."""
    lender, purpose = _lender_of_hero(story), "post-loan"
    give_consent(
        story.bureau, story.subject_id(), member_id=lender, purpose=purpose, products=(Product.REPORT, MONITORING)
    )
    owner = story.country.one(story.hero)
    started = start_monitor(
        InquiryRequest(
            token=story.tokens[lender],
            idempotency_key="demo-watch",
            body=b"demo-watch",
            id_kind="cn-id",
            id_number=owner.id_number,
            name=owner.name,
            purpose=purpose,
            product=Product.ALERT.value,
            actor_user=USER,
            options=Options(watch=Watch((NEW_ACCOUNT,), "case-1")),
        ),
        story.bureau,
    )
    _opens_account(story, next(one for one in story.country.furnishers if one != lender))
    evaluate(story.bureau)
    told = [event for event in feed(story.bureau, lender, 0) if event.kind == "alert"]
    name = story.name(lender)
    return Step(
        "watched",
        ("A lender watches its borrower's file and is told of one change", "机构监测其借款人的档案，仅获知一项变化"),
        isinstance(started, Answered) and len(told) == 1,
        "jobs/monitor/evaluate.py",
        article=story.law("crr.inquiry.consent"),
        lines=(
            (
                f"{name[0]} is told: {TRIGGERS[NEW_ACCOUNT].en.lower()}. The alert is in the person's diary like any inquiry.",
                f"{name[1]}获知：{TRIGGERS[NEW_ACCOUNT].zh}。该预警与查询一样记入本人的查询记录。",
            ),
        ),
        figures={"alerts": len(told)},
    )


def _lender_of_hero(story: Story) -> str:
    """A lender with a running account of the hero."""
    number = story.country.one(story.hero).id_number
    for member_id, path in story.told["files"].items():
        rows = [json.loads(line) for line in path.read_bytes().splitlines()]
        refs = {row["subject_ref"] for row in rows if row["record"] == "subject" and row["id_number"] == number}
        is_running = any(
            row["record"] == "tradeline" and row["subject_ref"] in refs and not row.get("closed_on") for row in rows
        )
        if is_running and Role.LENDER in story.bureau.members[member_id].roles:
            return str(member_id)
    raise AssertionError("no lender has a running account of the hero")


def _opens_account(story: Story, member_id: str) -> None:
    """Another institution furnishes a new account of the hero."""
    owner = story.country.one(story.hero)
    subject = {
        "record": "subject", "subject_ref": "W-1", "kind": "person", "id_kind": "cn-id", "id_number": owner.id_number,
        "name": owner.name, "synthetic": True,
    }  # fmt: skip
    account = {
        "record": "tradeline", "account_no": "W-1", "subject_ref": "W-1", "role": "borrower", "account_type": "D1",
        "business_type": "91", "opened_on": story.today.isoformat(), "due_on": add_months(story.today, 12).isoformat(),
        "currency": "CNY", "limit_fen": 500_000, "account_status": "1", "five_class": "1", "as_of_on": story.today.isoformat(),
    }  # fmt: skip
    _, made = furnish(story.bureau, member_id, io.BytesIO(b"".join(map(render_jsonl, (subject, account)))))
    if made is None or made.progress.refused:
        raise AssertionError("the account of the story was not taken")


def priced(story: Story) -> Step:
    """The tariff of the day, the same for everybody."""
    told: Any = tariff(story.bureau.law, civil_day(story.bureau.clock()))
    count = len(told["prices"])
    return Step(
        "tariff",
        ("The tariff is public and the same for every member", "收费标准公开，对所有机构一致"),
        count > 0,
        "core/pricing.py",
        article=story.law("crr.national_db.fee"),
        lines=((f"{count} prices, each with its rule; no function here is told which member asks.",
                f"{count} 项价格，均注明依据；计价函数不知道是哪家机构在查询。"),),
        figures={"prices": count},
    )  # fmt: skip


ASKING: tuple[Callable[[Story], Step], ...] = (
    signed_in, asked_a_question, asked_by_file, noticed, watched, priced,
)  # fmt: skip
