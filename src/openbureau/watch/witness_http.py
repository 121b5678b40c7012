"""Serve a witness to logs that ask for its signature (C2SP tlog-witness).

`POST /add-checkpoint`; `GET /<hex SHA-256 of the origin>/checkpoint`; `GET /keys` for whoever sets up a policy.  Standard
library only, so that the base install is enough: few callers, small bodies, one request at a time a connection.
"""

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from openbureau.tlog.witness import LARGEST_REQUEST, Standing
from openbureau.watch.witness import Witness

STATUS = {
    Standing.TAKEN: 200, Standing.MALFORMED: 400, Standing.NOT_SIGNED: 403, Standing.UNKNOWN_LOG: 404,
    Standing.OTHER_SIZE: 409, Standing.OTHER_ROOT: 409, Standing.NOT_CONSISTENT: 422,
}  # fmt: skip
SECONDS = 20
"""A caller that says nothing for so long is sent away."""


def make_server(
    witness: Witness, *, host: str, port: int, clock: Callable[[], float] = time.time
) -> ThreadingHTTPServer:
    """A server that is bound and not yet running; call `serve_forever`."""

    class Handler(_Handler):
        pass

    Handler.witness, Handler.clock = witness, staticmethod(clock)
    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    witness: Witness
    clock: Callable[[], float]
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "openbureau-witness", ""
    timeout = SECONDS

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._answer(404, "no such address; POST /add-checkpoint\n")
        elif not (length.isascii() and length.isdigit() and int(length) <= LARGEST_REQUEST):
            self.close_connection = True
            self._answer(413 if length else 411, "a body with its length, of at most 1 MiB, is needed\n")
        else:
            self._add(self.rfile.read(int(length)))

    def _add(self, body: bytes) -> None:
        answer = self.witness.add(body, at=int(type(self).clock()))
        standing, seen = answer.considered.standing, answer.considered.seen
        if standing is Standing.TAKEN:
            self._answer(200, answer.lines)
        elif seen is not None:
            self._answer(STATUS[standing], f"{seen}\n", media_type="text/x.tlog.size")
        else:
            self._answer(STATUS[standing], f"{standing.value}\n")

    def do_GET(self) -> None:
        place = self.path.removeprefix("/").removesuffix("/checkpoint")
        if self.path == "/keys":
            self._answer(200, "".join(f"{key.render()}\n" for key in self.witness.keys.values()))
            return
        note = self.witness.checkpoint(place) if self.path.endswith("/checkpoint") else None
        if note is None:
            self._answer(404, "no head is kept here\n")
        else:
            self._answer(200, note.decode())

    def _answer(self, status: int, text: str, *, media_type: str = "text/plain; charset=utf-8") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the standard library's)
        """Nothing: who asked for a signature is nobody's business, and heads are kept."""
