"""The story, step by step: from a furnished file to a recorded, charged, explained and verifiable answer.

Each step does the real thing through a job and says what it saw.  A step that does not see what the law or a promise says
is told as not ok, and the demo ends with a status that is not zero.
"""

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from openbureau.core.furnishing.finding import render_finding
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.purpose import PURPOSES
from openbureau.core.refusal import TITLES
from openbureau.core.scorecard import reason_text
from openbureau.demo.asking import ASKING
from openbureau.demo.keeping import KEEPING
from openbureau.demo.ordering import ordered
from openbureau.demo.proof import caught, logged, verified, witnessed
from openbureau.demo.sandbox import PURPOSE, Story
from openbureau.demo.telling import Step
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.founding.sandbox import add_sign_in
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.charges import charges
from openbureau.jobs.inquiry.outcome import Answered, Outcome, Refused
from openbureau.jobs.subject.diary import diary
from openbureau.lab.files import write_jsonl
from openbureau.law.workdays import BEIJING, civil_day


def tell_story(story: Story) -> Iterator[Step]:
    """The steps in order; a step after one that is not ok is still tried."""
    for step in STEPS:
        begun = time.perf_counter()
        made = step(story)
        yield replace(made, seconds=time.perf_counter() - begun)


def founded(story: Story) -> Step:
    """The act that everything rests on."""
    act = story.bureau.act
    count = len(act.members)
    return Step(
        "founded",
        ("The bureau is founded by an act of its members", "各机构签署设立文件，征信机构成立"),
        bool(count),
        "jobs/founding/init.py",
        lines=(
            (
                f"{count} members signed; the act's hash {act.hash.hex()[:16]}… is entry 0 of the log and is pinned outside the database.",
                f"{count} 家机构签署；文件哈希 {act.hash.hex()[:16]}… 为日志第 0 条，并固定在数据库之外。",
            ),
        ),
        figures={"members": count, "act": act.hash.hex()},
    )


def furnished(story: Story) -> Step:
    """Every furnisher sends its file."""
    files = {}
    for member_id in story.country.furnishers:
        files[member_id] = story.folder / f"{member_id}.jsonl"
        write_jsonl(files[member_id], story.country.records(member_id))
    accepted = findings = 0
    for member_id, path in files.items():
        with path.open("rb") as source:
            _, acceptance = furnish(story.bureau, member_id, source)
        if acceptance is not None:
            accepted += acceptance.progress.accepted
            findings += len(acceptance.findings)
    story.told["files"] = files
    for handle, code in dict(story.codes).items():
        owner = story.country.one(handle)
        is_held = add_sign_in(story.bureau, handle=handle, code=code, id_kind=owner.id_kind, id_number=owner.id_number)
        if not is_held:
            del story.codes[handle]  # nobody furnished anything about this person: there is no file to sign in to
    return Step(
        "furnished",
        ("Platforms and banks furnish their files", "平台与银行报送数据"),
        accepted > 0 and findings == 0,
        "jobs/furnishing/load.py",
        article=story.law("crr.negative.prior_notice"),
        lines=(
            (
                f"{len(files)} files, {accepted:,} records accepted, {findings} findings. Each file got a receipt before anyone looked into it.",
                f"{len(files)} 个文件，接收 {accepted:,} 条记录，问题 {findings} 个。文件在被读取之前先取得回执。",
            ),
        ),
        figures={"files": len(files), "accepted": accepted, "findings": findings},
    )


def furnished_again(story: Story) -> Step:
    """The same file once more."""
    member_id, path = next(iter(story.told["files"].items()))
    with path.open("rb") as source:
        _, acceptance = furnish(story.bureau, member_id, source)
    done = acceptance.progress if acceptance else None
    changed = done.added + done.changed if done else -1
    return Step(
        "furnished-again",
        ("The same file sent twice changes nothing", "同一文件重复报送，不产生任何变化"),
        changed == 0,
        "jobs/furnishing/apply.py",
        lines=(
            (
                f"{done.records if done else 0:,} records read, {changed} changed.",
                f"读取 {done.records if done else 0:,} 条，变更 {changed} 条。",
            ),
        ),
        figures={"changed": changed},
    )


def found_wanting(story: Story) -> Step:
    """A record about adverse information of which the person was not told."""
    member_id, path = next(iter(story.told["files"].items()))
    with path.open("rb") as source:
        month = next(row for row in map(json.loads, source) if row["record"] == "month")
    bad = month | {"status": "2", "overdue_fen": 100, "balance_fen": 100}
    bad.pop("adverse_notified_on", None)
    _, acceptance = furnish(story.bureau, member_id, io.BytesIO(render_jsonl(bad)))
    findings = acceptance.findings if acceptance else ()
    shown = tuple((render_finding(one, "en"), render_finding(one, "zh")) for one in findings)
    return Step(
        "found-wanting",
        ("Adverse information without notice to the person is not taken", "未事先告知本人的不良信息不予接收"),
        [one.rule for one in findings] == ["adverse-without-notice"] and findings[0].refuses,
        "core/furnishing/checks.py",
        article=story.law("crr.negative.prior_notice"),
        lines=shown,
        figures={"rules": [one.rule for one in findings]},
    )


