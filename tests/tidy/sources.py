"""What the tidy tests look at: the source files with their syntax trees, and every text of the repository."""

import ast
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "openbureau"
PURE = ("core", "law", "tlog")
LEFT_OUT = {"var", "dist", "site", "__pycache__", "node_modules"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the package: where it is, its room (empty for the files at the top), its tree."""

    path: Path
    room: str
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """Its path as people write it."""
        return self.path.relative_to(PACKAGE).as_posix()

    def at(self, node: ast.AST) -> str:
        """File and line of a node."""
        return f"{self.place}:{getattr(node, 'lineno', 1)}"


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        text = path.read_text("utf-8")
        found.append(Source(path, parts[0] if len(parts) > 1 else "", text, ast.parse(text)))
    return tuple(found)


def functions(source: Source) -> Iterator[Function]:
    """Every function of a file, methods and inner ones too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def rooms() -> list[Path]:
    """The folders of the package."""
    return sorted(path for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists())


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that belongs to the repository: what git tracks or would, else all that lies here."""
    asked = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return tuple(sorted(_walked()))
    return tuple(path for name in sorted(set(told.split("\0"))) if name and (path := ROOT / name).is_file())


def _walked() -> Iterator[Path]:
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in LEFT_OUT and (not name.startswith(".") or name == ".ci")]
        yield from (Path(folder) / name for name in files)
