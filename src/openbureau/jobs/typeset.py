"""How does a document become a PDF?

Typst sets a template of ours with values given as JSON.  Promises: PDF/A-2b; the same template, values and fixed time give the
same bytes on the same fonts; nothing is read but the template and the machine's fonts, nothing is fetched.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import typst


def typeset(template: bytes, values: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of a template; it reads `values` with `json(bytes(sys.inputs.values))`.  `at` is the time written into it."""
    inputs = {"values": json.dumps(dict(values), ensure_ascii=False)}
    compiler = typst.Compiler(template, font_paths=_fonts(), sys_inputs=inputs)
    made = compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=at)
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one document")
    return made


@cache
def _fonts() -> typst.Fonts:
    """The machine's fonts, looked for once."""
    return typst.Fonts()