def _refusal_step(story: Story, outcome: Outcome, code: str, *, title: tuple[str, str], name: str) -> Step:
    told: dict[str, Any] = outcome.refusal if isinstance(outcome, Refused) else {"code": "answered", "citations": []}
    article = None
    if told["citations"]:
        first = told["citations"][0]
        words = first["quote"] or first["gist"]
        article = (
            f"{first['instrument']['en']}, Art. {first['article']}: {words}",
            f"{first['instrument']['zh']}第{first['article']}条：{words}",
        )
    lender = story.name(story.lender)
    return Step(
        name,
        title,
        told["code"] == code and article is not None,
        "jobs/inquiry/answer.py",
        article=article,
        lines=(
            (
                f"{lender[0]} asks about {story.hero}: refused, {told['code']}. The refusal is recorded and logged like an answer.",
                f"{lender[1]}查询 {story.hero}：拒绝（{told['code']}）。拒绝与答复一样被记录并写入日志。",
            ),
        ),
        figures={"code": told["code"]},
    )


def refused(story: Story) -> Step:
    """The lender asks without consent."""
    title = ("A bank asks without consent and is refused", "银行未取得同意即查询，被拒绝")
    return _refusal_step(story, story.ask(), "no-consent", title=title, name="refused")


def consented(story: Story) -> Step:
    """The person agrees."""
    given = give_consent(story.bureau, story.subject_id(), member_id=story.lender, purpose=PURPOSE)
    story.told["consent"] = given
    purpose = PURPOSES[PURPOSE]
    lender = story.name(story.lender)
    return Step(
        "consented",
        ("The person consents: one lender, one purpose, until a day", "本人同意：单一机构、单一用途、有期限"),
        len(given.leaf_hash) == 32,
        "jobs/consent/give.py",
        article=story.law("pipl.provide.separate_consent"),
        lines=(
            (
                f"{story.hero} lets {lender[0]} ask for one purpose ({purpose.en.lower()}) until {given.ends_on}.",
                f"{story.hero} 同意{lender[1]}为“{purpose.zh}”查询，至 {given.ends_on} 止。",
            ),
        ),
        figures={"until": given.ends_on.isoformat()},
    )


def answered(story: Story) -> Step:
    """The lender asks again."""
    outcome = story.ask()
    told = json.loads(outcome.answer) if isinstance(outcome, Answered) else {"score": {"value": None, "reasons": []}}
    score, accounts = told["score"], told.get("accounts", [])
    reasons = [reason["code"] for reason in score["reasons"]]
    shown = (
        "; ".join(reason_text(reason, "en") for reason in reasons) or "none",
        "；".join(reason_text(reason, "zh") for reason in reasons) or "无",
    )
    return Step(
        "answered",
        ("The bank asks again and is answered", "银行再次查询，得到答复"),
        score["value"] is not None and len(reasons) <= 4,
        "jobs/inquiry/answer.py",
        article=story.law("crr.reference_only"),
        lines=(
            (
                f"Report of {len(accounts)} accounts. Score {score['value']} (expert table, not validated).",
                f"报告含 {len(accounts)} 个账户。评分 {score['value']}（专家打分表，未经验证）。",
            ),
            (f"Reasons: {shown[0]}.", f"原因：{shown[1]}。"),
        ),
        figures={"score": score["value"], "reasons": reasons, "accounts": len(accounts)},
    )


def charged(story: Story) -> Step:
    """What the lender owes."""
    month = civil_day(story.bureau.clock()).strftime("%Y-%m")
    rows = charges(story.bureau, story.lender, month)
    fen = sum(row["amount_fen"] for row in rows)
    rule = story.law(rows[0]["rule"]) if rows else None
    return Step(
        "charged",
        ("One charge for the answer, none for the refusal", "答复收费一次，拒绝不收费"),
        len(rows) == 1,
        "core/pricing.py",
        article=rule,
        lines=((f"{len(rows)} charge, CNY {fen / 100:.2f}.", f"收费 {len(rows)} 笔，人民币 {fen / 100:.2f} 元。"),),
        figures={"charges": len(rows), "amount_fen": fen},
    )


def saw_both(story: Story) -> Step:
    """The person's diary."""
    entries = [entry for entry in diary(story.bureau, story.subject_id()) if entry.kind.startswith("inquiry")]
    kinds = sorted(entry.kind for entry in entries)
    lines = tuple(
        (
            f"{entry.at.astimezone(BEIJING):%Y-%m-%d %H:%M} {entry.actor_en}, {PURPOSES[entry.purpose].en.lower()}: "
            + ("answered" if entry.refusal is None else f"refused ({TITLES[entry.refusal][0].lower()})"),
            f"{entry.at.astimezone(BEIJING):%Y-%m-%d %H:%M} {entry.actor_zh}，{PURPOSES[entry.purpose].zh}："
            + ("已答复" if entry.refusal is None else f"已拒绝（{TITLES[entry.refusal][1]}）"),
        )
        for entry in entries
    )
    return Step(
        "diary",
        ("The person sees both inquiries in their diary", "本人在查询记录中看到两次查询"),
        kinds == ["inquiry", "inquiry-refused"],
        "jobs/subject/diary.py",
        article=story.law("crr.report.own"),
        lines=lines,
        figures={"kinds": kinds},
    )


def withdrew(story: Story) -> Step:
    """The consent is withdrawn, and the next inquiry refused."""
    withdraw_consent(story.bureau, story.subject_id(), story.told["consent"].consent_id)
    title = ("The person withdraws; the next inquiry is refused", "本人撤回同意，此后的查询被拒绝")
    return _refusal_step(story, story.ask(), "consent-withdrawn", title=title, name="withdrew")


STEPS: tuple[Callable[[Story], Step], ...] = (
    founded, furnished, furnished_again, found_wanting, refused, consented, answered, charged, saw_both, withdrew,
    *ASKING, ordered, *KEEPING, logged, witnessed, verified, caught,
)  # fmt: skip
