"""Whose record is whose: our linkage beside Splink's tutorials and beside equality, on sets with known truth; then the
synthetic country with twins, slips and stolen numbers; then a million records.

Settings of ours are one for all sets; the threshold comes from the cost table and from what the records teach without
labels.  The tutorials' settings are made for each set by Splink's authors; beside their own threshold stands the best that
could be chosen for them with the labels in hand.

    ./dev bench identity                  all of it (about fifteen minutes)
    ./dev bench identity --quick          smaller, for trying
    ./dev bench identity --only sets      one part: sets, country, speed
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from identity_figures import cluster_figures, pair_figures, true_pairs
from identity_sets import SETS, LabelledSet, Pairs, exact_pairs, tutorial_pairs
from sandbox import machine, quick, tell

from openbureau.core.identity.rules import Identity, Ruling, compare_identities, decide
from openbureau.core.subject import normalize_id
from openbureau.lab.accounts import subject_ref
from openbureau.lab.country import Country, make_country, subject_record
from openbureau.lab.linkage import COSTS, Linkage, cluster, link
from openbureau.lab.mishaps import Written, written

DATA = Path(os.environ.get("OPENBUREAU_DATA", Path(__file__).parents[2] / "shared")) / "data"
UNTIL = date(2026, 11, 24)
THRESHOLDS = (0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)
SEED = 11
"""Of the country that is measured; what is compared was written with another country (seed 7) in view."""
Row = dict[str, Any]


def components(pairs: Pairs, keys: Iterable[str], threshold: float) -> dict[str, str]:
    """Groups of records that hang together by any pair at or above a threshold: what Splink's tutorials do."""
    parent = {key: key for key in keys}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for left, right, probability in pairs:
        if probability >= threshold:
            parent[root(left)] = root(right)
    return {key: root(key) for key in parent}


def grouped(groups: Iterable[tuple[str, ...]], keys: Iterable[str]) -> dict[str, str]:
    """Each record's group; alone where it is in none."""
    found = {key: key for key in keys}
    for group in groups:
        found.update(dict.fromkeys(group, group[0]))
    return found


