"""Would the tests of tlog notice if its code were another?

    ./dev run python tools/mutants.py [--sample N] [--seed S] [--only FILE ...] [--jobs N]

Makes every small change of the code that the operators below know (one at a time, never on disk), runs the tests that reach
the changed line in a fork of this process, the quickest first, and tells which change no test noticed.  Not changed, because no
test should depend on them: docstrings, annotations, decorators, words of messages in a `raise`.

Exit status 1 when the score is below the floor.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import marshal
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER, TESTS, PACKAGE = ROOT / "src/openbureau/tlog", ROOT / "tests/tlog", "openbureau.tlog"
FLOOR = 90.0
PATIENCE, MOST_SECONDS = 120.0, 40
"""A change may make a loop without end: seconds on the wall, and of work."""
PRELOADED = (
    "hypothesis.strategies", "hypothesis.internal.conjecture.engine", "hypothesis.internal.conjecture.shrinker",
    "cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.hazmat.primitives.asymmetric.mldsa", "nacl.bindings",
    "nacl.exceptions",
)  # fmt: skip
"""What every trial would load anew: nothing of ours."""
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:warnings", "--noconftest", "-o", "addopts=")

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.Pow: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what, and the changed file compiled."""

    path: Path
    line: int
    what: str
    code: bytes

    @property
    def name(self) -> str:
        """Place and change, as people read it."""
        return f"{self.path.name}:{self.line} {self.what}"


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What may stand in the place of a node."""
    if isinstance(node, ast.stmt):
        yield from _statements(node)
    else:
        for other in _expressions(node):
            yield _told(node, other), other


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, ops, comparators):
            for at, one in enumerate(ops):
                yield ast.Compare(left, [*ops[:at], COMPARED[type(one)](), *ops[at + 1 :]], comparators)
        case ast.BinOp(left, op, right) if type(op) in RECKONED:
            yield ast.BinOp(left, RECKONED[type(op)](), right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for at in range(len(values)):
                fewer = [*values[:at], *values[at + 1 :]]
                yield fewer[0] if len(fewer) == 1 else ast.BoolOp(op, fewer)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.Constant(value):
            yield from map(ast.Constant, _others(value))
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.comprehension(ifs=[_, *_]):
            yield _with(node, ifs=[])
        case _:
            return


def _statements(node: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    match node:
        case ast.If(test) | ast.While(test):
            if not isinstance(test, ast.Constant):
                yield f"never: {_short(test)}", _with(node, test=ast.Constant(False))
            if isinstance(node, ast.If):
                yield f"always: {_short(test)}", _with(node, test=ast.Constant(True))
        case ast.Return(value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield f"return nothing: {_short(node)}", ast.Return(ast.Constant(None))
        case ast.Raise() | ast.Expr(ast.Call()) | ast.AugAssign() | ast.Delete():
            yield f"left out: {_short(node)}", ast.Pass()
        case ast.Continue():
            yield "break", ast.Break()
        case ast.Break():
            yield "continue", ast.Continue()
        case _:
            return


def _others(value: object) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, str):
        return [value + "x"]
    return [value + b"x"] if isinstance(value, bytes) else []


def _with(node: Any, **changed: Any) -> Any:
    made = copy.copy(node)
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def _short(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split("\n", 1)[0][:70]


def _told(before: ast.AST, after: ast.AST) -> str:
    return f"{_short(before)}  ->  {_short(after)}"


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Every node that may be changed: its parent, the field it stands in, and its number in a list."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        parent = waiting.pop()
        for name, value in ast.iter_fields(parent):
            if name in {"annotation", "returns", "decorator_list", "type_params"}:
                continue
            if isinstance(parent, ast.Raise) and name == "cause":
                continue
            children = value if isinstance(value, list) else [value]
            for number, child in enumerate(children):
                if not isinstance(child, ast.AST) or _is_words(parent, child):
                    continue
                yield parent, name, number if isinstance(value, list) else None
                if not (isinstance(parent, ast.Raise) and name == "exc"):
                    waiting.append(child)


def _is_words(parent: ast.AST, child: ast.AST) -> bool:
    """A docstring."""
    return isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant) and isinstance(parent, ast.AST)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    tree = ast.parse(path.read_text("utf-8"))
    made = []
    for parent, name, number in places(tree):
        held = getattr(parent, name)
        node = held if number is None else held[number]
        for what, other in changes(node):
            if number is None:
                setattr(parent, name, ast.copy_location(other, node))
            else:
                held[number] = ast.copy_location(other, node)
            changed = ast.fix_missing_locations(copy.deepcopy(tree))
            if number is None:
                setattr(parent, name, node)
            else:
                held[number] = node
            made.append(Mutant(path, _line(node, parent), what, marshal.dumps(compile(changed, str(path), "exec"))))
    yield from sorted(made, key=lambda one: (one.line, one.what))


def _line(node: Any, parent: Any) -> int:
    return int(
        getattr(node, "lineno", None) or getattr(parent, "lineno", None) or getattr(parent, "target", node).lineno
    )


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module from a tree instead of from its file."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.mutant = f"{PACKAGE}.{mutant.path.stem}", mutant

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """Ours, for the one module."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self.mutant.path))

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed file."""
        module.__file__ = str(self.mutant.path)
        exec(marshal.loads(self.mutant.code), module.__dict__)  # noqa: S102, S302  (made above)


@dataclass
class Watching:
    """A pytest plugin that notes which test reaches which line, and how long each takes."""

    coverage: coverage.Coverage
    seconds: dict[str, float] = field(default_factory=dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Around one test."""
        name = item.nodeid.partition("[")[0]
        self.coverage.switch_context(name)
        began = time.monotonic()
        try:
            return (yield)
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began


