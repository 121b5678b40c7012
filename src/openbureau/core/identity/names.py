"""Do two names agree, and how?  Characters, pinyin, Latin order, traditional forms, firms and their branches, telephones.

Everything here compares; nothing is stored in these forms.  The tables are our own: a character that is not in them
has no sound here, and then no agreement is claimed from sound.  Promise: normalising twice equals normalising once.
"""

import re
import unicodedata
from enum import StrEnum
from functools import cache
from itertools import product

from openbureau.core.identity.pinyin import pinyin

_SOUNDS = """
bai 柏 bao 葆 bi 弼 bo 柏薄 bu 卜 ceng 曾 cha 查 chan 单 chang 长昶 chong 重 chou 仇 dai 岱 dan 单 di 翟 du 笃 fang 舫 gai 盖
ge 盖 gou 缑 hu 扈 ji 佳 jia 佳 jie 解 juan 隽 kan 侃 le 乐 li 郦 lu 吕 lv 吕 mi 宓 ou 区 piao 朴 pu 朴 qin 覃 qiu 仇 shan 单
tan 覃 wan 琬 wei 尉 xie 解 yu 尉 yue 乐 zeng 曾 zha 查 zhai 翟 zhang 长 zhong 重 zhu 竺
"""
"""Characters that a name reads otherwise than `pinyin` does, or in several ways."""
_TRADITIONAL_PAIRS = (
    "張张 陳陈 劉刘 楊杨 趙赵 黃黄 吳吴 孫孙 馬马 羅罗 鄭郑 謝谢 韓韩 許许 馮冯 鄧邓 葉叶 蕭萧 蔣蒋 蘇苏 "
    "盧卢 閻阎 餘余 鍾钟 範范 譚谭 賈贾 龍龙 萬万 錢钱 湯汤 龔龚 龐庞 賴赖 莊庄 顏颜 簡简 車车 關关 喬乔 "
    "齊齐 魯鲁 劍剑 偉伟 麗丽 華华 國国 強强 軍军 傑杰 輝辉 鳳凤 蘭兰 紅红 東东 業业 寧宁 濤涛 亞亚 詩诗 "
    "飛飞 揚扬 藝艺 億亿 義义 頤颐 雲云 瑋玮 煒炜 維维 圖图 澤泽 驍骁 駿骏 騰腾 鵬鹏 賓宾 靜静 潔洁 瑩莹 "
    "穎颖 蓮莲 瓊琼 蘿萝 蔔卜 競竞 誠诚 謙谦 謹谨 訓训 譽誉 諾诺 銳锐 鋒锋 鋼钢 鎮镇 銘铭 錦锦 鈺钰 鈞钧 "
    "陽阳 陸陆 陰阴 歐欧 區区 駱骆 單单 聶聂 欒栾 畢毕 鄒邹 鄔邬 "
)
_TRADITIONAL = {pair[0]: pair[1] for pair in _TRADITIONAL_PAIRS.split()}
_SHAPES = (
    "未末 己已巳 日曰 士土 候侯 析折 戊戌戍 徽微 晴睛 冶治 妹姝 毫豪 今令 千干于 大太犬 王玉主 "
    "天夭 人入 阳旸杨 清晴情 佳住往 莹荧萤 炜伟玮 琪琦棋 俊浚峻 祥详 梓锌 洋详 婷停 昊吴 冯马"
)
_LOOK_ALIKE = tuple(_SHAPES.split())
DOTS = str.maketrans(dict.fromkeys("·•・‧∙", "·"))
"""The dots that stand between the parts of a name, as one."""
_FORMS = (
    ("股份有限公司", "股份公司"), ("有限责任公司", "有限公司"), ("COMPANY LIMITED", "CO LTD"), ("CORPORATION", "CORP"),
    ("LIMITED", "LTD"), ("COMPANY", "CO"), ("INCORPORATED", "INC"),
)  # fmt: skip
_BRANCH_ZH = re.compile(r"(?P<head>.+?公司)(?P<branch>.+?(?:分公司|支公司|分行|支行|办事处|营业部))\Z")
_BRANCH_EN = re.compile(r"(?P<head>.+? (?:CO LTD|LTD|INC|CORP)) (?P<branch>.+) BRANCH\Z")
_BRANCH_OF = re.compile(r"(?P<branch>[A-Z ]+?) BRANCH OF (?P<head>.+)\Z")
_HAN = re.compile(r"[\u3400-\u9fff]")
_FULL_STOP = re.compile(r"(?<=[\u3400-\u9fff])\.(?=[\u3400-\u9fff])")
"""A full stop between characters is a middle dot typed on another keyboard; in Latin names it ends an initial."""
_AREA_CODES = re.compile(r"(?:0(?:10|2[0-9])[0-9]{8}|0[3-9][0-9]{2}[0-9]{7,8})\Z")


