"""Figures of merit of a linkage against known truth: of pairs, of whole clusters, and B-cubed."""

from collections import Counter
from collections.abc import Iterable, Mapping


def rates(right: float, said: float, true: float) -> dict[str, float]:
    """Precision, recall and F1 from counts."""
    precision = right / said if said else 1.0
    recall = right / true if true else 1.0
    both = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / both if both else 0.0}


def true_pairs(truth: Mapping[str, str], source: Mapping[str, int] | None = None) -> int:
    """How many pairs are the same in truth; with `source`, between sources only."""
    total = sum(count * (count - 1) // 2 for count in Counter(truth.values()).values())
    if source is None:
        return total
    within = Counter((truth[key], source[key]) for key in truth)
    return total - sum(count * (count - 1) // 2 for count in within.values())


def pair_figures(
    pairs: Iterable[tuple[str, str]], truth: Mapping[str, str], *, source: Mapping[str, int] | None = None
) -> dict[str, float]:
    """Precision, recall and F1 of pairs as they were scored."""
    said = right = 0
    for left, other in pairs:
        said += 1
        right += truth[left] == truth[other]
    return rates(right, said, true_pairs(truth, source))


def cluster_figures(
    clusters: Mapping[str, str], truth: Mapping[str, str], *, source: Mapping[str, int] | None = None
) -> dict[str, dict[str, float]]:
    """Figures of the pairs inside clusters, of clusters of two and more that are wholly right, and B-cubed."""
    found, real = Counter(clusters[key] for key in truth), Counter(truth.values())
    cells = Counter((clusters[key], truth[key]) for key in truth)
    if source is None:
        said = sum(count * (count - 1) // 2 for count in found.values())
        right = sum(count * (count - 1) // 2 for count in cells.values())
    else:
        said = true_pairs(clusters, source)
        right = true_pairs({key: f"{clusters[key]}|{truth[key]}" for key in truth}, source)
    whole = sum(1 for (one, other), count in cells.items() if count > 1 and found[one] == count == real[other])
    several = [sum(1 for count in sizes.values() if count > 1) for sizes in (found, real)]
    number = len(truth)
    precision = sum(count * count / found[one] for (one, _), count in cells.items()) / number
    recall = sum(count * count / real[other] for (_, other), count in cells.items()) / number
    return {
        "closed_pairs": rates(right, said, true_pairs(truth, source)),
        "whole_clusters": rates(whole, several[0], several[1]),
        "b_cubed": {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)},
    }
