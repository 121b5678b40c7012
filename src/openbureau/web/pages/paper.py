"""On what are pages written?

Templates in both languages, static files by content hash, and the headers of a page.  Promises: a page loads nothing from
elsewhere and runs no script (the policy forbids it; the furnisher's desk alone runs a file of our own); texts are escaped;
static files may be kept for ever because their address changes with their content.
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from openbureau.web.pages.language import LANGUAGES, Formats, read_catalogue

POLICY = "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE_HEADERS = SAFE_HEADERS | {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SCRIPTED_POLICY = POLICY.replace("script-src 'none'", "script-src 'self'")
"""For the furnisher's desk alone: scripts of our own files, still none in a page (decision 0015)."""
_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that pages load."""

    content: bytes
    media_type: str
    version: str


class Paper:
    """Templates, formats and static files."""

    def __init__(self) -> None:
        self.files = {item.name: _static(item.name, item.read_bytes()) for item in _static_folder()}
        self.formats = {language: Formats(language) for language in LANGUAGES}
        self._environments = {language: self._environment(language) for language in LANGUAGES}

    def _environment(self, language: str) -> Environment:
        made = Environment(
            loader=PackageLoader("openbureau.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.install_gettext_translations(read_catalogue(language), newstyle=True)  # type: ignore[attr-defined]
        made.globals.update(
            language=language,
            write=self.formats[language],
            static=self.address,
            other="en" if language == "zh-CN" else "zh-CN",
        )
        return made

    def address(self, name: str) -> str:
        """Where a static file is fetched, with the hash of its content."""
        return f"/static/{name}?v={self.files[name].version}"

    def write(self, template: str, language: str, words: dict[str, Any]) -> bytes:
        """A page in a language."""
        return self._environments[language].get_template(template).render(words).encode()

    def say(self, language: str, message: str) -> str:
        """One sentence in a language."""
        return str(self._environments[language].globals["gettext"](message))  # type: ignore[operator]


def _static_folder() -> list[Any]:
    folder = files("openbureau.web") / "static"
    return sorted((item for item in folder.iterdir() if item.is_file()), key=lambda item: item.name)


def _static(name: str, content: bytes) -> StaticFile:
    return StaticFile(content, _TYPES[name[name.rfind(".") :]], hashlib.sha256(content).hexdigest()[:12])
