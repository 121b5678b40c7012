"""A member's machine signs in with its key, and asks as a lender does."""

from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbureau.core.sign_in.tokens import ASSERTION_TYPE
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


FORM = st.lists(
    st.tuples(
        st.sampled_from(["grant_type", "client_assertion", "client_assertion_type", "scope", "client_id", "x"]),
        st.sampled_from(["client_credentials", ASSERTION_TYPE, "inquire", "e30.e30.e30", ""]) | st.text(max_size=20),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FORM, st.text(alphabet=st.characters(codec="ascii"), max_size=60))
def test_no_form_and_no_header_is_a_fault(client: Client, form: list[tuple[str, str]], header: str) -> None:
    """Whatever is sent to sign in or instead of a token: never accepted, never a fault."""
    value = "".join(char for char in header if char.isprintable()).strip()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "DPoP": value}
    answer = client.post("/v1/token", content=urlencode(form, errors="replace"), headers=headers)
    assert answer.status_code in {400, 401}
    told = {
        "Authorization": value,
        "Signature": value,
        "Signature-Input": value,
        "DPoP": value,
        "Content-Digest": value,
    }
    assert client.get("/v1/members/me/keys", headers=told).status_code == 401
