"""Why is an earlier answer not delivered again?"""

from openbureau.core.outcome import Refusal
from openbureau.core.refusal import RefusalCode
from openbureau.law.rules import Rulebook


def outdated(rulebook: Rulebook, policy_digest: str) -> Refusal:
    """The refusal of an answer that shows something which may not be shown today (Regulation, Art. 16 and Art. 23)."""
    cited = rulebook.cite("crr.negative.retention_years", "crr.accuracy")
    return Refusal(RefusalCode.ANSWER_OUTDATED, (RefusalCode.ANSWER_OUTDATED.value,), cited, policy_digest)
