"""What are the exact bytes of this value?

RFC 8785 (JSON Canonicalization Scheme) for the JSON we use: texts, whole numbers within 2**53, truth values, null, lists
and objects.  Fractions are refused, so that no two languages can print one number in two ways.
"""

import json
from typing import Any

LARGEST = 2**53 - 1

_quoted = json.JSONEncoder(ensure_ascii=False).encode


class NotCanonical(ValueError):
    """The value has no canonical form here (a fraction, a number too large, a key that is not text)."""


def canonical(value: Any) -> bytes:
    """UTF-8 bytes: no blanks, keys sorted by UTF-16 code units, only the escapes that RFC 8785 asks for."""
    return _render(value).encode("utf-8")


def _render(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical("a whole number lies beyond 2**53")
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_render, value)) + "]"
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("a key is not a text")
        named = {_text(key): key for key in value}
        keys = sorted(named, key=lambda text: named[text].encode("utf-16-be"))
        return "{" + ",".join(f"{text}:{_render(value[named[text]])}" for text in keys) + "}"
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def _text(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("a text has half a character") from None
    return _quoted(value)
