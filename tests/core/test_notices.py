"""A notice says all that the law asks for, or it is not loaded; shown, no place in it is empty."""

from dataclasses import replace
from datetime import date

import pytest

from openbureau.core.consent.notice import (
    LANGUAGES,
    NOTICES,
    PLACES,
    REQUIRED,
    NoticeIncomplete,
    check_by_law,
    check_notices,
    missing_items,
    notice_on,
    tell,
)
from openbureau.law.reader import load_law

NOTICE = NOTICES[-1]
DAY = date(2026, 11, 24)
NEEDED = sorted({code for words in REQUIRED.values() for codes in words.values() for code in codes})


def without(code):
    return replace(NOTICE, items=tuple(item for item in NOTICE.items if item.code != code))


@pytest.mark.parametrize("code", NEEDED)
def test_a_notice_without_an_item_is_not_loaded(code):
    """Each item that an article asks for, left out or said in one language only."""
    emptied = tuple(replace(item, en="") if item.code == code else item for item in NOTICE.items)
    for broken in (without(code), replace(NOTICE, items=emptied)):
        with pytest.raises(NoticeIncomplete, match=NOTICE.version):
            check_notices([broken])


@pytest.mark.parametrize("side", ["warning_zh", "warning_en"])
def test_the_conspicuous_warning_cannot_be_left_out(side):
    """Regulation Art. 19."""
    assert missing_items(replace(NOTICE, **{side: ""}), REQUIRED) == ["crr.consent.standard_terms: warning"]


@pytest.mark.parametrize("place", sorted(PLACES))
def test_an_item_names_whom_and_what_it_is_about(place):
    """Without the place for it a notice is not loaded; without anything to put there it is not shown."""
    items = tuple(replace(item, zh=item.zh.replace(f"{{{place}}}", "某")) for item in NOTICE.items)
    with pytest.raises(NoticeIncomplete, match=place):
        check_notices([replace(NOTICE, items=items)])
    with pytest.raises(NoticeIncomplete, match=place):
        tell(NOTICE, "en", dict.fromkeys(PLACES, "x") | {place: ""})


def test_the_lists_of_the_law_itself_are_answered():
    """PIPL Art. 17, 23 and 30, NDR Art. 21, word for word as the law pack has them; a new word there is missing here."""
    check_by_law(load_law("cn").on(DAY))
    more = {rule_id: [*words, "something new"] for rule_id, words in REQUIRED.items()}
    assert missing_items(NOTICE, more) == [f"{rule_id}: something new" for rule_id in REQUIRED]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_told_whole_in_a_language(language):
    """Version, warning, every item, every place filled."""
    told = tell(NOTICE, language, {place: f"<{place}>" for place in PLACES})
    text = str(told)
    assert (told["version"], len(told["items"])) == (NOTICE.version, len(NOTICE.items))
    assert all(f"<{place}>" in text for place in PLACES)
    assert "{" not in "".join(item["text"] for item in told["items"])


def test_there_is_no_notice_before_the_first():
    """The version is a function of the day."""
    assert notice_on(DAY) is NOTICE
    with pytest.raises(LookupError):
        notice_on(date(2013, 3, 14))
