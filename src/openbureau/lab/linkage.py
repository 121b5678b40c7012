"""Whose records may belong together, although no identity number says so?

Finds pairs of records that are probably of one person, with how probable it is and why, field by field.

Promises: it only proposes, nothing is ever merged here; a proposal holds keys and codes, never a name or a number; the
same records and seed give the same proposals, in whatever order they come; nothing is written to a disk.

Not done here: deciding where a strong identity number agrees (published rules, in the core), and the desk.
"""

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openbureau.lab.linkage_run import Limits, Scored, score

KEEP = 1e-4
"""Pairs less probable than this are forgotten; those above are evidence against a group where they are below one half."""
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Costs:
    """What errors cost, in any one unit: something wrongly put together, and something wrongly kept apart."""

    wrong: float
    missed: float

    @property
    def threshold(self) -> float:
        """The probability above which putting together costs less than keeping apart."""
        return self.wrong / (self.wrong + self.missed)


COSTS = {
    "desk": Costs(wrong=1, missed=5),
    "even": Costs(wrong=1, missed=1),
    "merge": Costs(wrong=10_000, missed=1),
}
"""The published cost table (decision 0018).  desk: a reviewer looks at a pair for nothing, or a person's second file stays
unseen.  even: both errors alike, for measurements.  merge: somebody else's debts stand in a person's report.  The last is
there to show what a merge would ask for; no merge follows from it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be of one person.  `evidence` says by field how far they agree, `cautions` what to beware of."""

    left: str
    right: str
    probability: float
    weight: float
    evidence: tuple[tuple[str, str], ...]
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Linkage:
    """What a run found: proposals (most probable first), all pairs kept, what was expected, what was not looked at."""

    proposals: tuple[Proposal, ...]
    pairs: tuple[tuple[str, str, float], ...]
    threshold: float
    expected_wrong: float
    """Proposals that are expected to be of two people."""
    expected_missed: float
    """Pairs of one person that were looked at and are expected to be among those not proposed."""
    left_out: Mapping[str, int]
    """By block, records that were not compared within it because too many shared its key."""
    weights: Mapping[str, tuple[tuple[str, float], ...]]
    """By field and level, what agreement is worth, in powers of two."""


def link(
    records: Iterable[Mapping[str, Any]],
    *,
    costs: Costs = COSTS["desk"],
    capacity: int | None = None,
    is_between: bool = False,
    seed: int = 1,
    limits: Limits = LIMITS,
) -> Linkage:
    """Compare all records that share a block, learn what agreement is worth, and propose what is worth a look.

    A record has a `key`, and what it says under the names in `linkage_fields.FIELDS`.  With `is_between`, records come
    from two sources (field `source`) that hold nobody twice, and are compared between these only.  `capacity` is how many
    pairs the desk can look at.  Raises ValueError on a key that is missing or comes twice, or on other than two sources.
    """
    scored = score(records, is_between=is_between, limits=limits, seed=seed, keep=KEEP)
    probabilities = [float(value) for value in scored.probability]
    threshold = best_threshold(costs, probabilities, capacity=capacity)
    chosen = [at for at, value in enumerate(probabilities) if value >= threshold]
    proposals = sorted((_proposal(scored, at) for at in chosen), key=lambda one: (-one.weight, one.left, one.right))
    wrong, missed = expected_errors(probabilities, threshold)
    return Linkage(
        tuple(proposals),
        tuple(_pairs(scored, probabilities)),
        threshold,
        wrong,
        missed,
        scored.left_out,
        _worth(scored),
    )


def find_pairs(
    records: Iterable[Mapping[str, Any]], *, costs: Costs = COSTS["desk"], seed: int = 1, limits: Limits = LIMITS
) -> list[Proposal]:
    """The proposals of `link` within one source, most probable first."""
    return list(link(records, costs=costs, seed=seed, limits=limits).proposals)


def expected_errors(probabilities: Iterable[float], threshold: float) -> tuple[float, float]:
    """How many pairs at or above a threshold are expected to be wrong, and how many below it to be missed."""
    wrong = missed = 0.0
    for value in probabilities:
        if value >= threshold:
            wrong += 1 - value
        else:
            missed += value
    return wrong, missed


def expected_cost(costs: Costs, probabilities: Iterable[float], threshold: float) -> float:
    """What a threshold is expected to cost, from the estimated probabilities alone; no labels are needed."""
    wrong, missed = expected_errors(probabilities, threshold)
    return costs.wrong * wrong + costs.missed * missed


