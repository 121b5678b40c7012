"""What do the operators see?

Counts and durations for Prometheus in a registry of our own, and log lines built from named fields.  Promises: labels and lines
name routes, methods, statuses, outcomes and kinds of exception, and never a person, an address asked for or a value.
"""

import logging
import re
import time
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
_SHAPES = {
    "event": re.compile(r"[a-z-]{1,30}"),
    "incident": re.compile(r"[0-9a-f]{16}"),
    "kind": re.compile(r"[A-Za-z_.]{1,80}"),
    "route": re.compile(r"[/a-z0-9.{}:_-]{1,120}"),
    "method": re.compile(r"[A-Z]{3,7}|-"),
    "at": re.compile(r"[A-Za-z_0-9]{1,60}\.py:\d{1,6}|-"),
    "logger": re.compile(r"[A-Za-z_.]{1,80}"),
    "level": re.compile(r"[A-Z]{4,8}"),
}
"""What may stand in a line: fields by name, each of a shape into which no value about a person fits.  Everything else is
dropped, so that a careless line says less and never more (decision 0029)."""


def only_named(_logger: object, _method: str, told: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a line that are named and of their shape."""
    return {name: value for name, value in told.items() if name in _SHAPES and _SHAPES[name].fullmatch(str(value))}


_render = structlog.processors.JSONRenderer(sort_keys=True)
_log = structlog.wrap_logger(
    logging.getLogger("openbureau.web"), processors=[only_named, _render], wrapper_class=structlog.stdlib.BoundLogger
)


class Line(logging.Formatter):
    """A line of any library: who said it, how loud and where, never its words; a line of ours as it was built."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        if record.name == "openbureau.web":
            return record.getMessage()
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "-"
        at = f"{Path(record.pathname).name}:{record.lineno}"
        told = {"event": "library", "logger": record.name, "level": record.levelname, "kind": kind, "at": at}
        return str(_render(None, "", dict(only_named(None, "", told))))


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": Line}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
"""How a serving process logs: lines of `Line` to standard error, from all libraries."""


class Figures:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "openbureau_requests", "Requests by route, method and status.", ("route", "method", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "openbureau_request_seconds", "Seconds a request took, by route.", ("route",), buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self._outcomes = Counter("openbureau_inquiries", "Inquiries by outcome.", ("outcome",), registry=self.registry)
        self._faults = Counter("openbureau_faults", "Faults by kind of exception.", ("kind",), registry=self.registry)
        self.log_size = Gauge("openbureau_log_size", "Entries under the last checkpoint.", registry=self.registry)
        self.checkpoint_age = Gauge(
            "openbureau_checkpoint_age_seconds", "Seconds since a checkpoint was last signed.", registry=self.registry
        )

    def request(self, route: str, method: str, status: int, *, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def outcome(self, outcome: str) -> None:
        """Count one inquiry: answered, replayed, or the code of the refusal."""
        self._outcomes.labels(outcome).inc()

    def fault(self, trouble: BaseException, *, incident: str, route: str, method: str) -> None:
        """Count a fault and write its one line: the kind and the place, never the words of the exception."""
        kind = type(trouble).__name__
        self._faults.labels(kind).inc()
        frames = traceback.extract_tb(trouble.__traceback__)
        at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "-"
        _log.error("fault", incident=incident, kind=kind, route=route, method=method, at=at)

    def render(self) -> bytes:
        """Everything in Prometheus' text form."""
        return generate_latest(self.registry)

    def measure(self, app: ASGIApp) -> ASGIApp:
        """Middleware that counts a request and times it; it reads neither headers nor body."""

        async def measured(scope: Scope, receive: Receive, send: Send) -> None:
            began = time.perf_counter()
            status = 500

            async def watched(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, watched)
            finally:
                route = str(scope.get("path_template") or "unmatched")
                method = str(scope.get("method", "-"))
                self.request(route, method, status, seconds=time.perf_counter() - began)

        return measured
