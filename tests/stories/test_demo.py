"""The story of the README, told by the command a stranger types, at the hour at which it is typed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from openbureau.watch.verify import verify

STEPS = (
    "founded", "furnished", "furnished-again", "found-wanting", "refused", "consented", "answered", "charged", "diary",
    "withdrew", "signed-in", "question", "batch", "fishing", "watched", "tariff", "ordered", "logged", "verified", "caught",
)  # fmt: skip


def told_by_demo(*words: str) -> tuple[int, list[dict]]:
    """Exit status and steps of `openbureau demo --once`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("OPENBUREAU_")}
    done = subprocess.run(
        [sys.executable, "-m", "openbureau", "demo", "--once", "--json", *words],
        capture_output=True, text=True, check=False, timeout=300, env=env,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_demo_tells_the_whole_story_and_leaves_an_export(tmp_path):
    """Every step holds, names its file and speaks both languages; the export holds on its own."""
    status, steps = told_by_demo("--export", str(tmp_path / "export"))
    assert [step["step"] for step in steps if not step["ok"]] == []
    assert status == 0
    assert set(STEPS) <= {step["step"] for step in steps}
    sources = Path(__file__).parents[2] / "src" / "openbureau"
    for step in steps:
        assert (sources / step["file"]).exists()
        assert step["told"]["en"]
        assert step["told"]["zh"]
    assert verify(tmp_path / "export").status == "ok"
    ruled = {step["step"] for step in steps if step.get("article")}
    assert {"refused", "consented", "answered", "charged", "diary", "withdrew"} <= ruled
