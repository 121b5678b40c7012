"""Cheats with what members, people and lenders are given."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

from openbureau.tlog.canonical import canonical
from watch.cheating import alone, caught, drop_line, edit, edit_line, honest, spoil_key, told
from watch.made_log import LAW, NO_HIT, RETOLD, put, score_alone, signer


@alone("members")
def hidden_from_a_member(directory: Path) -> None:
    honest(directory)
    drop_line(directory / "openings/member-bank-one.jsonl", -1)


@alone("members")
def told_a_member_otherwise(directory: Path) -> None:
    honest(directory)
    path = directory / "openings/member-fund-two.jsonl"
    edit_line(path, -1, lambda line: line["opening"]["opened"]["time"].__setitem__(1, "2026-11-02T00:00:00Z"))


@alone("members")
def told_a_member_too_much(directory: Path) -> None:
    honest(directory)
    path = directory / "openings/member-fund-two.jsonl"
    put(path, path.read_text() + (directory / "openings/member-bank-one.jsonl").read_text().splitlines()[-1] + "\n")


@alone("labels")
def wrong_vrf_proof(directory: Path) -> None:
    honest(directory)
    edit_line(
        directory / "openings/person-LIN.jsonl", 0, lambda head: head.update(proof=base64.b64encode(bytes(80)).decode())
    )


@alone("labels")
def subject_of_another(directory: Path) -> None:
    made, held = told()
    made.write(directory)
    path = directory / "openings/person-LIN.jsonl"
    edit_line(path, 0, lambda head: head.update(subject_id=held["two"].subject_id))


@alone("diaries")
def hidden_from_the_person(directory: Path) -> None:
    honest(directory)
    drop_line(directory / "openings/person-LIN.jsonl", 3)


@alone("diaries")
def told_the_person_otherwise(directory: Path) -> None:
    honest(directory)
    path = directory / "openings/person-LIN.jsonl"
    edit_line(path, 3, lambda line: line["opening"]["opened"]["time"].__setitem__(1, "2026-11-03T00:00:00Z"))


@alone("diaries")
def answered_for_another_purpose(directory: Path) -> None:
    made, held = told()
    made.answer(held["one"], "bank-one", held["consent"], purpose="post-loan")
    made.write(directory)


@alone("diaries")
def answered_to_another_lender(directory: Path) -> None:
    made, held = told()
    fee = LAW.history("fee.crc.personal.concession")[-1].value
    price = f"fee.crc.personal.concession;1;{fee};CNY;billable"
    made.answer(held["one"], "fund-two", held["consent"], price=price)
    made.write(directory)


@alone("diaries")
def answered_after_the_consent_ended(directory: Path) -> None:
    made, held = told()
    made.at += timedelta(days=400)
    made.answer(held["one"], "bank-one", held["consent"])
    made.write(directory)


@alone("diaries")
def answered_with_more_than_the_consent_covers(directory: Path) -> None:
    made, held = told()
    score = made.consent(held["one"], "bank-one", more="notice-2;web;score;1;subject")
    made.answer(held["one"], "bank-one", score)
    made.write(directory)


@alone("diaries")
def answered_on_another_wording(directory: Path) -> None:
    made, held = told()
    other = made.consent(held["one"], "bank-one", more="notice-2;web;report;2;subject")
    made.answer(held["one"], "bank-one", other)
    made.write(directory)


@alone("diaries")
def consent_on_paper_as_if_from_the_person(directory: Path) -> None:
    made, held = told()
    made.consent(held["one"], "bank-one", more="notice-2;paper;report;1;bank-one")
    made.write(directory)


@alone("diaries")
def paper_entered_by_another_than_it_says(directory: Path) -> None:
    made, held = told()
    made.consent(held["one"], "bank-one", more="notice-2;paper;report;1;fund-two", by="bank-one", basis="paper")
    made.write(directory)


@alone("diaries")
def consent_of_an_unknown_form(directory: Path) -> None:
    made, held = told()
    made.consent(held["one"], "bank-one", more="notice-2;web;report")
    made.write(directory)


@alone("diaries")
def withdrawn_as_the_person_knows(directory: Path) -> None:
    """The committee cannot tell which of two consents was withdrawn; the person can."""
    made, held = told()
    made.consent(held["one"], "fund-two")
    made.withdraw(held["one"], "bank-one")
    made.answer(held["one"], "bank-one", held["consent"])
    made.write(directory)


@alone("diaries")
def used_a_consent_twice(directory: Path) -> None:
    made, held = told()
    once = made.consent(held["one"], "bank-one", product="once")
    made.answer(held["one"], "bank-one", once)
    made.answer(held["one"], "bank-one", once)
    made.write(directory)


@alone("receipts")
def receipt_altered(directory: Path) -> None:
    honest(directory)
    edit(directory / "reports/q1/receipt.json", lambda told: spoil_key(told["opening"], "time"))


@caught("receipts")
def receipt_of_another_inquiry(directory: Path) -> None:
    honest(directory)
    edit(directory / "reports/q1/receipt.json", lambda value: value.update(inquiry_id="q9"))


@alone("receipts")
def receipt_for_another_log(directory: Path) -> None:
    made, _ = told()
    made.write(directory)

    def change(value: dict[str, Any]) -> None:
        promise = {name: text for name, text in value["promise"].items() if name != "signature"} | {
            "log": "other.example"
        }
        signature = signer("response").sign(b"openbureau promise\n" + canonical(promise))
        value["promise"] = promise | {"signature": base64.b64encode(signature).decode()}

    edit(directory / "reports/q1/receipt.json", change)


@alone("promises")
def late_promise(directory: Path) -> None:
    made, held = told()
    made.report(held["stranger"], "bank-one", held["empty"], name="q3", delay=3600)
    made.write(directory)


@alone("promises")
def promise_not_kept(directory: Path) -> None:
    made, held = told()
    made.report(held["stranger"], "bank-one", held["empty"], name="q3", is_logged=False, price=NO_HIT)
    made.write(directory)


@alone("promises")
def promise_signed_by_nobody(directory: Path) -> None:
    honest(directory)
    edit(
        directory / "reports/q1/receipt.json",
        lambda told: told["promise"].update(signature=base64.b64encode(bytes(64)).decode()),
    )


@alone("answers")
def answer_altered(directory: Path) -> None:
    honest(directory)
    edit(directory / "reports/q1/answer.json", lambda answer: answer["identity"].update(name="Another"))


@alone("answers")
def answer_to_somebody_else(directory: Path) -> None:
    made, held = told()
    made.report(
        held["stranger"], "bank-one", held["empty"], name="q3",
        change=lambda answer: answer["header"].update(asked_by="fund-two"),
    )  # fmt: skip
    made.write(directory)


@alone("answers")
def charged_for_nobody(directory: Path) -> None:
    made, held = told()
    made.report(held["stranger"], "bank-one", held["empty"], name="q3", outcome="no-hit")
    made.write(directory)


@alone("answers")
def another_answer_told_again(directory: Path) -> None:
    """The log says that the first answer was told again; what left is another one."""
    made, held = told()
    made.report(held["stranger"], "bank-one", held["empty"], name="q3", product="replay;q1", price=RETOLD)
    made.write(directory)


@alone("scores")
def score_outside_its_band(directory: Path) -> None:
    """A score that is told without its figures still has to lie in the band that it names."""
    made, held = told()

    def change(answer: dict[str, Any]) -> None:
        answer["score"] = {**score_alone(), "band": 1}

    made.report(held["stranger"], "bank-one", held["empty"], name="q3", change=change)
    made.write(directory)


@alone("scores")
def points_do_not_add_up(directory: Path) -> None:
    made, held = told()

    def change(answer: dict[str, Any]) -> None:
        answer["score"]["value"] -= 1

    made.report(held["stranger"], "bank-one", held["empty"], name="q3", change=change)
    made.write(directory)


@alone("scores")
def points_of_no_table(directory: Path) -> None:
    """The sum is right, and one attribute was given fewer points than the table says."""
    made, held = told()

    def change(answer: dict[str, Any]) -> None:
        answer["score"]["points"][0]["points"] -= 5
        answer["score"]["value"] -= 5
        answer["score"]["sum"]["total"] -= 5

    made.report(held["stranger"], "bank-one", held["empty"], name="q3", change=change)
    made.write(directory)
