"""Does a name or a text carry what may not be collected?

The Regulation on the Credit Reporting Industry, Art. 14, bars religion, genes, fingerprints, blood type, illness and medical
history outright, and income, deposits, securities, commercial insurance, real estate and tax amounts without a warning and
written consent.  Names of fields are folded into words, values are folded and searched for statements about a person.
What is found is never repeated.  A firm's own name is not searched: a clinic may be called a clinic.
"""

import re
import unicodedata
from collections.abc import Iterable

PROHIBITED, RESTRICTED = "prohibited", "restricted"
_PROHIBITED_WORDS = frozenset({
    "religion", "religious", "faith", "creed", "gene", "genes", "genetic", "genetics", "genome", "genotype", "dna",
    "fingerprint", "fingerprints", "blood", "illness", "disease", "diseases", "medical", "diagnosis", "diagnoses", "hiv", "icd",
})  # fmt: skip
_PROHIBITED_PARTS = (
    "宗教", "信仰", "基因", "指纹", "血型", "疾病", "病史", "病历", "诊断", "fingerprint", "bloodtype", "bloodgroup",
    "medicalhistory", "zongjiao", "xinyang", "zhiwen", "xuexing", "jibing", "bingshi",
)  # fmt: skip
_RESTRICTED_WORDS = frozenset({
    "income", "incomes", "salary", "wage", "wages", "deposit", "deposits", "securities", "insurance", "tax", "taxes",
})  # fmt: skip
_RESTRICTED_PARTS = (
    "收入",
    "工资",
    "存款",
    "有价证券",
    "保险",
    "不动产",
    "房产",
    "纳税",
    "realestate",
    "shouru",
    "cunkuan",
    "nashui",
)
_WORD = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]*|[^\W\d_a-zA-Z]+")
_UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff_·*]+")

_PROHIBITED_TEXTS = (
    r"(?:宗教)?信仰(?::|=|为|是|佛|道|基督|天主|伊斯兰)",
    r"(?:佛|基督|天主|伊斯兰|道|东正)教(?:徒|信徒)",
    r"穆斯林",
    r"(?:religion|religious|faith|creed)(?::|=|is)",
    r"(?:practi[cs]ing|devout)(?:muslim|christian|catholic|buddhist|hindu|jew)",
    r"血型(?::|=|为|是)?(?:ab|a|b|o)",
    r"(?:ab|a|b|o)型血",
    r"blood(?:type|group)",
    r"rh(?:阴|阳)性",
    r"基因(?:检测|突变|型|缺陷|序列|变异)",
    r"dna(?:序列|检测|图谱|profile|sequence|:|=)",
    r"brca[12]",
    r"[acgt]{24}",
    r"指纹(?:特征|模板|数据|图像|编码|:|=)",
    r"fingerprint(?:template|image|data|minutiae|:|=)",
    r"患(?:有|上|过)?.{0,8}?(?:病|癌|症|炎|瘤)",
    r"(?:确诊|诊断)(?:为|是|:|=|患)",
    r"(?:病史|既往史|病历)(?::|=|为|有|号)",
    r"(?:艾滋|乙肝|糖尿|白血|冠心|精神|性)病",
    r"(?:抑郁|精神分裂|癌|尿毒|孤独|焦虑)症",
    r"癫痫|高血压|恶性肿瘤|肝硬化",
    r"hiv(?:阳性|positive|\+)",
    r"diagnos(?:ed|is)",
    r"medicalhistory",
    r"icd-?(?:9|10|11)(?:-cm)?(?::|=)?[a-z]\d\d",
    r"(?:suffers?|suffering)from",
    r"(?:diabetes|leukaemia|leukemia|hepatitis|epilepsy|schizophrenia|cancer)(?:patient|:|=|since)",
)
_RESTRICTED_TEXTS = (
    r"(?:收入|工资|薪资)(?::|=|为|约)?(?:人民币)?\d",
    r"(?:存款|房产|纳税额?|保单|股票)(?:余额|市值)?(?::|=|为|约)\d",
    r"(?:income|salary|wages?|deposits?|taxpaid)(?::|=|of)(?:cny|rmb)?\d",
)
_PROHIBITED_CONTENT = re.compile("|".join(_PROHIBITED_TEXTS))
_RESTRICTED_CONTENT = re.compile("|".join(_RESTRICTED_TEXTS))


def barred_name(name: str) -> str | None:
    """Whether a field of this name is `prohibited` or `restricted`, in whatever spelling, case or width."""
    plain = unicodedata.normalize("NFKC", name)
    words = {word.lower() for word in _WORD.findall(plain)}
    joined = "".join(char for char in plain.casefold() if char.isalpha())
    if words & _PROHIBITED_WORDS or any(part in joined for part in _PROHIBITED_PARTS):
        return PROHIBITED
    if words & _RESTRICTED_WORDS or any(part in joined for part in _RESTRICTED_PARTS):
        return RESTRICTED
    return None


def barred_content(texts: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The first field whose text says something `prohibited` or `restricted`: (which, field)."""
    for field, text in texts:
        folded = _UNSEEN.sub("", (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold())
        if _PROHIBITED_CONTENT.search(folded):
            return (PROHIBITED, field)
        if _RESTRICTED_CONTENT.search(folded):
            return (RESTRICTED, field)
    return None


def pack() -> list[str]:
    """All that is searched for, as texts: part of the hash of the rule pack."""
    words, parts = sorted(_PROHIBITED_WORDS | _RESTRICTED_WORDS), (*_PROHIBITED_PARTS, *_RESTRICTED_PARTS)
    return [*words, *parts, *_PROHIBITED_TEXTS, *_RESTRICTED_TEXTS]
