"""What do the operators see?

Counts and durations for Prometheus in a registry of our own, and one log line for each fault.  Promises: labels and lines
name routes, methods, statuses, outcomes and kinds of exception, and never a person, an address asked for or a value.
"""

import logging
import time
import traceback
from pathlib import Path

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
_NAMED = frozenset({"event", "incident", "kind", "route", "method", "at"})

_log = structlog.wrap_logger(
    logging.getLogger("openbureau.web"),
    processors=[
        lambda _logger, _method, told: {name: value for name, value in told.items() if name in _NAMED},
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
)


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
