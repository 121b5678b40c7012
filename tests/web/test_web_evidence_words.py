"""The reviewer's desk speaks both languages."""

import pytest

from openbureau.lab.linkage import cautions
from openbureau.lab.linkage_model import OTHERS, PERSON_NAMES, WHOLE_NAME
from openbureau.web.pages.evidence_words import CHINESE, words_of

COMPARISONS = (*PERSON_NAMES, WHOLE_NAME, *OTHERS)
CODES = (
    {"not stated"} | {one.field for one in COMPARISONS} | {level.code for one in COMPARISONS for level in one.levels}
)
NAMES = ("different", "same")
CAUTIONS = {
    caution
    for name in NAMES
    for birth in NAMES
    for number in NAMES
    for caution in cautions({"given name": name, "day of birth": birth, "identity number": number, "telephone": "same"})
}


@pytest.mark.parametrize("code", sorted(CODES | CAUTIONS))
def test_every_code_of_the_linkage_has_chinese_words(code):
    """Whatever the linkage says of a pair can be read in Chinese."""
    chinese, english = words_of(code)
    assert english == code
    assert chinese != code


def test_no_word_is_left_over():
    """A code that nothing says any more is noticed."""
    assert set(CHINESE) == CODES | CAUTIONS
