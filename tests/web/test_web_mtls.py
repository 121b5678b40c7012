"""Client certificates behind a configured proxy, and settings that a live bureau refuses."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from litestar.testing import TestClient

from openbureau.client_sign import token_request
from openbureau.config import Settings, SettingsError, load_settings
from openbureau.tlog.strict import render_base64
from openbureau.web.app import create_app
from web.member import Machine, changed, machine
from web.visitor import Client
from world import World

CERTIFICATE = f":{render_base64(b'a certificate as the proxy saw it ' * 10)}:"
OTHER = f":{render_base64(b'another certificate, of another lender ' * 10)}:"


def behind(world: World, settings: Settings, peer: str) -> Client:
    """The application as a connection from `peer` reaches it."""
    app = create_app(replace(world.bureau, settings=settings))
    inner = app.asgi_handler

    async def from_peer(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "client": (peer, 50000)} if scope["type"] == "http" else scope, receive, send)

    app.asgi_handler = from_peer
    return TestClient(app)


@pytest.fixture
def proxied(shared_world: World) -> Settings:
    """Settings with a proxy."""
    networks = (ip_network("10.1.0.0/24"),)
    return replace(shared_world.bureau.settings, mtls_header="client-cert", mtls_proxies=networks)


def sign_in(lender: Machine, certificate: str | None) -> dict[str, str]:
    """Ask for a token without a proof; with a certificate in the proxy's header."""
    sent = token_request(lender.key, lender.proof_key, issuer=lender.url, now=lender.now)
    headers = {"Content-Type": sent.headers["Content-Type"]} | ({"Client-Cert": certificate} if certificate else {})
    answer = lender.client.post("/v1/token", content=sent.body, headers=headers)
    told: dict[str, str] = answer.json()
    lender.token = told.get("access_token", "")
    return told


def look(lender: Machine, certificate: str | None) -> int:
    """A signed look at one's keys under a certificate."""
    sent = lender.signed("GET", "/v1/members/me/keys", proof_key=None)
    with_it = changed(sent, lambda headers: headers.update({"Client-Cert": certificate} if certificate else {}))
    return lender.send(with_it).status_code


@pytest.fixture
def lender(shared_world: World, proxied: Settings) -> Iterator[Machine]:
    """A machine behind the proxy."""
    with behind(shared_world, proxied, "10.1.0.7") as client:
        yield machine(client, shared_world)


def test_a_certificate_binds_a_token(lender: Machine) -> None:
    """RFC 8705: with the same certificate it is good, with another or none it is nobody's."""
    assert sign_in(lender, CERTIFICATE)["token_type"] == "Bearer"
    assert lender.client.get("/.well-known/oauth-authorization-server").json()[
        "tls_client_certificate_bound_access_tokens"
    ]
    assert [look(lender, one) for one in (CERTIFICATE, OTHER, None)] == [200, 401, 401]


def test_the_header_is_worth_nothing_from_elsewhere(shared_world: World, proxied: Settings, lender: Machine) -> None:
    """Whoever is not the proxy cannot say which certificate it has, not to get a token and not to use one."""
    assert sign_in(lender, CERTIFICATE)["token_type"] == "Bearer"
    with behind(shared_world, proxied, "10.1.1.7") as client:
        stranger = replace(lender, client=client)
        assert look(stranger, CERTIFICATE) == 401
        assert sign_in(stranger, CERTIFICATE)["error"] == "invalid_request"


def test_without_the_setting_the_header_is_ignored(shared_world: World) -> None:
    """Nothing is guessed."""
    with behind(shared_world, shared_world.bureau.settings, "10.1.0.7") as client:
        assert sign_in(machine(client, shared_world), CERTIFICATE)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "value", ["", "x", CERTIFICATE.strip(":"), f"{CERTIFICATE}, {CERTIFICATE}", CERTIFICATE[:-4] + "!!=:"]
)
def test_a_certificate_has_one_form(lender: Machine, value: str) -> None:
    """RFC 9440: one byte sequence, or none at all."""
    assert sign_in(lender, value)["error"] == "invalid_request"


def test_a_proof_binds_before_a_certificate(lender: Machine) -> None:
    """Whoever shows both has a token for the key."""
    sent = token_request(lender.key, lender.proof_key, issuer=lender.url, now=lender.now)
    answer = lender.send(changed(sent, lambda headers: headers.update({"Client-Cert": CERTIFICATE})))
    assert answer.json()["token_type"] == "DPoP"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"OPENBUREAU_MODE": "live", "OPENBUREAU_SANDBOX_TOKENS": "yes"}, "for the sandbox"),
        ({"OPENBUREAU_MODE": "live", "OPENBUREAU_SANDBOX_TOKENS": "no"}, "for the sandbox"),
        ({"OPENBUREAU_SANDBOX_TOKENS": "maybe"}, "yes or no"),
        ({"OPENBUREAU_MODE": "live", "OPENBUREAU_PUBLIC_URL": "http://bureau.example"}, "https"),
        ({"OPENBUREAU_PUBLIC_URL": "https://bureau.example/"}, "no path"),
        ({"OPENBUREAU_MTLS_HEADER": "Client-Cert"}, "both or not"),
        ({"OPENBUREAU_MTLS_PROXIES": "10.0.0.1"}, "both or not"),
        ({"OPENBUREAU_MTLS_HEADER": "Client Cert", "OPENBUREAU_MTLS_PROXIES": "10.0.0.1"}, "name of a header"),
        ({"OPENBUREAU_MTLS_HEADER": "Client-Cert", "OPENBUREAU_MTLS_PROXIES": "a proxy"}, "addresses or networks"),
    ],
)
def test_a_setting_that_would_open_a_live_bureau_is_refused(changes: dict[str, str], why: str) -> None:
    """Each setting says what to write instead."""
    good = {
        "OPENBUREAU_HOME": "/tmp/x",
        "OPENBUREAU_MTLS_HEADER": "Client-Cert",
        "OPENBUREAU_MTLS_PROXIES": "10.0.0.1, fd00::/8",
    }
    assert len(load_settings({"OPENBUREAU_HOME": "/tmp/x"} | good).mtls_proxies) == 2
    with pytest.raises(SettingsError, match=why):
        load_settings({"OPENBUREAU_HOME": "/tmp/x"} | changes)


def test_a_live_bureau_knows_its_address(shared_world: World) -> None:
    """Without one nothing is served: whoever sends a Host header must not choose the issuer."""
    live = replace(shared_world.bureau, settings=replace(shared_world.bureau.settings, mode="live"))
    with pytest.raises(SettingsError, match="OPENBUREAU_PUBLIC_URL"):
        create_app(live)


def test_a_live_bureau_takes_no_sandbox_token(shared_world: World) -> None:
    """A token that is bound to nothing is nobody's, whatever the settings say."""
    settings = replace(shared_world.bureau.settings, mode="live", public_url="https://bureau.example")
    with behind(shared_world, settings, "127.0.0.1") as client:
        token = {"Authorization": f"Bearer {shared_world.tokens['bank-alpha']}"}
        assert client.get("/v1/members/me/keys", headers=token).json()["type"] == "/problems/not-signed-in"
