"""Does the watcher know every price of the tariff, and no other?"""

from pathlib import Path

import pytest

from openbureau.core.pricing import SHARES, charge
from openbureau.watch.verify import verify
from watch.made_log import LATER, LAW, START, MadeLog, story

RULEBOOK = LAW.on(START.date())


def check(directory: Path, price: str) -> bool | None:
    """What the watcher says of the prices where a bank's answer about the stranger cost this."""
    made = MadeLog()
    held = story(made)
    made.answer(held["stranger"], "bank-one", held["empty"], price=price)
    made.write(directory)
    return {found.name: found.ok for found in verify(directory, now=LATER).checks}["charges"]


@pytest.mark.parametrize("product", ["report", *sorted(SHARES)])
@pytest.mark.parametrize("kind", ["person", "enterprise"])
def test_prices_of_the_tariff_are_known(tmp_path: Path, product: str, kind: str) -> None:
    """What the tariff makes of a product passes; a late answer is free."""
    for number, seconds in enumerate((0, 60)):
        made = charge(
            "11", product=product, subject_kind=kind, last_charged={}, is_no_hit=False, rulebook=RULEBOOK,
            seconds_taken=seconds,
        )  # fmt: skip
        assert check(tmp_path / str(number), made.render()) is True


def test_a_replay_is_known(tmp_path: Path) -> None:
    """The price of what is told again."""
    assert check(tmp_path, f"{RULEBOOK.typed.replay_free.id};1;0;CNY;free") is True


@pytest.mark.parametrize(
    "price",
    [
        "fee.crc.personal*house.fee_share_score;1;20;CNY;billable",
        "fee.crc.personal*house.fee_share_score;1;0;CNY;free",
        "fee.crc.personal.concession*house.fee_share_score;1;25;CNY;billable",
        "fee.crc.personal*house.no_hit_free;1;50;CNY;billable",
        "fee.crc.personal*;1;100;CNY;billable",
        "house.fee_share_score;1;50;CNY;billable",
        "house.late_answer_seconds;1;5;CNY;billable",
        "house.wrong_answer_free;1;0;CNY;free",
    ],
)
def test_other_prices_are_not(tmp_path: Path, price: str) -> None:
    """Another share, another class, a share of nothing, a fee of nobody."""
    assert check(tmp_path, price) is False
