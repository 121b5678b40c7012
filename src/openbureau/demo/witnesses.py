"""A sandbox's own witnesses: they show how cosigning works, and prove nothing about who watches.

Four, in a folder of their own beside the bureau's keys, served on loopback by whatever process of the sandbox signs.  Promises:
their names say `sandbox-`, which no act of a live installation may name; none of their keys lies among the bureau's.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from openbureau.config import SANDBOX
from openbureau.jobs.context import Bureau
from openbureau.tlog.policy import Quorum
from openbureau.watch.witness import Witness
from openbureau.watch.witness_http import make_server

FOLDER = "sandbox-witnesses"
COUNT, NEEDED = 4, 3
"""Three of four: one may be away, and two would have to cheat."""


def make_witnesses(home: Path, origin: str) -> Quorum:
    """The witnesses of a sandbox that is to be founded; made once, then the same."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for number in range(1, COUNT + 1):
        folder = home / FOLDER / str(number)
        is_there = (folder / "name").exists()
        one = Witness(folder) if is_there else Witness.create(folder, f"sandbox-witness-{number}.{origin}", os.urandom)
        made.append(tuple(one.keys.values()))
    return Quorum(NEEDED, tuple(made))


@contextmanager
def sandbox_witnesses(bureau: Bureau) -> Iterator[Mapping[str, str] | None]:
    """Serve a sandbox's own witnesses for the length of a block; their addresses, None where it has none of its own."""
    folders = sorted((bureau.settings.home / FOLDER).glob("*/name"))
    if bureau.settings.mode != SANDBOX or bureau.act.quorum is None or not folders:
        yield None
        return
    with ExitStack() as stack:
        addresses = {}
        for folder in folders:
            witness = Witness(folder.parent)
            witness.follow(bureau.log_key.render())
            server = stack.enter_context(
                make_server(witness, host="127.0.0.1", port=0, clock=lambda: bureau.clock().timestamp())
            )
            threading.Thread(target=server.serve_forever, args=(0.05,), name=witness.name, daemon=True).start()
            stack.callback(server.shutdown)
            addresses[witness.name] = f"http://127.0.0.1:{server.server_address[1]}"
        yield addresses
