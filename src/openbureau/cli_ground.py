"""What do the commands of all files stand on?  An open bureau, and how to speak; `cli.py` makes it and hands it down."""

from collections.abc import Callable
from contextlib import AbstractContextManager
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
