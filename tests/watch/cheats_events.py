"""Cheats within the events: all hashes and signatures hold, and a promise does not."""

from pathlib import Path

from openbureau.core.leaf import NONE, EventKind
from openbureau.core.pricing import FREE
from watch.cheating import alone, caught, told
from watch.made_log import LAW, MONTH, NO_HIT, POLICIES, PRICE, MadeLog, seed, story


@alone("chains")
def prev_of_another(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], chain={"prev": seed("elsewhere").hex()})
    made.write(directory)


@alone("chains")
def skipped_seq(directory: Path) -> None:
    made, held = told()
    held["two"].seq += 1
    made.refuse(held["two"], "fund-two")
    made.write(directory)


@alone("chains")
def same_seq_again(directory: Path) -> None:
    made, held = told()
    held["two"].seq -= 1
    made.refuse(held["two"], "fund-two")
    made.write(directory)


@alone("chains")
def number_in_nobodys_chain(directory: Path) -> None:
    made, _ = told()
    made.refuse(None, "fund-two", seq=1)
    made.write(directory)


@caught("chains")
def answer_about_nobody(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], chain={"label": "-", "seq": 0, "prev": "0" * 64})
    made.write(directory)


@alone("actors")
def stranger_asked(directory: Path) -> None:
    made, held = told()
    consent = made.consent(held["stranger"], "bank-three")
    made.answer(held["stranger"], "bank-three", consent)
    made.write(directory)


@alone("actors")
def consent_by_the_lender(directory: Path) -> None:
    made, held = told()
    event = made.event(
        EventKind.CONSENT_GIVEN,
        "fund-two",
        basis="consent",
        inputs="fund-two;2026-11-02;2027-06-30",
        policy=f"{POLICIES.digest};permit;own-consent",
    )
    made.add(event, held["two"])
    made.write(directory)


@alone("actors")
def paper_of_a_stranger(directory: Path) -> None:
    made, held = told()
    made.consent(held["two"], "bank-one", more="notice-2;paper;report;1;bank-three", by="bank-three", basis="paper")
    made.write(directory)


@alone("actors")
def paper_by_the_person(directory: Path) -> None:
    made, held = told()
    made.consent(held["two"], "bank-one", more="notice-2;web;report;1;subject", basis="paper")
    made.write(directory)


@alone("consents")
def consent_removed(directory: Path) -> None:
    """An answer whose consent never entered the log."""
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], basis_ref=seed("no such leaf").hex())
    made.write(directory)


@alone("consents")
def consent_after_answer(directory: Path) -> None:
    made, held = told()
    before = (held["two"].seq, held["two"].head)
    ghost = MadeLog()
    shadow = story(ghost)
    ghost.refuse(shadow["two"], "fund-two")
    later = ghost.consent(shadow["two"], "bank-one")
    made.answer(held["two"], "bank-one", later)
    made.consent(held["two"], "bank-one")
    assert before[0] + 2 == held["two"].seq
    made.write(directory)


@alone("consents")
def consent_of_another_person(directory: Path) -> None:
    made, held = told()
    made.answer(held["two"], "bank-one", held["empty"])
    made.write(directory)


@alone("consents")
def consent_withdrawn_before(directory: Path) -> None:
    made, held = told()
    made.withdraw(held["stranger"], "bank-one")
    made.answer(held["stranger"], "bank-one", held["empty"])
    made.write(directory)


@alone("consents")
def named_consent_withdrawn_before(directory: Path) -> None:
    made, held = told()
    made.consent(held["stranger"], "fund-two")
    made.withdraw(held["stranger"], "bank-one", of=held["empty"])
    made.answer(held["stranger"], "bank-one", held["empty"])
    made.write(directory)


@alone("consents")
def withdrawal_of_nothing(directory: Path) -> None:
    made, held = told()
    made.withdraw(held["two"], "fund-two")
    made.withdraw(held["two"], "fund-two")
    made.write(directory)


@alone("decisions")
def decided_by_other_rules(directory: Path) -> None:
    made, held = told()
    made.refuse(held["two"], "fund-two", policy=f"{seed('rules').hex()};refusal;no-consent")
    made.write(directory)


@alone("decisions")
def answered_though_refused(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], policy=f"{POLICIES.digest};refusal;no-consent")
    made.write(directory)


@alone("decisions")
def seen_by_a_policy_for_another_act(directory: Path) -> None:
    made, held = told()
    policy = f"{POLICIES.digest};permit;inquiry-under-consent"
    made.add(made.event(EventKind.SELF_ACCESS, "subject", basis="right", policy=policy, price=FREE), held["two"])
    made.write(directory)


@alone("decisions")
def consent_that_no_policy_permitted(directory: Path) -> None:
    made, held = told()
    made.consent(held["two"], "bank-one", policy=NONE)
    made.write(directory)


@alone("decisions")
def correction_under_another_policy(directory: Path) -> None:
    made, held = told()
    policy = f"{POLICIES.digest};permit;own-file"
    made.add(made.event(EventKind.CORRECTION, "bank-one", product="correction", policy=policy, price=FREE), held["two"])
    made.write(directory)


@alone("actors")
def corrected_by_nobody_known(directory: Path) -> None:
    made, held = told()
    made.add(made.event(EventKind.CORRECTION, "bank-none", product="correction", price=FREE), held["two"])
    made.write(directory)


@alone("free")
def charge_for_a_refusal(directory: Path) -> None:
    made, held = told()
    made.refuse(held["two"], "bank-one", price=PRICE, bill_seq=made.bill("bank-one"))
    made.write(directory)


@alone("free")
def refusal_on_a_bill(directory: Path) -> None:
    made, held = told()
    made.refuse(held["two"], "bank-one", bill_seq=made.bill("bank-one"))
    made.write(directory)


@alone("charges")
def too_dear(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], price="fee.crc.personal;1;90000;CNY;billable")
    made.write(directory)


@alone("charges")
def cheaper_for_a_friend(directory: Path) -> None:
    made, held = told()
    amount = next(iter(LAW.history("fee.crc.personal.concession"))).value
    price = f"fee.crc.personal.concession;1;{amount};CNY;billable"
    made.answer(held["stranger"], "bank-one", held["empty"], price=price)
    made.write(directory)


@alone("charges")
def billed_for_a_no_hit(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], price=NO_HIT, bill_seq=made.bill("bank-one"))
    made.write(directory)


@alone("charges")
def charge_on_no_bill(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], bill_seq="-")
    made.write(directory)


@alone("bill-lanes")
def double_charge(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], bill_seq=f"{MONTH};003;1")
    made.write(directory)


@alone("bill-lanes")
def lane_gap(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], bill_seq=f"{MONTH};003;9")
    made.write(directory)


@alone("bill-lanes")
def place_on_no_bill(directory: Path) -> None:
    made, held = told()
    made.answer(held["stranger"], "bank-one", held["empty"], bill_seq="the next one")
    made.write(directory)


@alone("charges")
def score_at_the_price_of_a_question(directory: Path) -> None:
    made, held = told()
    price = "fee.crc.personal*house.fee_share_score;1;20;CNY;billable"
    made.answer(held["stranger"], "bank-one", held["empty"], price=price, product="score")
    made.write(directory)