class Agreement(StrEnum):
    """How two names agree, the strongest that holds."""

    SAME = "same"
    SAME_ORDERED = "same-ordered"
    SAME_SOUND = "same-sound"
    SIMILAR_SHAPE = "similar-shape"
    ONE_CHARACTER = "one-character"
    BRANCH = "branch"
    DIFFERENT = "different"


@cache
def _several() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    words = _SOUNDS.split()
    for syllable, characters in zip(words[::2], words[1::2], strict=True):
        for character in characters:
            if syllable not in found.get(character, ()):
                found[character] = (*found.get(character, ()), syllable)
    return found


def _readings(character: str) -> tuple[str, ...]:
    """How a character can be read; empty for one without a known reading."""
    found = pinyin(character)
    return _several().get(character) or ((found,) if found != character else ())


def plain_name(text: str) -> str:
    """One spelling: NFKC, one middle dot, simplified characters, upper case without accents, single blanks."""
    text = unicodedata.normalize("NFKC", text).translate(DOTS).upper()
    text = _FULL_STOP.sub("·", text)
    text = "".join(_TRADITIONAL.get(character, character) for character in text)
    text = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    text = unicodedata.normalize("NFKC", re.sub(r"[.,'`\u2019()\-]", " ", text))
    if _HAN.search(text):
        return "".join(text.split())
    return " ".join(text.split())


def latin_words(text: str) -> tuple[str, ...]:
    """The words of a Latin name in no order: family name first or last is the same name."""
    return tuple(sorted(plain_name(text).replace("·", " ").split()))


def spellings(text: str) -> frozenset[str]:
    """Every pinyin spelling of a name in characters without blanks, family name first and last."""
    plain = plain_name(text)
    options = [_readings(character) for character in plain if character != "·"]
    if len(options) < 2 or len(options) > 4 or not all(options):
        return frozenset()
    found: set[str] = set()
    for way in product(*options):
        for family in range(1, len(way)):
            first, rest = "".join(way[:family]).upper(), "".join(way[family:]).upper()
            found |= {first + rest, rest + first}
    return frozenset(found)


def name_keys(text: str) -> frozenset[str]:
    """What two spellings of one name have in common: plain characters, their pinyin, Latin words run together both ways."""
    plain = plain_name(text)
    if _HAN.search(plain):
        return spellings(text) | {plain}
    words = plain.replace("·", " ").split()
    return frozenset({"".join(words), "".join(words[1:] + words[:1]), "".join(words[-1:] + words[:-1])} - {""})


def firm_name(text: str) -> str:
    """A firm's name with its legal form written one way."""
    plain = plain_name(text)
    for long, short in _FORMS:
        plain = plain.replace(long, short)
    return plain


def split_branch(text: str) -> tuple[str, str]:
    """Head office and branch of a firm's name; the branch is empty where none is named."""
    name = firm_name(text)
    for pattern in (_BRANCH_ZH, _BRANCH_OF, _BRANCH_EN):
        found = pattern.match(name)
        if found:
            return found["head"].strip(), found["branch"].strip().removesuffix("分公司")
    return name, ""