def rounded(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Four digits."""
    return {key: rounded(value) if isinstance(value, Mapping) else round(value, 4) for key, value in figures.items()}


def measure_set(labelled: LabelledSet) -> dict[str, dict[str, Any]]:
    """Figures by method on one set."""
    sources = labelled.rows(DATA)
    truth = {row[labelled.key]: labelled.truth(row) for rows in sources for row in rows}
    source = {row[labelled.key]: at for at, rows in enumerate(sources) for row in rows} if labelled.is_between else None

    def figures(pairs: Pairs, clusters: dict[str, str], threshold: float) -> dict[str, Any]:
        said = [(left, right) for left, right, probability in pairs if probability >= threshold]
        return {"pairs": pair_figures(said, truth, source=source), **cluster_figures(clusters, truth, source=source)}

    started = time.perf_counter()
    found = link(
        ({"key": row[labelled.key], "source": str(at)} | {ours: row[theirs] for theirs, ours in labelled.fields.items()}
         for at, rows in enumerate(sources) for row in rows),
        costs=COSTS["even"],
        is_between=labelled.is_between,
    )  # fmt: skip
    groups = grouped(cluster(found.pairs, found.threshold), truth)
    ours = figures(list(found.pairs), groups, found.threshold) | {"seconds": time.perf_counter() - started}
    ours |= {"expected_wrong": found.expected_wrong, "expected_missed_of_compared": found.expected_missed}
    started = time.perf_counter()
    scored, theirs = tutorial_pairs(labelled, sources), labelled.tutorial
    clusters = components(scored, truth, theirs.cluster_threshold)
    tutorial = figures(scored, clusters, theirs.pair_threshold) | {"seconds": time.perf_counter() - started}
    best: dict[str, Any] = {}
    for threshold in THRESHOLDS:
        one = figures(scored, components(scored, truth, threshold), threshold)
        for kind, values in one.items():
            if values["f1"] > best.get(kind, {"f1": -1.0})["f1"]:
                best[kind] = values
    equal = exact_pairs(labelled, sources)
    exact = figures(equal, components(equal, truth, 0.5), 0.5)
    return {"ours": ours, "splink_tutorial": tutorial, "splink_tutorial_best_threshold_by_labels": best, "exact": exact}


def measure_sets() -> None:
    """One line a set and method, then a table."""
    table = [f"{'set':22} {'method':42} {'pairs P':>8} {'R':>6} {'F1':>6} {'closed':>7} {'whole':>6} {'B3':>6}"]
    for labelled in SETS:
        for method, figures in measure_set(labelled).items():
            tell("identity-set", {"set": labelled.name, "method": method} | rounded(figures))
            pairs = figures["pairs"]
            table.append(
                f"{labelled.name:22} {method:42} {pairs['precision']:8.4f} {pairs['recall']:6.4f} {pairs['f1']:6.4f} "
                f"{figures['closed_pairs']['f1']:7.4f} {figures['whole_clusters']['f1']:6.4f} {figures['b_cubed']['f1']:6.4f}"
            )
    print("\n".join(table), flush=True)


def as_record(furnisher_id: str, one: Written) -> Row:
    """A furnished subject as linkage reads it."""
    record = one.record
    return {
        "key": f"{furnisher_id}/{record['subject_ref']}", "name": record["name"], "birth": record.get("born_on"),
        "id_kind": record.get("id_kind"), "id_number": record.get("id_number"), "phone": record.get("phone"),
        "region": record.get("region"),
    }  # fmt: skip


def furnished(country: Country, *, share: float) -> Iterable[tuple[str, Written]]:
    """Subjects as furnished: each person at each furnisher with the same chance, so that two or three know everyone."""
    for number in range(1, country.people_count + 1):
        person, struck = country.person_and_mishaps(number)
        for at, name in enumerate(country.furnishers):
            if (number * 2654435761 >> (7 + 3 * at)) % 100 < share * 100:
                record = subject_record(person, subject_ref(country.seed, name, person))
                yield from ((name, one) for one in written(country.seed, name, person, record=record, struck=struck))


def by_number(records: Mapping[str, Row]) -> dict[str, list[str]]:
    """Records by valid number, in the order in which they came."""
    held: dict[str, list[str]] = {}
    for key, record in records.items():
        number = normalize_id(record["id_kind"], record["id_number"]) if record["id_number"] else None
        if number is not None:
            held.setdefault(number, []).append(key)
    return held


def by_rules(records: Mapping[str, Row]) -> tuple[set[tuple[str, str]], set[tuple[str, str]], Counter[str]]:
    """Pairs that the published rules put into one file, pairs that they hold apart for the desk, and which rules spoke."""
    merged: set[tuple[str, str]] = set()
    held_apart: set[tuple[str, str]] = set()
    spoke: Counter[str] = Counter()
    for keys in by_number(records).values():
        file = [keys[0]]
        for key in keys[1:]:
            first, given = records[keys[0]], records[key]
            phones = tuple(records[one]["phone"] for one in file)
            held = Identity(name=first["name"], phones=phones, is_born_in_id=True)
            rule = decide(
                compare_identities(held, Identity(name=given["name"], phones=(given["phone"],), is_born_in_id=True))
            )
            spoke[rule.rule_id] += 1
            if rule.ruling is Ruling.HOLD:
                held_apart.update((min(one, key), max(one, key)) for one in file)
            else:
                merged.update((min(one, key), max(one, key)) for one in file)
                file.append(key)
    return merged, held_apart, spoke


def measure_country(people: int) -> None:
    """Errors a million records: of equal numbers alone, of the published rules, and of the proposals for the rest."""
    country = make_country(SEED, people=people, firms=0, months=6, until=UNTIL, has_mishaps=True)
    records, truth, struck = {}, {}, {}
    for name, one in sorted(furnished(country, share=0.5), key=lambda furnished: furnished[0]):
        record = as_record(name, one)
        records[record["key"]], truth[record["key"]], struck[record["key"]] = record, one.handle, one.mishaps
    found = link(records.values(), costs=COSTS["desk"])
    proposed = {(one.left, one.right): one for one in found.proposals}
    merged, held_apart, spoke = by_rules(records)
    further = {pair: one for pair, one in proposed.items() if pair not in merged and pair not in held_apart}
    million, total = 1e6 / len(records), true_pairs(truth)
    alone = {pair for keys in by_number(records).values() for pair in combinations(sorted(keys), 2)}
    reached = merged | held_apart | set(further)

    def told(pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
        pairs = list(pairs)
        wrong = [pair for pair in pairs if truth[pair[0]] != truth[pair[1]]]
        return {"pairs": len(pairs), "wrong": len(wrong), "wrong_per_million": round(len(wrong) * million, 1)}

    missed = total - sum(truth[one] == truth[other] for one, other in reached)
    tell("identity-country", {
        "seed": SEED, "people": people, "records": len(records), "true_pairs": total,
        "mishaps": dict(Counter(name for names in struck.values() for name in names)),
        "equal_number_alone": told(alone), "merged_by_rules": told(merged), "rules": dict(spoke),
        "merged_by_linkage": told([]), "held_for_the_desk_by_rules": told(held_apart),
        "proposed_to_the_desk_by_linkage": told(further) | {"expected_wrong_of_all": round(found.expected_wrong, 1)},
        "wrong_proposals_by_caution": dict(Counter(
            " + ".join(one.cautions) or "none" for pair, one in further.items() if truth[pair[0]] != truth[pair[1]]
        )),
        "missed_by_rules_alone_per_million": round(
            (total - sum(truth[one] == truth[other] for one, other in merged | held_apart)) * million, 1
        ),
        "missed_by_all": missed, "missed_by_all_per_million": round(missed * million, 1),
        "missed_by_mishap": missed_by_mishap(truth, struck, reached),
        "threshold": round(found.threshold, 4), "left_out": dict(found.left_out),
    })  # fmt: skip


def missed_by_mishap(
    truth: Mapping[str, str], struck: Mapping[str, tuple[str, ...]], reached: set[tuple[str, str]]
) -> dict[str, int]:
    """What went wrong with the pairs of one person that neither equality nor a proposal reached."""
    held: dict[str, list[str]] = {}
    for key, handle in truth.items():
        held.setdefault(handle, []).append(key)
    missed = [pair for keys in held.values() for pair in combinations(sorted(keys), 2) if pair not in reached]
    return dict(
        Counter(" + ".join(sorted({*struck[one], *struck[other]})) or "none" for one, other in missed).most_common(12)
    )


def measure_speed(people: int) -> None:
    """Seconds and peak memory of a run over generated records, in a process of its own."""
    made = subprocess.run(
        [sys.executable, __file__, "--speed-of", str(people)], check=True, capture_output=True, text=True
    ).stdout.splitlines()[-1]
    tell("identity-speed", json.loads(made) | machine())


def speed_of(people: int) -> None:
    """The figures of one run, as a line of JSON."""
    country = make_country(7, people=people, firms=0, months=6, until=UNTIL, has_mishaps=True)
    records = [as_record(name, one) for name, one in furnished(country, share=0.5)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, worked = time.perf_counter(), time.process_time()
    found: Linkage = link(records)
    seconds = time.perf_counter() - started
    print(json.dumps({
        "records": len(records), "seconds": round(seconds, 1), "seconds_per_million": round(seconds * 1e6 / len(records), 1),
        "processor_seconds": round(time.process_time() - worked, 1), "threads": 2, "proposals": len(found.proposals),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "mb_of_the_records_before": before // 1024,
        "left_out": dict(found.left_out),
    }))  # fmt: skip


def main() -> None:
    """All parts, or the one asked for."""
    if "--speed-of" in sys.argv:
        return speed_of(int(sys.argv[-1]))
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
    if only in {None, "sets"} and DATA.is_dir():
        measure_sets()
    elif only in {None, "sets"}:
        tell("identity-set", {"not_run": f"the labelled sets are not at {DATA}; set OPENBUREAU_DATA"})
    if only in {None, "country"}:
        measure_country(3_000 if quick() else 80_000)
    if only in {None, "speed"}:
        measure_speed(8_000 if quick() else 400_000)
    return None


if __name__ == "__main__":
    main()