class Vectors:
    """A pytest plugin with the one fixture of the tests of tlog."""

    @pytest.fixture(scope="session")
    def vectors_dir(self) -> Path:
        """The public vectors, where they are."""
        root = Path(os.environ.get("OPENBUREAU_DATA", ROOT.parent / "shared")) / "vectors"
        if not root.is_dir():
            pytest.skip("the public vectors are not here")
        return root


Reached = dict[Path, dict[int, list[str]]]


def reached() -> tuple[Reached, list[str]]:
    """By file and line the tests that reach it, the quickest first; and all tests in that order."""
    measured = coverage.Coverage(data_file=None, source=[str(FOLDER)])
    watching = Watching(measured)
    measured.start()
    code = pytest.main([*QUIET, str(TESTS)], plugins=[watching, Vectors()])
    measured.stop()
    if code != 0:
        raise SystemExit("the tests do not hold without any change")
    order = sorted(watching.seconds, key=watching.seconds.__getitem__)
    data, found = measured.get_data(), {}
    for path in FOLDER.glob("*.py"):
        lines = data.contexts_by_lineno(str(path))
        found[path] = {
            line: [name for name in order if name in set(names)] for line, names in lines.items() if names != [""]
        }
    return found, order


def in_fork(work: Any) -> int:
    """Start work in a child of this process that says nothing; its id."""
    child = os.fork()
    if child:
        return child
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        code = int(work())
    except BaseException:  # noqa: BLE001  (whatever it is, the change was noticed)
        code = 1
    os._exit(code)


def trial(mutant: Mutant, tests: Sequence[str]) -> int:
    """Run tests over a mutant: 0 when none notices."""
    from hypothesis import Phase, settings

    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", phases=phases, database=None, deadline=None, derandomize=True, max_examples=60)
    settings.load_profile("mutants")
    sys.meta_path.insert(0, _Changed(mutant))
    os.chdir(ROOT)
    return pytest.main([*QUIET, "-x", *tests], plugins=[Vectors()])


def survivors(chosen: Sequence[Mutant], *, jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant, and whether it was noticed, in the order in which they end."""
    where, everything = _asked_in_fork()
    for name in PRELOADED:
        importlib.import_module(name)
    running: dict[int, tuple[Mutant, float]] = {}
    waiting = list(reversed(chosen))
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            tests = where.get(mutant.path, {}).get(mutant.line) or everything
            running[in_fork(lambda mutant=mutant, tests=tests: trial(mutant, tests))] = (mutant, time.monotonic())
        for child, (mutant, began) in list(running.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                del running[child]
                yield mutant, os.waitstatus_to_exitcode(status) != 0
            elif time.monotonic() - began > PATIENCE:
                os.kill(child, signal.SIGKILL)  # a loop without end is noticed by whoever waits
        time.sleep(0.005)


def _asked_in_fork() -> tuple[Reached, list[str]]:
    """Which tests reach which line, learned in a child, so that this process never loads what will be changed."""
    import pickle
    import tempfile

    with tempfile.NamedTemporaryFile() as file:

        def work() -> int:
            Path(file.name).write_bytes(pickle.dumps(reached()))
            return 0

        _, status = os.waitpid(in_fork(work), 0)
        if status:
            raise SystemExit("the tests do not hold without any change")
        found: tuple[Reached, list[str]] = pickle.loads(Path(file.name).read_bytes())  # noqa: S301  (written above)
    return found


def score(
    *, sample: int = 0, seed: int = 1, only: Sequence[str] = (), jobs: int = 2, tell: Any = None
) -> tuple[float, int, list[str]]:
    """Noticed in percent, how many were tried, and the names of those that nobody noticed."""
    paths = sorted(path for path in FOLDER.glob("*.py") if not only or path.name in only)
    made = [mutant for path in paths for mutant in mutants(path)]
    chosen = random.Random(seed).sample(made, min(sample, len(made))) if sample else made  # noqa: S311  (a sample of code)
    missed = []
    for number, (mutant, is_noticed) in enumerate(survivors(chosen, jobs=jobs), 1):
        if not is_noticed:
            missed.append(mutant.name)
        if tell:
            tell(number, len(chosen), mutant, is_noticed)
    return 100.0 * (len(chosen) - len(missed)) / len(chosen), len(chosen), sorted(missed)


def main() -> int:
    """Try them, tell, and compare with the floor."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sample", type=int, default=0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", nargs="*", default=[])
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    words = asked.parse_args()

    def tell(number: int, count: int, mutant: Mutant, is_noticed: bool) -> None:
        if not is_noticed:
            print(f"{number}/{count} SURVIVES {mutant.name}", flush=True)
        elif number % 100 == 0:
            print(f"{number}/{count}", flush=True)

    percent, count, missed = score(sample=words.sample, seed=words.seed, only=words.only, jobs=words.jobs, tell=tell)
    print("\n".join(missed))
    print(f"{percent:.1f} % of {count} mutants noticed, {len(missed)} survive")
    return 0 if percent >= FLOOR else 1


if __name__ == "__main__":
    os.environ.setdefault("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    sys.exit(main())
