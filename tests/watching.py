"""Real witnesses over HTTP on loopback, some of which may be away, lie or stall."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from openbureau.jobs.context import Bureau
from openbureau.tlog.policy import Quorum
from openbureau.watch.witness import Witness
from openbureau.watch.witness_http import make_server

Said = tuple[int, str, bytes]
"""Status, media type, body."""


class Watching:
    """Some witnesses, served; `addresses` is what the publisher is given, and may be changed between rounds."""

    def __init__(self, home: Path, *, count: int = 4, needed: int = 3) -> None:
        self.witnesses = [
            Witness.create(home / f"witness-{number}", f"w{number}.example/witness", os.urandom)
            for number in range(1, count + 1)
        ]
        self.quorum = Quorum(needed, tuple(tuple(one.keys.values()) for one in self.witnesses))
        self.names = [one.name for one in self.witnesses]
        self.addresses: dict[str, str] = {}
        self._servers: list[ThreadingHTTPServer] = []

    def serve(self, bureau: Bureau) -> None:
        """Let each follow the bureau's log and answer."""
        for one in self.witnesses:
            one.follow(bureau.log_key.render())
            server = make_server(one, host="127.0.0.1", port=0, clock=lambda: bureau.clock().timestamp())
            self.addresses[one.name] = self._run(server)

    def _run(self, server: ThreadingHTTPServer) -> str:
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    def liar(self, say: Callable[[bytes], Said], *, stall: float = 0.0, drip: bool = False) -> str:
        """The address of one that says what it is told to say, at once, after a while, or byte by byte."""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(stall)
                status, media_type, body = say(asked)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for at in range(len(body)) if drip else ():
                    self.wfile.write(body[at : at + 1])
                    time.sleep(0.1)
                if not drip:
                    self.wfile.write(body)

            def do_GET(self) -> None:
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Nothing."""

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        return self._run(server)

    def close(self) -> None:
        """Stop them all."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


@contextmanager
def watching(home: Path, **changes: int) -> Iterator[Watching]:
    """Witnesses for the length of a block."""
    made = Watching(home, **changes)
    try:
        yield made
    finally:
        made.close()
