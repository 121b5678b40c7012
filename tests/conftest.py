"""What every test may use: the data folder, a running PostgreSQL, a founded world."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from openbureau.store.database import create_database
from openbureau.store.launcher import Launcher
from world import World, make_world

STRICT = os.environ.get("OPENBUREAU_STRICT") == "1"
_numbers = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """No test may read or write the installation of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("OPENBUREAU_") and name not in {"OPENBUREAU_STRICT", "OPENBUREAU_DATA", "OPENBUREAU_REGOLD"}:
            del os.environ[name]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """With OPENBUREAU_STRICT=1 a test that cannot run has failed."""
    outcome = yield
    report = outcome.get_result()
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"not run, and OPENBUREAU_STRICT=1 allows no skips: {report.longrepr}"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data sets; a skip with a message where it is absent."""
    root = Path(os.environ.get("OPENBUREAU_DATA", Path(__file__).parents[2] / "shared")) / "data"
    if not root.is_dir():
        pytest.skip(f"the real data sets are not at {root}; set OPENBUREAU_DATA to the folder that holds data/")
    return root


@pytest.fixture(scope="session")
def vectors_dir() -> Path:
    """The folder of public test vectors; a skip with a message where it is absent."""
    root = Path(os.environ.get("OPENBUREAU_DATA", Path(__file__).parents[2] / "shared")) / "vectors"
    if not root.is_dir():
        pytest.skip(f"the public vectors are not at {root}; set OPENBUREAU_DATA to the folder that holds vectors/")
    return root


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """An embedded PostgreSQL for the whole run of one test process."""
    directory = tmp_path_factory.mktemp("pg")
    for parent in (directory, *directory.parents):
        if parent == Path("/tmp") or parent.stat().st_uid != os.geteuid():
            break
        parent.chmod(0o755)
    launcher = Launcher(directory / "database", tell=lambda _: None)
    launcher.start()
    yield launcher
    launcher.stop()


@pytest.fixture
def new_database(server: Launcher) -> Callable[[], str]:
    """Makes an empty database; its administrator's connection string."""

    def make() -> str:
        return create_database(server.url(), f"test_{os.getpid()}_{next(_numbers)}")

    return make


@pytest.fixture
def new_world(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes worlds that are closed at the end of the test."""
    made: list[World] = []

    def make(**changes: Any) -> World:
        world = make_world(tmp_path / f"home-{len(made)}", new_database(), **changes)
        made.append(world)
        return world

    yield make
    for world in made:
        world.bureau.store.close()
        with psycopg.connect(world.url, autocommit=True) as _:
            pass
        shutil.rmtree(world.bureau.settings.home, ignore_errors=True)


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    """A fresh world: use it where a test counts or breaks things."""
    return new_world()


@pytest.fixture(scope="module")
def shared_world(server: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for a file of tests that only add to it."""
    url = create_database(server.url(), f"test_{os.getpid()}_{next(_numbers)}")
    world = make_world(tmp_path_factory.mktemp("home"), url)
    yield world
    world.bureau.store.close()


@pytest.fixture
def bureau(shared_world: World) -> Any:
    """The bureau of the shared world."""
    return shared_world.bureau
