"""A lender's own address, for tests: a real server on this machine that keeps what it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came, and how to answer: `answers` one after another, then 200."""

    url: str = ""
    allows: str | None = "*"
    rate: str | None = None
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    body: bytes = b""
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    stall: threading.Event | None = None


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for the length of a block."""
    held = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer()

        def do_OPTIONS(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            held.came.append((f"{self.command} {self.path}", {k.lower(): v for k, v in self.headers.items()}, content))
            if held.stall is not None:
                held.stall.wait(20)
            status, headers = held.answers.pop(0) if held.answers else (200, {})
            if self.command == "OPTIONS" and held.allows is not None:
                headers = headers | {"WebHook-Allowed-Origin": held.allows}
                headers |= {"WebHook-Allowed-Rate": held.rate} if held.rate else {}
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status >= 200:
                self.send_header("Content-Length", str(len(held.body)))
            self.end_headers()
            self.wfile.write(held.body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        if held.stall is not None:
            held.stall.set()
        server.shutdown()
        thread.join()
        server.server_close()
