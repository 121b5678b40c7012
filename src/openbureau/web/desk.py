"""What is a handler given?

One `Desk`: the bureau, bounded threads for its synchronous jobs, pages, sessions, limits and figures.  Promises: at most as
many jobs run at once as the database pool has connections; long loads have threads of their own and never hold up
inquiries.
"""

import asyncio
import ipaddress
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from litestar import Request

from openbureau.jobs.context import Bureau
from openbureau.web.paces import Pacer
from openbureau.web.pages.limits import SignInLimits
from openbureau.web.pages.paper import Paper
from openbureau.web.pages.session import Sessions
from openbureau.web.telemetry import Figures

JOBS_AT_ONCE = 8
"""As many as a pool of the store has connections."""
LOADS_AT_ONCE = 2

Asking = Request[Any, Any, Any]
Told = TypeVar("Told")


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(JOBS_AT_ONCE, thread_name_prefix="job")


def _load_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(LOADS_AT_ONCE, thread_name_prefix="load")


@dataclass(frozen=True)
class Desk:
    """Everything a handler may use."""

    bureau: Bureau
    paper: Paper
    sessions: Sessions
    limits: SignInLimits
    figures: Figures
    pacer: Pacer
    openapi: bytes
    trouble: Callable[[], Exception | None] | None = None
    wake: Callable[[], None] = lambda: None
    """Tells the loader of this process that something waits to be loaded."""
    threads: ThreadPoolExecutor = field(default_factory=_threads)
    load_threads: ThreadPoolExecutor = field(default_factory=_load_threads)

    async def do(self, duty: Callable[..., Told], *words: Any) -> Told:
        """Run a job in one of the bounded threads."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, duty, *words)

    async def load(self, duty: Callable[..., Told], *words: Any) -> Told:
        """Run a long load in a thread of its own kind."""
        return await asyncio.get_running_loop().run_in_executor(self.load_threads, duty, *words)

    def close(self) -> None:
        """Let running jobs end; begin no more."""
        self.threads.shutdown(wait=True)
        self.load_threads.shutdown(wait=True)


def desk_of(request: Asking) -> Desk:
    """The desk of the application that received a request."""
    return cast("Desk", request.app.state.desk)


def is_loopback(host: str) -> bool:
    """Is this installation reached from its own machine only?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
