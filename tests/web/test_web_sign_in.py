"""A member's machine signs in with its key, and asks as a lender does."""

from web.member import machine
from web.visitor import Client
from world import PEOPLE, World


def test_a_machine_signs_in_and_asks(client: Client, shared_world: World) -> None:
    """Token, proof, signature; the answer is signed for this very request."""
    lender = machine(client, shared_world)
    told = lender.sign_in().json()
    assert (told["token_type"], told["expires_in"]) == ("DPoP", 300)
    assert told["scope"] == "collect furnish inquire manage"
    answer = lender.checked(lender.inquiry(PEOPLE["thin"]))
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "/problems/no-consent"
    assert lender.checked(lender.signed("GET", "/v1/members/me/charges?month=2026-11")).status_code == 200
    assert lender.checked(lender.signed("GET", "/v1/members/me/charges?month=x")).status_code == 422
