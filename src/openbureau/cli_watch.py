"""What can anyone run who watches: a witness of their own, and a comparison of the heads that others were shown.

Registered by `cli.py`; the base install is enough.
"""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from openbureau.cli_ground import Ground, Json, Language


def register(watch_app: App, ground: Ground) -> None:
    """Add the commands of this file."""

    @watch_app.command
    def witness(home: Path, *, name: str = "", log: Annotated[list[str] | None, Parameter(negative="")] = None,
                host: str = "127.0.0.1", port: int = 8421, once: Annotated[bool, Parameter(negative="")] = False,
                is_json: Json = False) -> int:  # fmt: skip
        """Be a witness: sign every head of a log that continues the one before.  No server, no database.

        HOME keeps keys and heads; the first call makes it, with `--name` (a name of yours, such as witness.example/w1).
        `--log` adds the key of a log to follow (its `log.vkey`).  `--once` only shows the keys and ends.
        """
        from openbureau.watch.witness import Witness
        from openbureau.watch.witness_http import make_server

        held = Witness.create(home, name, os.urandom) if name and not (home / "name").exists() else Witness(home)
        followed = [held.follow(vkey).name for vkey in log or ()]
        keys = [key.render() for key in held.keys.values()]
        told = {"name": held.name, "keys": keys, "followed": followed}
        if once:
            ground.emit(told, is_json, lambda: "\n".join(keys))
            return 0
        with make_server(held, host=host, port=port) as server:
            place = f"http://{host}:{server.server_address[1]}"
            ground.emit(told | {"address": place}, is_json, lambda: "\n".join((*keys, place)))
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                return 0
        return 0

    @watch_app.command
    def heads(places: list[str], *, policy: Path, is_json: Json = False, lang: Language = "") -> int:
        """Compare the heads of one log that several places show: its own server, witnesses, copies, files.

        A place is a file, or an address: of a bureau, or of a witness.  They must lie on one tree; two heads that do not are
        the evidence of a split view.  The tiles that join them are read from the first bureau among the places.
        """
        from openbureau.watch.heads import compare
        from openbureau.watch.verdict import render, to_json

        verdict = compare(places, policy.read_text("utf-8"))
        ground.emit(to_json(verdict), is_json, lambda: render(verdict, ground.short(lang)))
        return verdict.exit_code
