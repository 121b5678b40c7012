"""In which language, and how are days, amounts and numbers written in it?

Catalogues are gettext texts in `locale/`, read at start; nothing compiled is kept.  Promises: `?lang=` wins over the
cookie, the cookie over Accept-Language; a sentence without a translation is a fault that a test finds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_currency_precision

from openbureau.law.rules import Citation

CHINESE, ENGLISH = "zh-CN", "en"
LANGUAGES = (CHINESE, ENGLISH)
_FOLDERS = {CHINESE: "zh_CN", ENGLISH: "en"}
_SHOWN_ZONE = timezone(timedelta(hours=8))
"""Chinese standard time: no daylight saving, so a fixed offset is exact."""


def choose_language(asked: str | None, kept: str | None, accepts: str | None) -> str:
    """The language of an answer: what the address asks, what the cookie keeps, what the reader accepts, English."""
    for wish in (asked, kept):
        if wish in LANGUAGES:
            return str(wish)
    return _accepted(accepts or "")


@cache
def _accepted(header: str) -> str:
    best, weight = ENGLISH, 0.0
    for part in header.split(",")[:20]:
        tag, _, rest = part.partition(";")
        language = {"zh": CHINESE, "en": ENGLISH}.get(tag.strip().lower()[:2])
        if language is not None and (worth := _weight(rest)) > weight:
            best, weight = language, worth
    return best


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one language, in the shape that Jinja's i18n extension asks for."""

    language: str
    sentences: Mapping[str, str]

    def gettext(self, message: str) -> str:
        """The sentence in this language."""
        return self.sentences.get(message) or message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The sentence for a number of things; Chinese has one form."""
        return self.gettext(singular if number == 1 and self.language == ENGLISH else plural)


def read_catalogue(language: str) -> Catalogue:
    """The packaged catalogue of a language."""
    place = files("openbureau.web") / "locale" / _FOLDERS[language] / "LC_MESSAGES" / "messages.po"
    found = read_po(BytesIO(place.read_bytes()), locale=_FOLDERS[language])
    return Catalogue(language, {str(message.id): str(message.string) for message in found if message.id})


class Formats:
    """Days, instants, amounts and numbers in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.is_chinese = language == CHINESE
        self._locale = Locale.parse(_FOLDERS[language])

    def pick(self, both: tuple[str, str]) -> str:
        """The right one of a (Chinese, English) pair of the code tables."""
        return both[0] if self.is_chinese else both[1]

    def money(self, amount: int | None, currency: str = "CNY") -> str:
        """An amount of the smallest unit, in its currency, with a true minus sign."""
        if amount is None:
            return "–"
        places = get_currency_precision(currency)
        text = format_currency(Decimal(amount).scaleb(-places), currency, locale=self._locale)
        return str(text).replace("-", "−")

    def number(self, value: int) -> str:
        """A whole number with group marks and a true minus sign."""
        return str(format_decimal(value, locale=self._locale)).replace("-", "−")

    def signed(self, value: int) -> str:
        """A whole number that always carries its sign."""
        return ("+" if value > 0 else "") + self.number(value)

    def day(self, value: date | str | None) -> str:
        """A day as people write it."""
        if value is None:
            return "–"
        made = date.fromisoformat(value) if isinstance(value, str) else value
        return str(format_date(made, "medium", locale=self._locale))

    def instant(self, value: datetime | str) -> str:
        """An instant in Chinese standard time, named as such."""
        made = datetime.fromisoformat(value) if isinstance(value, str) else value
        shown = made.astimezone(_SHOWN_ZONE).replace(tzinfo=None)
        zone = "北京时间" if self.is_chinese else "UTC+8"
        return f"{format_datetime(shown, 'medium', tzinfo=UTC, locale=self._locale)} {zone}"

    def place(self, cited: Citation) -> str:
        """Where an article stands."""
        article = "" if cited.article == "-" else cited.article
        is_number = article[:1].isdigit()
        if self.is_chinese:
            return f"《{cited.instrument_zh}》{f'第{article}条' if is_number else article}"
        return cited.instrument_en + (f", Article {article}" if is_number else f", {article}" if article else "")

    def share(self, per_mille: int) -> str:
        """A share told in thousandths, as a percentage."""
        text = format_decimal(Decimal(per_mille) / 10, locale=self._locale)
        return f"{text}%"
