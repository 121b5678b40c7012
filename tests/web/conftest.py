"""What the tests of the web room share: an application over the shared world."""

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from openbureau.jobs.log.sequence import sequence
from openbureau.web.app import create_app
from web.visitor import Client
from world import World


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
