"""YAML that forgives nothing: duplicate keys, keys that are not text and stray types are refused with file and line."""

from datetime import date
from typing import Any

import yaml


class LawError(ValueError):
    """A law file is not as it must be.  The message names file, line and cure."""


class Mapped(dict[str, Any]):
    """A mapping that remembers where each of its keys stands."""

    lines: dict[str, int]
    line: int


class _Loader(yaml.SafeLoader):
    """The safe loader, with our mapping."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Mapped:
    found = Mapped()
    found.lines, found.line = {}, node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if isinstance(key, date):
            key = key.isoformat()
        if not isinstance(key, str):
            raise LawError(f"line {line}: a key must be text; put {key!r} in quotation marks")
        if key in found:
            raise LawError(f"line {line}: the key {key!r} stands here a second time; keep one")
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_strict(text: str, name: str) -> Mapped:
    """The mapping in this text; `LawError` begins with the file's name."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader of our own)
    except LawError as trouble:
        raise LawError(f"{name}: {trouble}") from None
    except yaml.YAMLError as trouble:
        mark = getattr(trouble, "problem_mark", None)
        place = f" line {mark.line + 1}:" if mark else ""
        raise LawError(f"{name}:{place} not YAML: {getattr(trouble, 'problem', 'unreadable')}") from None
    if not isinstance(found, Mapped):
        raise LawError(f"{name}: line 1: a law file is a mapping from rule ids to rules")
    return found
