"""Hand over what is due: CloudEvents to members' own addresses.

An address is asked first whether it wants to hear from us (CloudEvents, Webhooks for Event Delivery, section 4: abuse
protection).  Promises: each attempt is signed anew and carries the same id and bytes; any answer but 2xx is a failed attempt;
410 ends the address; 429 and 503 are left alone for as long as they ask, within our longest pause.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from openbureau.jobs.context import Bureau
from openbureau.jobs.delivery.feed import event_bytes, sign_delivery
from openbureau.jobs.delivery.outbox import Due, Handed, due_now, settle
from openbureau.law.workdays import civil_day
from openbureau.web.outward import AddressRefused, Heard, NotHeard, Outward, checked, speak

AT_ONCE = 8
MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
_GONE = 410
_SLOWER = frozenset({429, 503})


class NotWanted(RuntimeError):
    """The address did not say that it wants to hear from us; `answer` is its status, None where it did not answer."""

    def __init__(self, answer: int | None, trouble: str) -> None:
        super().__init__(trouble)
        self.answer, self.trouble = answer, trouble


def deliver_due(bureau: Bureau, stopped: Callable[[], bool] = lambda: False) -> int:
    """Hand over what is due, until nothing is; how many attempts were made."""
    made = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as threads:
        while not stopped() and (due := due_now(bureau, AT_ONCE)):
            for one, handed in zip(due, threads.map(lambda each: hand_over(bureau, each), due), strict=True):
                settle(bureau, one, handed)
                made += 1
    return made


def hand_over(bureau: Bureau, due: Due) -> Handed:
    """One attempt."""
    try:
        to = checked(due.url, bureau.settings.mode)
        body = event_bytes(bureau, due.event)
        headers = sign_delivery(bureau, due.event.event_id, body, at=bureau.clock()) | {"Content-Type": MEDIA_TYPE}
        heard = speak("POST", to, headers=headers, content=body, seconds=_seconds(bureau))
    except AddressRefused as trouble:
        return Handed(is_taken=False, trouble=trouble.code)
    except NotHeard as trouble:
        return Handed(is_taken=False, trouble=str(trouble))
    if 200 <= heard.status < 300:
        return Handed(is_taken=True, answer=heard.status)
    return Handed(
        is_taken=False,
        answer=heard.status,
        trouble="redirect" if 300 <= heard.status < 400 else "not-taken",
        is_gone=heard.status == _GONE,
        wait_seconds=_wait(heard) if heard.status in _SLOWER else 0,
    )


def _wait(heard: Heard) -> int:
    text = heard.headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _seconds(bureau: Bureau) -> float:
    return float(bureau.rulebook(civil_day(bureau.clock())).typed.webhook_answer_seconds.number)


def ask_leave(bureau: Bureau, url: str) -> int | None:
    """Ask an address whether it wants to hear from us; how many events a minute it takes, None for any number.

    `AddressRefused` where we do not speak to it, `NotWanted` where it does not say yes.
    """
    to: Outward = checked(url, bureau.settings.mode)
    origin = bureau.act.origin
    try:
        heard = speak("OPTIONS", to, headers={"WebHook-Request-Origin": origin}, seconds=_seconds(bureau))
    except NotHeard as trouble:
        raise NotWanted(None, str(trouble)) from None
    allowed = [one.strip() for one in heard.headers.get("webhook-allowed-origin", "").split(",")]
    if not 200 <= heard.status < 300 or not {"*", origin} & set(allowed):
        raise NotWanted(heard.status, "not-allowed")
    rate = heard.headers.get("webhook-allowed-rate", "*").strip()
    return int(rate) if rate.isascii() and rate.isdigit() and 0 < int(rate) < 1_000_000 else None
