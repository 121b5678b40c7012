"""The batch duty from a terminal."""

import json

import pytest

from openbureau import cli


def test_detect_runs_from_the_terminal(world, monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`openbureau identity detect --json` looks at everybody and says how many cases it opened, and nothing of anybody."""
    settings = world.bureau.settings
    monkeypatch.setenv("OPENBUREAU_HOME", str(settings.home))
    monkeypatch.setenv("OPENBUREAU_DATABASE_URL", world.url)
    status = cli.app(["identity", "detect", "--json"], result_action="return_value", exit_on_error=False)
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert told["mixed"]["cases"] == told["split"]["cases"] == 0
    assert told["mixed"]["subjects"] == told["split"]["subjects"] == 7
