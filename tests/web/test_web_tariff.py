"""Can anybody read what things cost, on any day?"""

import re

import pytest

from openbureau.core.pricing import PRODUCT_NAMES
from openbureau.web.pages.language import LANGUAGES
from web.visitor import PAGE, Client


def test_the_tariff_is_public_data(client: Client) -> None:
    """Every product for every kind of subject and class, with rules that are all told with their citations."""
    told = client.get("/v1/tariff?on=2026-11-24").json()
    assert len(told["prices"]) == len(PRODUCT_NAMES) * 4
    assert {"product": "score", "subject": "enterprise", "institutions": "reduced", "amount_fen": 225,
            "rules": ["fee.crc.enterprise.concession", "house.fee_share_score"]} in told["prices"]  # fmt: skip
    named = {rule for price in told["prices"] for rule in price["rules"]}
    assert named <= {rule["id"] for rule in told["rules"]}
    assert {"house.no_hit_free", "house.replay_free", "house.refusal_free", "house.late_answer_seconds",
            "house.wrong_answer_free"} <= {rule["id"] for rule in told["free"]}  # fmt: skip
    assert told["tiers"][0] == {"above": 0, "percent": 100}
    assert {kind["kind"] for kind in told["reduced_for"]} == {"12", "22", "24", "51", "53"}


def test_the_tariff_of_another_day(client: Client) -> None:
    """Dated: before the first whole tariff there is none, and the answer says so; a day that is none is told."""
    assert client.get("/v1/tariff?on=2025-07-01").status_code == 200
    assert client.get("/v1/tariff?on=2025-06-30").json()["type"] == "/problems/no-rule"
    assert client.get("/v1/tariff?on=yesterday").status_code == 422
    assert client.get("/tariff?on=2025-06-30", headers=PAGE).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tariff_is_a_page(client: Client, language: str) -> None:
    """Each product with four prices, the tiers, what is free and where it comes from, in both languages."""
    text = client.get(f"/tariff?lang={language}", headers=PAGE).text
    for names in PRODUCT_NAMES.values():
        assert f'<th scope="row">{names[0 if language == "zh-CN" else 1]}</th>' in text
    assert "¥4.50" in text
    assert "90%" in text
    assert ("本系统自定规则，不是法律" if language == "zh-CN" else "our own house rule, not law") in text
    assert len(re.findall(r'<figure class="article">', text)) == 10
