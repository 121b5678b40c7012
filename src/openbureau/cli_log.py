"""What can the operator do to the log by hand?

Registered by `cli.py`.  A running bureau makes the hour's index by itself.
"""

from cyclopts import App

from openbureau.cli_ground import Ground, Json, signing

TROUBLES: frozenset[str] = frozenset()


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    log_app = App(name="log", help="The transparency log.")
    app.command(log_app)

    @log_app.command
    def index(*, is_json: Json = False) -> int:
        """Make an index of where every person's chain ends, now; the hour's index is made by a running bureau."""
        with ground.bureau() as bureau:
            from openbureau.jobs.log.index import make_index

            with signing(bureau):
                made = make_index(bureau)
        told = {"index": made.to_json() if made else None}
        ground.emit(
            told,
            is_json,
            lambda: f"{made.said.labels} labels, entry {made.leaf}" if made else "nothing new since the last index",
        )
        return 0
