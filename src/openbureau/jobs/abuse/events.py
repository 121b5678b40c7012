"""What does the log say of a case about conduct?  A leaf for its opening and for each word: a commitment, no name."""

from datetime import datetime

from openbureau.core.leaf import Event, EventKind
from openbureau.core.pricing import FREE
from openbureau.jobs.context import Bureau
from openbureau.store.abuse import CaseLeaf


def case_leaf(bureau: Bureau, step: str, *, case_id: str, digest: str, actor: str, at: datetime) -> CaseLeaf:
    """The leaf of a step of a case (`opened`, `explained`, `confirmed`, `dismissed`) with the hash of what it rests on."""
    event = Event(
        kind=EventKind.MODEL_RUN,
        at=at,
        actor=actor,
        product=f"abuse-case-{step}",
        regime=bureau.settings.regime,
        basis="duty",
        basis_ref=case_id,
        inputs=bureau.law.digest,
        request=digest,
        price=FREE,
    )
    leaf = bureau.leaf(event)
    return CaseLeaf(leaf.leaf_hash, leaf.entry, EventKind.MODEL_RUN.value, bureau.seal_event(leaf))
