"""Every no, and every answer that is not like any other, has its page in both languages."""

import re

import pytest

from openbureau.core.answer.word import AnswerWord
from openbureau.core.refusal import TITLES, RefusalCode
from tidy.sources import ROOT

FOLDER = ROOT / "docs" / "refusals"
PARTS = {
    "refusal": (
        "### 对信息使用者意味着什么", "### 对本人意味着什么", "### 依据", "### 怎么办", "### 记录了什么", "### 费用",
        "### What it means for the lender", "### What it means for the person", "### Ground", "### What to do",
        "### What is recorded", "### Fee", "## 示例 Example",
    ),
    "answer": (
        "### 对信息使用者意味着什么", "### 对本人意味着什么", "### 依据", "### 费用", "### What it means for the lender",
        "### What it means for the person", "### Ground", "### Fee",
    ),
}  # fmt: skip
WORDS = [word for word in AnswerWord if word is not AnswerWord.REPORT]


@pytest.mark.parametrize("code", list(RefusalCode))
def test_every_refusal_has_its_page(code: RefusalCode) -> None:
    """Its name, its titles as they are told, every part in order, and a row in the table."""
    text = (FOLDER / f"{code}.md").read_text("utf-8")
    english, chinese = TITLES[code]
    assert text.startswith(f"# `{code}`\n\n**{chinese}** · **{english}**\n")
    assert f"/problems/{code}" in text
    places = [text.find(f"\n{part}\n") for part in PARTS["refusal"]]
    assert -1 not in places
    assert places == sorted(places)
    assert f"| [`{code}`]({code}.md) | {chinese} | {english} |" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("word", WORDS)
def test_every_special_answer_has_its_page(word: AnswerWord) -> None:
    """Also what is an answer and yet not read like any report."""
    text = (FOLDER / f"{word}.md").read_text("utf-8")
    assert text.startswith(f"# `{word}`\n")
    assert all(f"\n{part}\n" in text for part in PARTS["answer"])
    assert f"| [`{word}`]({word}.md) |" in (FOLDER / "README.md").read_text("utf-8")


def test_the_table_has_the_order_in_which_reasons_are_told() -> None:
    """And nothing but codes and kinds of answers."""
    rows = re.findall(r"^\| \[`([a-z-]+)`\]", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert rows[: len(RefusalCode)] == [code.value for code in RefusalCode]
