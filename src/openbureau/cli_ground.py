"""What do the commands of all files stand on?  An open bureau, and how to speak; `cli.py` makes it and hands it down."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

NO, USAGE = 1, 2
"""Exit statuses: a no, and a command that was given wrongly."""
Json = Annotated[bool, Parameter(name="--json", negative="")]
Language = Annotated[str, Parameter(name="--lang")]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a command stands on."""

    bureau: Callable[[], AbstractContextManager[Any]]
    emit: Callable[[Any, bool, Callable[[], str]], None]
    short: Callable[[str], str]
    needs: Callable[[], None]


@contextmanager
def signing(bureau: Any) -> Iterator[None]:
    """A block in which a command signs the log: witnesses are asked before, and cosign after; a sandbox runs its own."""
    from openbureau.demo.witnesses import sandbox_witnesses
    from openbureau.web.witnesses import signing as signed

    with sandbox_witnesses(bureau) as addresses, signed(bureau, addresses):
        yield
