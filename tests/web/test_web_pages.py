"""What the pages are made of: sentences in both languages, colours with contrast, structure for every reader."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from openbureau.core.furnishing.codes import MONTH_STATUSES
from openbureau.core.leaf import EventKind
from openbureau.web.pages.drawings import gauge
from openbureau.web.pages.language import LANGUAGES, Formats
from openbureau.web.pages.views import KINDS, tone
from web.visitor import PAGE, Client, sign_in
from world import PEOPLE

WEB = Path(__file__).parents[2] / "src" / "openbureau" / "web"
PAGES = ("/", "/sign-in", "/problems", "/me/report", "/me/diary", "/me/consents", "/nothing")


def sentences() -> set[str]:
    """Every sentence that code and templates mark."""
    found: set[str] = set()
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    words = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(str(WEB), methods, keywords=words):
        found.update(message if isinstance(message, tuple) else (message,))
    return found


@pytest.mark.parametrize("folder", ["zh_CN", "en"])
def test_catalogue_and_pages_have_the_same_sentences(folder: str) -> None:
    """Nothing is untranslated and nothing is left over."""
    with (WEB / "locale" / folder / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    told = {str(message.id): str(message.string) for message in catalogue if message.id}
    assert set(told) == sentences()
    for english, text in told.items():
        assert text, english
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", english)), english


def test_chinese_sentences_are_chinese() -> None:
    """A sentence that was only copied is found."""
    with (WEB / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                assert re.search(r"[\u4e00-\u9fff]", str(message.string)), message.id


def test_every_kind_of_event_and_status_can_be_written() -> None:
    """A new kind of event or monthly status cannot be forgotten on the pages."""
    assert set(KINDS) == set(EventKind)
    style = (WEB / "static" / "openbureau.css").read_text("utf-8")
    for status in MONTH_STATUSES:
        assert f".month.{tone(status)} " in style


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme, as the style sheet names them."""
    style = (WEB / "static" / "openbureau.css").read_text("utf-8").partition("@layer frame {")[0]
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found if scheme == "light" else found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(scheme: str) -> None:
    """Text reaches 4.5 to 1 on every ground it stands on (WCAG 1.4.3), in both schemes."""
    colours = tokens(scheme)
    pairs = [
        (ink, ground) for ink in ("ink", "muted", "accent", "bad", "good") for ground in ("paper", "card", "sunken")
    ]
    pairs += [("accent-ink", "accent"), ("accent", "accent-soft"), ("bad", "bad-soft")]
    pairs += [(name.replace("-bg", "-ink"), name) for name in colours if name.endswith("-bg")]
    for ink, ground in pairs:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (scheme, ink, ground)


class Outline(HTMLParser):
    """The parts of a page that a screen reader goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_pages_have_a_sound_structure(client: Client, path: str, language: str) -> None:
    """Language, one main heading, labelled fields, headed tables, unique ids, headings that do not skip."""
    if path.startswith("/me"):
        sign_in(client, PEOPLE["late"])
    page = client.get(f"{path}?lang={language}", headers=PAGE)
    outline = Outline()
    outline.feed(page.text)
    assert outline.all("html")[0]["lang"] == language
    assert len(outline.all("h1")) == len(outline.all("main")) == len(outline.all("title")) == 1
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {attributes.get("for") for attributes in outline.all("label")}
    for tag in ("input", "select", "textarea"):
        for attributes in outline.all(tag):
            assert attributes.get("type") == "hidden" or attributes["id"] in labelled
    assert all(attributes.get("scope") in {"col", "row"} for attributes in outline.all("th"))
    assert all("alt" in attributes for attributes in outline.all("img"))
    assert all(a.get("aria-hidden") == "true" or a.get("aria-label") for a in outline.all("svg"))
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    for attributes in (a for _, a in outline.tags):
        for name in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(name) is None or attributes[name] in ids


def test_a_month_is_told_by_sign_colour_and_words(client: Client) -> None:
    """Colour is never the only sign: each cell has its mark, its words, and where late its amount."""
    sign_in(client, PEOPLE["late"])
    page = client.get("/me/report?lang=en", headers=PAGE).text
    cells = re.findall(
        r'<td class="month ([\w-]+)" title="([^"]+)"><span aria-hidden="true">(.)</span><span class="unseen">([^<]+)</span>',
        page,
    )
    assert len(cells) == 24
    late = [cell for cell in cells if cell[2] == "4"]
    assert late == [("late-4", "overdue 91-120 days", "4", "overdue 91-120 days, CN¥16,000.00")]


@pytest.mark.parametrize("value", [350, 351, 650, 950])
def test_the_gauge_says_its_number(value: int) -> None:
    """The drawing carries its own words and stays inside its box."""
    drawn = gauge(value, 350, 950, words=f'{value} "<of>"')
    assert f'aria-label="{value} &#34;&lt;of&gt;&#34;"' in drawn
    places = [float(number) for number in re.findall(r'c[xy]="([0-9.]+)"', drawn)]
    assert all(0 <= place <= 260 for place in places)


def test_amounts_and_days_follow_the_language() -> None:
    """Fen become yuan, minus signs are true ones, instants name their zone."""
    chinese, english = Formats("zh-CN"), Formats("en")
    assert chinese.money(123_456) == "¥1,234.56"
    assert english.money(-100, "JPY") == "−¥100"
    assert chinese.day("2026-11-24") == "2026年11月24日"
    assert english.instant("2026-11-24T02:00:00+00:00").endswith("UTC+8")
    assert chinese.instant("2026-11-24T02:00:00+00:00") == "2026年11月24日 10:00:00 北京时间"
    assert (english.signed(5), english.signed(-5), english.signed(0)) == ("+5", "−5", "0")
    assert english.share(666) == "66.6%"
    assert english.money(None) == "–"
