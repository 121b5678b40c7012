"""Answers in words and on paper: every block is read, the same answer gives the same bytes, and only to whom it belongs."""

import random
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.files import MONTH
from core.test_answer_schema import rich
from core.test_report_blocks import HEADER, lender, own
from jobs.test_further_records import AGREED, BUSINESS, GUARANTEE, PUBLIC, USE
from openbureau.core.answer import lesser
from openbureau.core.answer.changes import changes
from openbureau.core.attributes import compute
from openbureau.core.questions import QUESTIONS, Seen
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing.load import furnish
from openbureau.web.pages.language import LANGUAGES, Formats
from openbureau.web.report import pdf
from openbureau.web.report.pdf import NoChineseFont, paper
from openbureau.web.report.view import answer_view
from openbureau.web.report.words import GLOSSARY, LABELS
from web.visitor import PAGE, Client, inquiry, sign_in
from world import PEOPLE, World, jsonl

GOOD = PEOPLE["good"]
NOTICE = {"notice": "for reference only"}
SOLE = BUSINESS | {"subject_ref": "P0002", "trader_kind": "sole-trader", **AGREED}


def answers() -> list[dict[str, Any]]:
    """A report of a lender, one of a person, and every product that is less, with something in each block."""
    source = random.Random(5)
    held, other = rich(source), rich(source)
    while not (held.tradelines and other.tradelines):
        held, other = rich(source), rich(source)
    seen = Seen(held, compute(held, MONTH), MONTH)
    blocks: tuple[dict[str, Any], ...] = (
        {"attributes": lesser.attribute_block(seen.figures)},
        {"answers": [lesser.answer_row(row, seen) for row in QUESTIONS.values()]},
        {"since": "2026-11-24T02:00:00Z", "changes": changes(held, other, name=str)},
        {"since": None, "changes": None},
        {"score": None},
    )
    return [lender(held, months=60), own(held), *(lesser.head(HEADER, held) | block | NOTICE for block in blocks)]


