"""How likely is it that two records are of one person?  Splink on DuckDB, in memory.

Nothing touches the disk: no database file, no spilling, no extensions, no access to files.  Weights are learnt from the
records themselves without labels: what strangers share by chance from random pairs (u), what one person's records share
(m) and how many pairs are of one person by expectation maximisation over the pairs that a block brings together.

Promises: the order of the records and the number of threads change nothing but the last digits.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from openbureau.lab.linkage_fields import COLUMNS, table_of
from openbureau.lab.linkage_model import (
    REFINED_BY,
    Comparison,
    Weights,
    blocks_for,
    by_rule,
    comparisons_for,
    creator,
    learn,
    part_columns,
    same_by_chance,
)

LEAST_FILLED = 0.01
"""A column that fewer records fill is not compared."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use: records in a block (the next where a kind of block makes more than `pairs` pairs a record),
    pairs to learn from, pairs scored at once, random pairs, threads, memory."""

    sizes: tuple[int, ...] = (150, 75, 40, 20)
    pairs: float = 6.0
    training: int = 1_000_000
    scored_at_once: int = 4_000_000
    random: int = 500_000
    threads: int = 2
    memory: str = "3GB"


@dataclass(frozen=True)
class Scored:
    """Pairs by the places of their records, with probability, match weight and the level of each comparison."""

    keys: list[str]
    left: Any
    right: Any
    probability: Any
    weight: Any
    levels: dict[str, Any]
    comparisons: tuple[Comparison, ...]
    weights: Weights
    prior: float
    left_out: dict[str, int]
    """Records in blocks that stayed too large, by block."""


def memory_only(limits: Limits) -> duckdb.DuckDBPyConnection:
    """A database in memory that cannot write, read files, spill, or fetch anything."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": limits.threads, "memory_limit": limits.memory, "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )  # fmt: skip
    for setting in ("temp_directory = ''", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"set {setting}")
    return connection


def score(records: Iterable[Mapping[str, Any]], *, is_between: bool, limits: Limits, seed: int, keep: float) -> Scored:
    """Every pair of records that a block brings together, with its probability; those below `keep` are left out.

    With `is_between` the records come from two sources (their field `source`) and are compared between these only.
    """
    made = table_of(records)
    if is_between and len(set(made["source"])) != 2:
        raise ValueError("to compare between two sources, each record must name one of two")
    if not is_between:
        made["source"] = [""] * len(made["source"])
    keys, count = made.pop("key"), len(made["source"])
    filled = frozenset(
        name for name in COLUMNS if sum(value is not None for value in made[name]) >= max(2, LEAST_FILLED * count)
    )
    comparisons, blocks = comparisons_for(filled), blocks_for(filled)
    if not comparisons or not blocks or count < 2:
        return _nothing(keys, comparisons)
    connection = memory_only(limits)
    try:
        run = _Run(connection, made, comparisons, blocks=blocks, limits=limits, seed=seed)
        return run.scored(keys, keep)
    finally:
        connection.close()


def _nothing(keys: list[str], comparisons: tuple[Comparison, ...]) -> Scored:
    none = np.zeros(0)
    whole = np.zeros(0, dtype=np.int64)
    return Scored(keys, whole, whole, none, none, {}, comparisons, {}, 0.0, {})


