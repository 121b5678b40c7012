"""Where does a word live?  `./dev where NOUN` looks in the glossary, the rooms, the statements, the routes, the pages.

A noun may be a word of the glossary in either language, a feature id (`L5`), a command (`law show`), a route (`/v1/inquiries`),
a refusal (`no-consent`) or a rule of the law (`retention`).  Exit status 1 when nobody knows it.
"""

import ast
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "openbureau"
MOST = 12
Found = tuple[str, str]


def shown(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


def short(text: str) -> str:
    """The first sentence or so."""
    line = " ".join(text.split())
    return line if len(line) <= 110 else line[:107].rsplit(" ", 1)[0] + " ..."


def has(noun: str, text: str) -> bool:
    """Whether a text speaks of the noun: as a word of its own or its plural, underscores and hyphens being spaces."""
    plain = re.sub(r"[_\-\s]+", " ", text).lower()
    wanted = re.escape(re.sub(r"[_\-\s]+", " ", noun).lower().strip())
    if not noun.isascii():
        return noun in text
    return re.search(rf"(?<![a-z0-9]){wanted}(s|es)?(?![a-z0-9])", plain) is not None


def words(noun: str) -> Iterator[Found]:
    """Rows of the glossary: the word itself."""
    for line in (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 4 and any(has(noun, cell) for cell in (*cells[:2], cells[3])):
            yield cells[0], short(" · ".join(cell for cell in cells[1:] if cell and not set(cell) <= {"-"}))


def abilities(noun: str) -> Iterator[Found]:
    """Rows of the list of abilities: by id, or by what they say."""
    is_id = re.fullmatch(r"[A-Z]\d{1,2}", noun) is not None
    for line in (ROOT / "docs" / "features.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) < 4 or not re.fullmatch(r"[A-Z]\d{1,2}", cells[0]):
            continue
        if cells[0] == noun or (not is_id and has(noun, cells[1])):
            yield cells[0], f"{cells[1]}: {cells[2].replace('*', '')}; {cells[3] or 'no proof yet'}"


def files(noun: str) -> Iterator[Found]:
    """Files whose name or question holds the noun, the rooms first."""
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda one: (len(one.parts), one)):
        question = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n\n")[0]
        name = path.relative_to(PACKAGE).with_suffix("").as_posix()
        if has(noun, name.replace("/", " ")) or has(noun, question):
            yield shown(path), short(question)


def names(noun: str) -> Iterator[Found]:
    """Public functions and classes named with the noun."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if has(noun, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", node.name)):
                said = (ast.get_docstring(node) or "").partition(". ")[0]
                yield f"{shown(path)}:{node.lineno}", f"{node.name}: {short(said)}"


def statements(noun: str) -> Iterator[Found]:
    """Statements of the store that are named so or touch such a table."""
    for path in sorted((PACKAGE / "store" / "queries").glob("*.sql")):
        text = path.read_text("utf-8")
        for block in re.finditer(r"^-- ([a-z_]+)\n((?:-- .+\n)+)", text, re.MULTILINE):
            if has(noun, block[1]) or has(noun, block[2]):
                line = text[: block.start()].count("\n") + 1
                yield f"{shown(path)}:{line}", f"{block[1]}: {short(block[2].replace('-- ', ''))}"


def routes(noun: str) -> Iterator[Found]:
    """Addresses of API and pages."""
    for path in sorted((PACKAGE / "web").rglob("*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for address in re.findall(r"[\"'](/[a-z][a-z0-9_/{}:.\-]*)[\"']", line):
                if address == noun or (not noun.startswith("/") and has(noun, address.replace("/", " "))):
                    yield f"{shown(path)}:{number}", address


def commands(noun: str) -> Iterator[Found]:
    """Commands of `openbureau`."""
    path = PACKAGE / "cli.py"
    for node in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        groups = [ast.unparse(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]
        for group in (one for one in groups if one.endswith(".command")):
            told = (
                f"{group.removesuffix('.command').replace('law_app', 'law').replace('watch_app', 'watch')} {node.name}"
            )
            told = told.removeprefix("app ").replace("_", "-")
            if has(noun, told):
                yield f"openbureau {told}", f"{shown(path)}:{node.lineno}"


def rules(noun: str) -> Iterator[Found]:
    """Rules of the law and its policies."""
    law = PACKAGE / "law"
    for path in sorted([*law.rglob("*.yaml"), *law.rglob("*.cedar")]):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            named = re.match(r"([a-z][a-z0-9_.]+):\s*$|\s*-?\s*id:\s*(\S+)|\s*@id\(\"([^\"]+)\"\)", line)
            name = next((one for one in named.groups() if one), "") if named else ""
            if name and (name == noun or has(noun, name.replace(".", " "))):
                yield f"{shown(path)}:{number}", name


def pages(noun: str) -> Iterator[Found]:
    """Pages of the documentation, by name or heading."""
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        text = path.read_text("utf-8")
        titles = re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE)
        if has(noun, path.stem) or any(has(noun, title) for title in titles[:1]):
            yield shown(path), short(titles[0]) if titles else ""
        else:
            yield from ((shown(path), short(title)) for title in titles[1:] if has(noun, title))


LOOKED_IN = {
    "glossary": words,
    "abilities": abilities,
    "commands": commands,
    "routes": routes,
    "law": rules,
    "files": files,
    "names": names,
    "statements": statements,
    "pages": pages,
}


def main(given: list[str]) -> int:
    """Tell where the noun lives; the exit status."""
    noun = " ".join(given).strip()
    if not noun:
        print("where: which noun?  For example: ./dev where consent", file=sys.stderr)
        return 2
    is_known = False
    for title, look in LOOKED_IN.items():
        found = list(dict.fromkeys(look(noun)))
        if not found:
            continue
        is_known = True
        print(f"\n{title}")
        for place, what in found[:MOST]:
            print(f"  {place}\n      {what}" if what else f"  {place}")
        if len(found) > MOST:
            print(f"  ... {len(found) - MOST} more")
    if not is_known:
        print(f"Nobody here knows {noun!r}.  The words are in GLOSSARY.md.")
    return 0 if is_known else 1


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `./dev where consent | head` ends quietly
    sys.exit(main(sys.argv[1:]))
