"""How is the bureau served?  One process: the pages and the API under uvicorn, the log's sequencer and the
loader of files in threads beside."""

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import uvicorn

from openbureau.jobs.abuse.watch import WATCH_SECONDS, watch_conduct
from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.billing.due import CLOSE_SECONDS, close_due
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.loader import Loader
from openbureau.jobs.log.index import index_hourly
from openbureau.jobs.log.sequence import Ticker
from openbureau.jobs.member.forget import forget_sign_ins
from openbureau.jobs.monitor.evaluate import Sweeper, evaluate
from openbureau.jobs.rounds import Rounds
from openbureau.web.app import create_app
from openbureau.web.deliver import deliver_due
from openbureau.web.telemetry import LOGGING, Figures
from openbureau.web.witnesses import ROUND_SECONDS, publishing

FORGET_SECONDS = 30
INDEX_SECONDS = 20
"""How often is looked whether this hour has its index."""
BATCH_WORKERS = 2
"""Threads that work lines of batches beside the requests of this process."""


class Says(Protocol):
    """Takes a sentence in both languages."""

    def say(self, english: str, chinese: str) -> None:
        """Say it."""
        ...


def serve(
    bureau: Bureau,
    *,
    host: str,
    port: int,
    ready: socket.socket | None = None,
    witnesses: Mapping[str, str] | None = None,
) -> None:
    """Serve until stopped.  What was received and not loaded yet is loaded beside, and what waits is sequenced and cosigned.

    `witnesses` are their addresses by name, where they do not stand in the operator's file.
    """
    figures = Figures()

    def tell(trouble: Exception, duty: str = "loader") -> None:
        figures.fault(trouble, incident=secrets.token_hex(8), route=duty, method="-")

    with (
        Ticker(bureau) as ticker,
        Loader(bureau, tell=tell) as loader,
        standing_duties(bureau, tell),
        publishing(bureau, witnesses) as publisher,
        Rounds(
            "witnesses", lambda _stopped: publisher.publish(is_alone=True), seconds=ROUND_SECONDS,
            tell=lambda trouble: tell(trouble, "witnesses"),
        ),
    ):  # fmt: skip
        app = create_app(bureau, trouble=lambda: ticker.trouble, wake=loader.wake, figures=figures)
        config = uvicorn.Config(
            app, host=host, port=port, log_config=LOGGING, log_level="warning", access_log=False, server_header=False,
            proxy_headers=False,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[ready] if ready else None)


@contextmanager
def serving(bureau: Bureau) -> Iterator[str]:
    """Serve pages and API on a free port of loopback for the length of a block, with no duty beside; the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(create_app(bureau), log_level="error", access_log=False, server_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@contextmanager
def standing_duties(bureau: Bureau, tell: Callable[[Exception, str], None]) -> Iterator[None]:
    """Worked beside: lines of batches, deliveries to lenders' addresses, the hourly index, the watch over how members ask,
    forgetting what of sign-ins is over, and closing the bills of months that are over."""

    def batches(stopped: Callable[[], bool]) -> None:
        work_batches(bureau, workers=BATCH_WORKERS, stopped=stopped, tell=lambda trouble: tell(trouble, "batch"))

    def deliveries(stopped: Callable[[], bool]) -> None:
        deliver_due(bureau, stopped)

    def conduct(_stopped: Callable[[], bool]) -> None:
        watch_conduct(bureau)

    sweeper = Sweeper()

    def monitors(stopped: Callable[[], bool]) -> None:
        evaluate(bureau, sweeper=sweeper, stopped=stopped, tell=lambda trouble: tell(trouble, "monitor"))

    def sign_ins(_stopped: Callable[[], bool]) -> None:
        forget_sign_ins(bureau)

    def indexes(_stopped: Callable[[], bool]) -> None:
        index_hourly(bureau)

    def bills(stopped: Callable[[], bool]) -> None:
        close_due(bureau, stopped)

    with (
        Rounds("indexes", indexes, seconds=INDEX_SECONDS, tell=lambda trouble: tell(trouble, "index")),
        Rounds("monitors", monitors, tell=lambda trouble: tell(trouble, "monitor")),
        Rounds("batches", batches, tell=lambda trouble: tell(trouble, "batch")),
        Rounds("deliveries", deliveries, tell=lambda trouble: tell(trouble, "delivery")),
        Rounds("sign-ins", sign_ins, seconds=FORGET_SECONDS, tell=lambda trouble: tell(trouble, "sign-in")),
        Rounds("bills", bills, seconds=CLOSE_SECONDS, tell=lambda trouble: tell(trouble, "bills")),
        Rounds("conduct", conduct, seconds=WATCH_SECONDS, tell=lambda trouble: tell(trouble, "conduct")),
    ):
        yield


def serve_on_free_port(bureau: Bureau, says: Says, witnesses: Mapping[str, str] | None = None) -> None:
    """Serve on the port that is set, or another where that one is taken, and say where; `witnesses` as `serve` takes them."""
    with _listening(bureau.settings.host, bureau.settings.port) as ready:
        host, port = ready.getsockname()[:2]
        says.say(
            f"\nPages and API: http://{host}:{port}/   (Chinese: http://{host}:{port}/?lang=zh-CN)\n"
            f"API description: http://{host}:{port}/schema/openapi.json\nStop with Ctrl-C.",
            f"\n页面与接口：http://{host}:{port}/?lang=zh-CN\n"
            f"接口说明：http://{host}:{port}/schema/openapi.json\n按 Ctrl-C 结束。",
        )
        serve(bureau, host=host, port=port, ready=ready, witnesses=witnesses)


def _listening(host: str, port: int) -> socket.socket:
    for wanted in (port, 0):
        found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, wanted))
        except OSError:
            found.close()
            if wanted == 0:
                raise
            continue
        return found
    raise AssertionError("no port")
