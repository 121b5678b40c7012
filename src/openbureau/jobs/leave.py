"""Ask the policies before an act that is no inquiry, and keep for its event what permitted it.

A refusal ends the act before anything is read or written; whoever stands at the door tells it with its articles.
"""

from openbureau.core.decision.entitlement import may_of_person
from openbureau.core.outcome import Leave, Refusal
from openbureau.jobs.context import Bureau
from openbureau.law.workdays import civil_day


class NotPermitted(PermissionError):
    """The policies do not permit this act; `refusal` says which of them forbid, with their articles."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"not permitted: {', '.join(refusal.rule_ids)}")
        self.refusal = refusal


def granted(found: Leave | Refusal) -> str:
    """The `policy` of the event of an act that may be done; `NotPermitted` where it may not."""
    if isinstance(found, Refusal):
        raise NotPermitted(found)
    return found.policy


def leave_of_person(bureau: Bureau, action: str) -> str:
    """The same for what signed-in people do with their own file and consents."""
    rulebook = bureau.rulebook(civil_day(bureau.clock()))
    return granted(may_of_person(bureau.policies, rulebook, action, is_own=True))