def compare(left: str, right: str, *, is_firm: bool = False) -> Agreement:
    """How two names agree."""
    if is_firm:
        return _compare_firms(left, right)
    one, other = plain_name(left), plain_name(right)
    if one == other:
        return Agreement.SAME
    has_han = bool(_HAN.search(one)), bool(_HAN.search(other))
    if not any(has_han) and latin_words(one) == latin_words(other):
        return Agreement.SAME_ORDERED
    if all(has_han):
        return _compare_characters(one, other)
    if has_han[0] != has_han[1]:
        han, latin = (one, other) if has_han[0] else (other, one)
        return (
            Agreement.SAME_SOUND if latin.replace(" ", "").replace("·", "") in spellings(han) else Agreement.DIFFERENT
        )
    if one.replace(" ", "") == other.replace(" ", ""):
        return Agreement.SAME_ORDERED
    return (
        Agreement.ONE_CHARACTER if _is_one_edit(one, other) and min(len(one), len(other)) > 4 else Agreement.DIFFERENT
    )


def _compare_characters(one: str, other: str) -> Agreement:
    if len(one) == len(other):
        pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        if all(any(a in row and b in row for row in _LOOK_ALIKE) for a, b in pairs):
            return Agreement.SIMILAR_SHAPE
        if all(set(_readings(a)) & set(_readings(b)) for a, b in pairs):
            return Agreement.SAME_SOUND
    if _is_one_edit(one, other) and max(len(one), len(other)) > 2 and one[0] == other[0]:
        return Agreement.ONE_CHARACTER
    return Agreement.DIFFERENT


def _compare_firms(left: str, right: str) -> Agreement:
    (head, branch), (other_head, other_branch) = split_branch(left), split_branch(right)
    if head != other_head:
        is_close = branch == other_branch and _is_one_edit(head, other_head) and min(len(head), len(other_head)) > 5
        return Agreement.ONE_CHARACTER if is_close else Agreement.DIFFERENT
    return Agreement.SAME if branch == other_branch else Agreement.BRANCH


def _is_one_edit(one: str, other: str) -> bool:
    """One character replaced, left out, put in, or two neighbours exchanged."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    if len(one) == len(other):
        is_swapped = len(rest) > 1 and rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
        return is_swapped or rest[1:] == other_rest[1:]
    return rest[1:] == other_rest if len(one) > len(other) else other_rest[1:] == rest


def differing(left: str, right: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    """Each character of both names and whether it differs, for showing them side by side."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for a in range(len(left) - 1, -1, -1):
        for b in range(len(right) - 1, -1, -1):
            table[a][b] = table[a + 1][b + 1] + 1 if left[a] == right[b] else max(table[a + 1][b], table[a][b + 1])
    marks, other_marks = [True] * len(left), [True] * len(right)
    a = b = 0
    while a < len(left) and b < len(right):
        if left[a] == right[b]:
            marks[a] = other_marks[b] = False
            a, b = a + 1, b + 1
        elif table[a + 1][b] >= table[a][b + 1]:
            a += 1
        else:
            b += 1
    return tuple(zip(left, marks, strict=True)), tuple(zip(right, other_marks, strict=True))


def normal_phone(text: str) -> str | None:
    """A Chinese mobile number as 11 digits, a landline with its area code, another country's with `+`; else None."""
    plain = re.sub(r"[\s\-().]", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"^(?:\+|00)86", "", plain)
    if re.match(r"86?1[3-9][0-9]{9}\Z", plain) and len(plain) == 13:
        plain = plain[2:]
    if re.match(r"1[3-9][0-9]{9}\Z", plain) or _AREA_CODES.match(plain):
        return plain
    if re.match(r"(?:10|2[0-9])[0-9]{8}\Z", plain):
        return f"0{plain}"
    plain = re.sub(r"^00", "+", plain)
    return plain if re.match(r"\+[1-9][0-9]{6,14}\Z", plain) else None
