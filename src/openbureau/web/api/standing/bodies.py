"""What may the wish to watch a file say?"""

from typing import Annotated

import msgspec

from openbureau.core.monitor.triggers import TRIGGERS
from openbureau.core.subject import ID_KINDS
from openbureau.web.api.bodies import Rule, SubjectBody, body_trouble, one_of, printable, text_of


class MonitorBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which changes a lender wants to be told, and its own name for the case; never a person's name."""

    subject: SubjectBody
    reference: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}$")]
    purpose: Annotated[str, msgspec.Meta(max_length=40)] = "post-loan"
    triggers: tuple[Annotated[str, msgspec.Meta(max_length=40)], ...] = tuple(TRIGGERS)
    actor_user: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}$")] = "-"


_monitor = msgspec.json.Decoder(MonitorBody).decode
_TRIGGERS: Rule = (
    lambda value: (
        isinstance(value, list)
        and 0 < len(value) == len({str(one) for one in value})
        and set(map(str, value)) <= set(TRIGGERS)
    ),
    {"en": "must be a list of triggers, each once", "zh": "须为触发条件的列表，每项一次"},
    {"en": f"Leave it out, or send some of: {', '.join(TRIGGERS)}.", "zh": f"请省略，或使用：{'、'.join(TRIGGERS)}。"},
)
_MONITOR: dict[str, tuple[bool, Rule]] = {
    "/subject/id_kind": (True, one_of(ID_KINDS)),
    "/subject/id_number": (True, text_of(64)),
    "/subject/name": (True, text_of(120)),
    "/reference": (True, printable(64)),
    "/purpose": (False, one_of(("post-loan",))),
    "/triggers": (False, _TRIGGERS),
    "/actor_user": (False, printable(64)),
}


def read_monitor(body: bytes) -> MonitorBody:
    """The wish to watch a file from its bytes; `Trouble` lists every field that does not fit."""
    try:
        found = _monitor(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise body_trouble(body, _MONITOR) from None
    if found.purpose != "post-loan" or not _TRIGGERS[0](list(found.triggers)):
        raise body_trouble(body, _MONITOR)
    return found