def best_threshold(costs: Costs, probabilities: Iterable[float], *, capacity: int | None = None) -> float:
    """The threshold that is expected to cost least; with `capacity`, among those that propose no more than so many pairs.

    Without a capacity it is where both errors weigh alike, because every pair above that lowers the expected cost and
    every pair below raises it.
    """
    if capacity is None:
        return costs.threshold
    ranked = sorted(probabilities, reverse=True)
    if len(ranked) <= capacity or ranked[capacity] < costs.threshold:
        return costs.threshold
    return math.nextafter(ranked[capacity], 2.0)


def cluster(pairs: Iterable[Proposal | tuple[str, str, float]], threshold: float = 0.5) -> list[tuple[str, ...]]:
    """Groups of two and more keys that hang together, for measuring and for showing; nobody is merged.

    The two groups with the most evidence for them are joined first, evidence being the mean over all pairs between them
    of the log-odds beyond the threshold; a pair that was not compared counts as none.  So one strong pair does not tie
    two groups together whose other pairs speak against it.
    """
    cut = _log_odds(threshold)
    near: dict[str, dict[str, float]] = {}
    for pair in pairs:
        left, right, probability = (pair.left, pair.right, pair.probability) if isinstance(pair, Proposal) else pair
        if left == right:
            continue
        value = _log_odds(probability) - cut
        near.setdefault(left, {})[right] = value
        near.setdefault(right, {})[left] = value
    return _join(near)


def _join(near: dict[str, dict[str, float]]) -> list[tuple[str, ...]]:
    groups = {key: [key] for key in near}
    queue = [
        (-value, left, right)
        for left, others in near.items()
        for right, value in others.items()
        if value > 0 and left < right
    ]
    heapq.heapify(queue)
    while queue:
        said, left, right = heapq.heappop(queue)
        if left not in groups or right not in groups or right not in near[left]:
            continue
        if abs(near[left][right] / (len(groups[left]) * len(groups[right])) + said) > 1e-12:
            continue  # one of the two has grown since
        groups[left] += groups.pop(right)
        del near[left][right]
        for other, value in near.pop(right).items():
            if other != left:
                del near[other][right]
                near[left][other] = near[other][left] = near[left].get(other, 0.0) + value
        for other, value in near[left].items():
            if value > 0:
                mean = value / (len(groups[left]) * len(groups[other]))
                heapq.heappush(queue, (-mean, min(left, other), max(left, other)))
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 4.5e-5), 1 - 4.5e-5)
    return math.log(kept / (1 - kept))


def _pairs(scored: Scored, probabilities: Sequence[float]) -> Iterable[tuple[str, str, float]]:
    keys = scored.keys
    for left, right, value in zip(scored.left.tolist(), scored.right.tolist(), probabilities, strict=True):
        yield keys[left], keys[right], value


def _proposal(scored: Scored, at: int) -> Proposal:
    evidence = []
    for comparison in scored.comparisons:
        level = int(scored.levels[comparison.field][at])
        code = comparison.levels[len(comparison.levels) - 1 - level].code if level >= 0 else "not stated"
        evidence.append((comparison.field, code))
    left, right = scored.keys[int(scored.left[at])], scored.keys[int(scored.right[at])]
    return Proposal(
        left,
        right,
        float(scored.probability[at]),
        round(float(scored.weight[at]), 6),
        tuple(evidence),
        cautions(dict(evidence)),
    )


_NAME_DIFFERS = {"different", "words shared", "one of two characters"}
_SHARED_BY_A_HOUSEHOLD = ("telephone", "street", "postcode", "place", "mail address")


def cautions(evidence: Mapping[str, str]) -> tuple[str, ...]:
    """What a reviewer should beware of, by code: it lowers no probability and decides nothing."""
    name = evidence.get("given name", evidence.get("name", "not stated"))
    birth, number = evidence.get("day of birth"), evidence.get("identity number")
    shares = any(evidence.get(field, "").startswith("same") for field in _SHARED_BY_A_HOUSEHOLD)
    found = []
    if name in _NAME_DIFFERS and birth == "same" and number != "same" and shares:
        found.append("perhaps twins")
    if name in _NAME_DIFFERS and birth != "same" and number != "same" and shares:
        found.append("perhaps one household")
    if name in _NAME_DIFFERS and number == "same":
        found.append("perhaps another's number")
    if number == "different":
        found.append("two identity numbers")
    return tuple(found)


def _worth(scored: Scored) -> dict[str, tuple[tuple[str, float], ...]]:
    return {
        comparison.field: tuple(
            (level.code, round(math.log2(seen / chance), 3))
            for level, (seen, chance) in zip(comparison.levels, scored.weights[comparison.field], strict=True)
        )
        for comparison in scored.comparisons
        if comparison.field in scored.weights
    }
