"""The commands about what furnishers sent, as they are typed."""

import json
from pathlib import Path
from typing import Any

from openbureau.store.database import create_database
from world import World, jsonl, months


def test_state_is_printed_and_a_rebuild_reaches_it(typed: Any, server: Any) -> None:
    """The hash of the installation is the hash of its rebuild; and not over something."""
    status, told = typed("state")
    assert status == 0
    into = create_database(server.url(), "typed_rebuild")
    status, made = typed("rebuild", "--into", into)
    assert (status, made["is_same"]) == (0, True)
    assert made["rebuilt"]["state"] == told["state"]


def test_a_record_is_proved_to_a_file_and_watched(typed: Any, shared_world: World, tmp_path: Path) -> None:
    """prove-record, then watch record: ok; the same file with one letter changed: broken."""
    from openbureau.jobs.furnishing.load import furnish

    shared_world.clock.forward(seconds=1)
    _, made = furnish(shared_world.bureau, "bank-alpha", jsonl(months("P0001-1", "NN", first="2026-09")))
    assert made is not None
    file = tmp_path / "proof.json"
    assert typed("prove-record", made.receipt_id, "2", "--to", str(file))[0] == 0
    assert typed("watch", "record", str(file)) == (0, typed("watch", "record", str(file))[1])
    told = json.loads(file.read_text("utf-8"))
    told["pieces"][0]["salt"] = told["pieces"][0]["salt"][::-1]
    file.write_text(json.dumps(told), encoding="utf-8")
    assert typed("watch", "record", str(file))[0] == 1


def test_a_rule_is_tried_and_run(typed: Any, tmp_path: Path) -> None:
    """A dry run, the run, and the figures of the month afterwards."""
    rule = {
        "member": "bank-alpha", "target": "month", "field": "paid_fen", "from": "400000", "to": "400001",
        "where": {"month": "2025-02"}, "reason": "system", "decided_on": "2026-11-23",
    }  # fmt: skip
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(rule), encoding="utf-8")
    status, dry = typed("correct", "--rule", str(file), "--dry-run")
    assert (status, dry["is_dry"]) == (0, True)
    status, told = typed("correct", "--rule", str(file))
    assert (status, told["records"]) == (0, dry["records"])
    assert told["records"] > 0
    status, figures = typed("quality", "--member", "micro-gamma", "--month", "2026-11")
    assert (status, figures[0]["member"]["id"]) == (0, "micro-gamma")
    assert typed("quality", "--month", "2026-11")[1][-1]["score"] is None
    assert typed("quality", "--member", "nobody", "--month", "2026-11")[0] == 2


def test_files_are_made_and_checked(typed: Any, tmp_path: Path) -> None:
    """make-files plants, check finds."""
    words = ("make-files", str(tmp_path), "--people", "40", "--until", "2026-11-24", "--defect", "no-limit:1")
    status, made = typed(*words)
    assert status == 0
    status, told = typed("check", str(tmp_path / made["files"][0]), "--on", "2026-11-24")
    assert (status, told["findings"]) == (1, len(made["planted"]))