class _Run:
    """One run: the records in the database, blocks of bounded size, weights."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        made: dict[str, list[Any]],
        comparisons: tuple[Comparison, ...],
        *,
        blocks: tuple[tuple[str, ...], ...],
        limits: Limits,
        seed: int,
    ) -> None:
        logging.getLogger("splink").setLevel(logging.ERROR)
        self._comparisons, self._blocks, self._limits, self._seed = comparisons, blocks, limits, seed
        self._count = len(made["source"])
        self._sources = sorted(set(made["source"]))
        self._first = made["source"].count(self._sources[0])
        self._api = DuckDBAPI(connection)
        self._connection = connection
        connection.register("given_records", _arrow(made, comparisons, blocks))
        self.left_out = self._cut_blocks()
        keyed = connection.table("cut_records")
        names = ", ".join(self._block_names)
        self._keyed = self._api.register(keyed.project(f"unique_id, {names}").to_arrow_table())
        self._compared = self._api.register(keyed.project(f"* exclude (source, {names})").to_arrow_table())
        connection.unregister("cut_records")
        self._same_by_chance = {
            comparison.column: same_by_chance(made[comparison.column], made["source"]) for comparison in comparisons
        }
        self._pairs_possible = self._possible()

    @property
    def _block_names(self) -> list[str]:
        return [f"block_{at}" for at in range(len(self._blocks))]

    @property
    def _is_between(self) -> bool:
        return len(self._sources) == 2

    def _possible(self) -> float:
        if self._is_between:
            return float(self._first * (self._count - self._first))
        return max(1.0, self._count * (self._count - 1) / 2)

    def _cut_blocks(self) -> dict[str, int]:
        """Give each record its key in every block; blocks that are too large are cut finer, then left out."""
        relation = self._connection.table("given_records")
        left_out: dict[str, int] = {}
        finer = [part for part in REFINED_BY if part_columns(part) in relation.columns]
        for at, block in enumerate(self._blocks):
            keyed = relation.project(f"*, {_key(block)} as block_{at}")
            cut, dropped, limit = keyed, 0, 0
            name, parts = f"block_{at}", [part for part in finer if part not in block]
            for limit in self._limits.sizes:
                cut, kept, dropped = self._cut(keyed, name, limit=limit, finer=parts)
                if kept <= self._limits.pairs * self._count or limit == self._limits.sizes[-1]:
                    break
            if dropped:
                left_out[" + ".join(block)] = dropped
                cut = _replaced(cut, name, limit=limit, instead="null")
            self._connection.register("cut_records", cut.to_arrow_table())
            relation = self._connection.table("cut_records")
        self._connection.unregister("given_records")
        return left_out

    def _cut(self, relation: Any, name: str, *, limit: int, finer: list[str]) -> tuple[Any, float, int]:
        """Blocks above a limit cut finer; how many pairs the others make, and how many records are in those still above."""
        for part in finer:
            cut = f"if({name} is null, null, hash({name}, coalesce({part}, '')))"
            relation = _replaced(relation, name, limit=limit, instead=cut)
        sizes = relation.aggregate(f"{name} as block_key, count(*) as size", name).to_arrow_table()
        counts = np.asarray(sizes["size"].filter(pc.is_valid(sizes["block_key"])).to_numpy())
        kept = counts[counts <= limit]
        return relation, float((kept * (kept - 1) / 2).sum()), int(counts.sum() - kept.sum())

    def _linker(self, weights: Weights | None, prior: float) -> Linker:
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=[creator(comparison, weights) for comparison in self._comparisons],
            probability_two_random_records_match=prior,
            retain_matching_columns=True,
        )
        return Linker(self._compared, settings, log_level=None, validate_settings=False)

    def _blocked(self) -> Any:
        """The pairs that a block brings together, each once."""
        rules: list[Any] = [block_on(name) for name in self._block_names]
        settings = SettingsCreator(link_type="dedupe_only", blocking_rules_to_generate_predictions=rules)
        linker = Linker(self._keyed, settings, log_level=None, validate_settings=False)
        found = linker.inference.compute_blocked_pairs_for_predict()
        pairs = self._connection.table(found.physical_name)
        if not self._is_between:
            return pairs
        # Records are in the order of their sources, so those of the first come before its size.
        return pairs.filter(f"(join_key_l < {self._first}) <> (join_key_r < {self._first})")

    def _chance(self, linker: Linker) -> Weights:
        """How often strangers agree, from random pairs."""
        linker.training.estimate_u_using_random_sampling(
            max_pairs=self._limits.random, seed=self._seed, min_count_per_level=None, num_chunks=1
        )
        model = linker.misc.save_model_to_json()
        found: Weights = {}
        least = 0.5 / min(self._limits.random, self._pairs_possible)
        rarest = 0.5 / self._pairs_possible
        for comparison, said in zip(self._comparisons, model["comparisons"], strict=True):
            levels = [level for level in said["comparison_levels"] if not level.get("is_null_level")]
            chances = [max(told.get("u_probability") or least, least) for told in levels]
            same = next(at for at, level in enumerate(comparison.levels) if level.code == "same")
            chances[same] = max(self._same_by_chance[comparison.column], rarest)
            found[comparison.field] = [
                (by_rule(level, chance), chance) for level, chance in zip(comparison.levels, chances, strict=True)
            ]
        return found

    def scored(self, keys: list[str], keep: float) -> Scored:
        """Learn from an even part of the pairs, then score all of them, part by part."""
        weights = self._chance(self._linker(None, 0.0001))
        pairs = self._blocked()
        total = pairs.aggregate("count(*)").fetchall()[0][0]
        if total == 0:
            return replace(_nothing(keys, self._comparisons), weights=weights, left_out=self.left_out)
        parts = max(1, -(-total // self._limits.training))
        patterns, counts = self._patterns(self._linker(weights, 0.0001), pairs, parts)
        weights, prior = learn(
            self._comparisons, weights, patterns=patterns, counts=counts, possible=self._pairs_possible
        )
        linker, wanted = self._linker(weights, prior), self._wanted()
        parts = max(1, -(-total // self._limits.scored_at_once))
        tables = [self._part(linker, pairs, (at, parts), keep=keep, wanted=wanted) for at in range(parts)]
        return self._read(pa.concat_tables(tables), keys, weights=weights, prior=prior)

    def _wanted(self) -> str:
        levels = ", ".join(f"gamma_{comparison.column}" for comparison in self._comparisons)
        return f"unique_id_l, unique_id_r, match_probability, match_weight, {levels}"

    def _part(self, linker: Linker, pairs: Any, part: tuple[int, int], *, keep: float | None, wanted: str) -> pa.Table:
        """One of so many parts of the pairs, scored; of those that are kept, the columns that are wanted."""
        at, parts = part
        chosen = pairs if parts == 1 else pairs.filter(f"hash(join_key_l, join_key_r, {self._seed}) % {parts} = {at}")
        given = self._api.register(chosen.to_arrow_table())
        linker.table_management.register_blocked_pairs_for_predict(given)
        found = linker.inference.predict(threshold_match_probability=keep, warning_mode="never")
        table = self._connection.table(found.physical_name).project(wanted).to_arrow_table()
        found.drop_table_from_database_and_remove_from_cache()
        return table

    def _patterns(self, linker: Linker, pairs: Any, parts: int) -> tuple[Any, Any]:
        """How often each pattern of levels comes in an even part of the pairs."""
        names = [f"gamma_{comparison.column}" for comparison in self._comparisons]
        table = self._part(linker, pairs, (0, parts), keep=None, wanted=", ".join(names))
        found = table.group_by(names).aggregate([([], "count_all")]).sort_by([(name, "ascending") for name in names])
        levels = np.stack([found[name].to_numpy() for name in names], axis=1)
        return levels, found["count_all"].to_numpy() * float(parts)

    def _read(self, table: pa.Table, keys: list[str], *, weights: Weights, prior: float) -> Scored:
        columns = {
            name: table.column(name).to_numpy()
            for name in ("unique_id_l", "unique_id_r", "match_probability", "match_weight")
        }
        left, right = columns["unique_id_l"].astype(np.int64), columns["unique_id_r"].astype(np.int64)
        order = np.lexsort((np.maximum(left, right), np.minimum(left, right)))
        levels = {
            comparison.field: table.column(f"gamma_{comparison.column}").to_numpy()[order]
            for comparison in self._comparisons
        }
        return Scored(
            keys, np.minimum(left, right)[order], np.maximum(left, right)[order], columns["match_probability"][order],
            columns["match_weight"][order], levels, self._comparisons, weights, prior, self.left_out,
        )  # fmt: skip


def _arrow(
    made: dict[str, list[Any]], comparisons: tuple[Comparison, ...], blocks: tuple[tuple[str, ...], ...]
) -> pa.Table:
    """The columns that are compared or blocked on, each record with its place as its id."""
    used = {part_columns(part) for block in blocks for part in block} | {
        comparison.column for comparison in comparisons
    }
    used |= {"latin", "given", "reading", "family", "whole", "birth", "number", "sound"}
    data = {name: pa.array(made[name], type=pa.string()) for name in COLUMNS if name in used}
    ids = pa.array(range(len(made["source"])), type=pa.int64())
    return pa.table({"unique_id": ids, "source": pa.array(made["source"], type=pa.string())} | data)


def _key(block: tuple[str, ...]) -> str:
    """A number for what a record says in a block's columns; none where one of them is empty."""
    return f"if({' or '.join(f'{part} is null' for part in block)}, null, hash({', '.join(block)}))"


def _replaced(relation: Any, name: str, *, limit: int, instead: str) -> Any:
    """The relation with another key for the records of blocks above a limit."""
    return relation.project(
        f"* replace (if(count(*) over (partition by {name}) > {limit}, {instead}, {name}) as {name})"
    )
