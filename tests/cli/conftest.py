"""What the tests of commands share: a command typed against the shared world."""

import json
from typing import Any

import pytest

from openbureau.cli import app
from world import World


@pytest.fixture
def typed(shared_world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command against the shared world; its status and what it printed as JSON."""
    monkeypatch.setenv("OPENBUREAU_HOME", str(shared_world.bureau.settings.home))
    monkeypatch.setenv("OPENBUREAU_DATABASE_URL", shared_world.url)

    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        status = app([*words, "--json"], result_action="return_value", exit_on_error=False)
        out = capsys.readouterr().out
        return status, json.loads(out) if out.strip() else None

    return run
