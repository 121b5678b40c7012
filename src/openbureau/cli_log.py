"""What can the operator do to the log by hand?

Registered by `cli.py`.  A running bureau makes the hour's index by itself.
"""

from pathlib import Path

from cyclopts import App

from openbureau.cli_ground import NO, Ground, Json, signing

TROUBLES = frozenset({"RestoreRefused"})


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    log_app = App(name="log", help="The transparency log.")
    app.command(log_app)

    @log_app.command
    def status(*, is_json: Json = False) -> int:
        """Show the published head and how each witness stands; 1 where a quorum is missing."""
        with ground.bureau() as bureau:
            from openbureau.jobs.log.prove import witnesses

            told = witnesses(bureau)
        rows = [f"{one['name']}  {one['standing']}  {one['size']}" for one in told["witnesses"]]
        ground.emit(told, is_json, lambda: "\n".join(rows) or "this log has no witnesses")
        return 0 if told["is_well"] else NO

    @log_app.command
    def restore(directory: Path, *, is_json: Json = False) -> int:
        """Get entries back from a copy of the log (an export), after the database was restored from an older backup.

        Stop serving first.  Nothing is signed: the copy must lead to a head that was signed before.
        """
        with ground.bureau() as bureau:
            from openbureau.jobs.log.restore import restore_log

            told = restore_log(bureau, directory).to_json()
        ground.emit(
            told, is_json, lambda: f"entries {told['held']} to {told['size']} are back; what else they held is lost"
        )
        return 0

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