def text_of(content: bytes, place: Path) -> str:
    """What stands in a PDF."""
    place.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", place, "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_of_every_answer_is_read(language: str) -> None:
    """No section is empty, no word is missing, no code of a table stays a code."""
    write = Formats(language)
    for answer in answers():
        view = answer_view(answer, write, name=str)
        assert view.notice == answer["notice"]
        for section in view.sections:
            assert section.facts or section.tables or section.records or section.notes, section.id
            assert all(len(row) == len(made["head"]) for made in section.tables for row in made["rows"])
        if "accounts" in answer:
            shown = next(one for one in view.sections if one.id == "accounts").records
            assert [row["title"] for row in shown] == [row["furnisher"] for row in answer["accounts"]]
            assert sum(bool(mark) for row in shown for year in row["years"] for mark in year["cells"]) == sum(
                len(row["history"]["statuses"]) for row in answer["accounts"]
            )
    is_chinese = re.compile(r"[\u4e00-\u9fff]")
    pairs = [*LABELS.values(), *(pair for row in GLOSSARY for pair in row)]
    assert all(is_chinese.search(chinese) and english for chinese, english in pairs)
    assert not [english for _, english in pairs if is_chinese.search(english)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_answer_gives_the_same_paper(language: str, tmp_path: Path) -> None:
    """Byte for byte; with the stamps, the notice, reasons in words and the glossary; PDF/A."""
    answer, write = answers()[0], Formats(language)
    view = answer_view(answer, write, name=str)
    made = [paper(view, write, answer["header"]["made_at"]) for _ in range(2)]
    assert made[0] == made[1]
    assert b"pdfaid" in made[0]
    told = text_of(made[0], tmp_path / "a.pdf").replace(" ", "")
    for words in (*view.stamps, view.notice, view.title, view.glossary[0][0], answer["header"]["report_id"]):
        assert words.replace(" ", "") in told


def test_every_product_comes_to_paper() -> None:
    """None of them breaks the page."""
    write = Formats("zh-CN")
    for answer in answers()[1:]:
        assert paper(answer_view(answer, write, name=str), write, answer["header"]["made_at"]).startswith(b"%PDF-")


def test_without_a_chinese_font_the_package_is_named(
    client: Client, shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what to install, before anything is logged."""
    pdf.font_of_system.cache_clear()
    monkeypatch.setattr(pdf, "FONTS", ("No Such Font",))
    with pytest.raises(NoChineseFont, match="fonts-noto-cjk"):
        pdf.font_of_system()
    sign_in(client, GOOD)
    reply = client.get("/me/report.pdf")
    assert reply.status_code == 503
    assert "fonts-noto-cjk" in reply.text
    pdf.font_of_system.cache_clear()


def test_a_person_takes_their_report_home(client: Client, shared_world: World, tmp_path: Path) -> None:
    """Signed in, in their language, with every institution by name; without a session the way to sign in."""
    assert client.get("/me/report.pdf", follow_redirects=False).status_code == 303
    sign_in(client, GOOD)
    reply = client.get("/me/report.pdf?lang=zh-CN")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/pdf")
    assert reply.headers["cache-control"] == "no-store"
    assert "甲子银行" in text_of(reply.content, tmp_path / "mine.pdf").replace(" ", "")


def test_a_lender_takes_an_earlier_answer(client: Client, shared_world: World, tmp_path: Path) -> None:
    """Under the rules of the answer itself: the member that got it, and nobody else."""
    give_consent(shared_world.bureau, shared_world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")
    number = inquiry(client, shared_world, GOOD).json()["inquiry_id"]
    address = f"/v1/inquiries/{number}/report.pdf"

    def get(member: str) -> Any:
        return client.get(address, headers={"Authorization": f"Bearer {shared_world.tokens[member]}"})

    first, again = get("bank-alpha"), get("bank-alpha")
    assert first.status_code == 200
    assert first.content == again.content
    assert number in text_of(first.content, tmp_path / "theirs.pdf")
    assert get("bank-beta").status_code == 404
    assert client.get(address).status_code == 401


def test_the_person_reads_duties_and_public_records(client: Client, shared_world: World) -> None:
    """The page has a section for each of them that is held, from the same reading as the paper."""
    furnish(shared_world.bureau, "bank-alpha", jsonl([GUARANTEE, PUBLIC]))
    sign_in(client, PEOPLE["late"])
    page = client.get("/me/report?lang=en", headers=PAGE)
    assert page.status_code == 200
    for words in ("Guarantees given", "Public records", PUBLIC["issuer"]):
        assert words in page.text


def test_the_person_alone_reads_use_and_business(client: Client, shared_world: World, tmp_path: Path) -> None:
    """On the page, on paper and as data of the person; a lender's answer of the same person has no word of it."""
    late = PEOPLE["late"]
    furnish(shared_world.bureau, "bank-alpha", jsonl([USE | {"subject_ref": "P0002"}, SOLE]))
    give_consent(shared_world.bureau, shared_world.subject_id(late), member_id="bank-alpha", purpose="loan-approval")
    answer = inquiry(client, shared_world, late).json()["answer"]
    assert not {"platform_use", "business"} & set(answer)
    sign_in(client, late)
    told = client.get("/v1/me/report").json()
    assert [row["service"] for row in told["platform_use"]] == ["payment"]
    assert [row["turnover_fen"] for row in told["business"]] == [9_000_000]
    page = client.get("/me/report?lang=en", headers=PAGE).text
    for words in ("Use of platforms", "16 days or more", "Business activity", "Only you see this", "CN¥90,000.00"):
        assert words in page
    paper = text_of(client.get("/me/report.pdf?lang=zh-CN").content, tmp_path / "own.pdf").replace(" ", "")
    for words in ("平台服务使用情况", "16天及以上", "经营活动", "仅本人可见"):
        assert words in paper


def test_the_diary_says_what_was_disclosed(client: Client, shared_world: World) -> None:
    """A question stands there with its words, a telling again as such, a past moment with its instant."""
    late = PEOPLE["late"]
    give_consent(shared_world.bureau, shared_world.subject_id(late), member_id="bank-alpha", purpose="loan-approval")
    asked = {"product": "question", "questions": ["has-overdue-now"]}
    number = inquiry(client, shared_world, late, body=asked).json()["inquiry_id"]
    inquiry(client, shared_world, late, body={"product": "score", "as_of": "2026-11-24T01:00:00Z"})
    headers = {"Authorization": f"Bearer {shared_world.tokens['bank-alpha']}"}
    assert client.get(f"/v1/inquiries/{number}", headers=headers).status_code == 200
    sign_in(client, late)
    told = client.get("/me/diary?lang=en", headers=PAGE).text
    for words in (QUESTIONS["has-overdue-now"].en, "Credit score · Known as of", "An earlier answer again"):
        assert words in told
    assert QUESTIONS["has-overdue-now"].zh in client.get("/me/diary?lang=zh-CN", headers=PAGE).text
