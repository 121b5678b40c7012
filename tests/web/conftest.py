"""What the tests of the web room share: an application over the shared world."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from openbureau.client import AsyncBureau, Bureau, Token, Trust, read_trust
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.policy import render_policy
from openbureau.web.app import create_app
from openbureau.web.serve import serving
from web.member import key_of
from web.visitor import Client
from world import PEOPLE, World


@pytest.fixture(scope="module")
def service(shared_world: World) -> Iterator[Client]:
    """The running application."""
    sequence(shared_world.bureau)
    with TestClient(create_app(shared_world.bureau), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def client(service: Client) -> Iterator[Client]:
    """The application before a visitor who brings no cookies."""
    service.cookies.clear()
    yield service
    service.cookies.clear()


@pytest.fixture(scope="module")
def url(shared_world: World) -> Iterator[str]:
    """The bureau on loopback; the good payer has consented to bank-alpha."""
    give_consent(
        shared_world.bureau, shared_world.subject_id(PEOPLE["good"]), member_id="bank-alpha", purpose="loan-approval"
    )  # fmt: skip
    with serving(shared_world.bureau) as found:
        yield found


@pytest.fixture(scope="module")
def trust(shared_world: World) -> Trust:
    """What bank-alpha pinned."""
    bureau = shared_world.bureau
    return read_trust(render_policy(bureau.log_key, bureau.act.hash), json.dumps(bureau.act.to_json()))


@pytest.fixture(params=["sync", "async", "sync with a key", "async with a key"])
def call(request: pytest.FixtureRequest, url: str, shared_world: World, trust: Trust) -> Callable[..., Any]:
    """Makes one call of a fresh client, in either colour."""
    words: dict[str, Any] = {
        "who": key_of(shared_world) if "key" in request.param else Token(shared_world.tokens["bank-alpha"]),
        "trust": trust, "now": lambda: shared_world.clock().timestamp(),
    }  # fmt: skip

    def in_sync(name: str, *given: Any, **more: Any) -> Any:
        with Bureau(url, **words) as bureau:
            found = getattr(bureau, name)(*given, **more)
            return list(found) if name == "batch_results" else found

    async def awaited(name: str, *given: Any, **more: Any) -> Any:
        async with AsyncBureau(url, **words) as bureau:
            if name == "batch_results":
                return [line async for line in bureau.batch_results(*given)]
            return await getattr(bureau, name)(*given, **more)

    return in_sync if request.param.startswith("sync") else lambda *given, **more: asyncio.run(awaited(*given, **more))
