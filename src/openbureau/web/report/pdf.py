"""How does an answer come to paper?

`paper` gives a PDF/A-2b of an answer in words, by Typst and one packaged template.  Promises: the same answer in the same
language gives the same bytes, whenever it is made, on the same fonts: the only time in it is the answer's own; nothing is
fetched; where the system has no Chinese font it says which package brings one.
"""

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from openbureau.web.pages.language import Formats
from openbureau.web.report.read import View
from openbureau.web.report.words import LABELS

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
"""Fonts with the Chinese characters in use, the best first."""
PACKAGE = "fonts-noto-cjk"


class NoChineseFont(RuntimeError):
    """The system has no font with Chinese characters; install the Debian package fonts-noto-cjk."""


def paper(view: View, write: Formats, made_at: str) -> bytes:
    """The PDF of an answer; `made_at` is the answer's own instant.  `NoChineseFont` where none is installed."""
    words: dict[str, Any] = asdict(view) | {
        "fonts": [font_of_system()],
        "lang": "zh" if write.is_chinese else "en",
        "region": "cn" if write.is_chinese else "gb",
        "author": "openbureau",
        "number": view.header[0][1],
        "short-notice": view.stamps[0] if view.stamps else view.title,
    }
    words |= {f"{key}-word": write.pick(LABELS[key]) for key in ("legend", "glossary", "page", "year")}
    made = typst.compile(
        (files("openbureau.web.report") / "report.typ").read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(words, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=int(datetime.fromisoformat(made_at).timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("one PDF is one file")
    return made


@cache
def font_of_system() -> str:
    """The first of our fonts that this system has."""
    held = set(typst.Fonts().families())
    for name in FONTS:
        if name in held:
            return name
    raise NoChineseFont(f"no font with Chinese characters is installed; install the Debian package {PACKAGE}")
