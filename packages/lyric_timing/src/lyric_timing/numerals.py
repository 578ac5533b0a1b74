"""Numbers and signs as they are sung: `10,000 reasons` is `ten thousand reasons`, `2024年` is `二零二四年`.

Works on text that is NFKC-normalised and case-folded. Number words come from num2words; Chinese, which that library
does not have, is read here. A language that neither knows keeps its digits (espeak-ng, for one, can still say them).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from num2words import CONVERTER_CLASSES, num2words  # pyright: ignore[reportUnknownVariableType]

from lyric_timing.signs import CURRENCIES, signs_of

_LONGEST = 15
"""Digits of the longest number that is read as one; a longer one is read digit by digit."""
_YEARS = range(1100, 2100)
_YEAR_LANGUAGES = {"en", "de", "nl", "da", "no"}
"""Languages that say a year otherwise than its number (and whose reading in num2words is right)."""
_DECIMAL_DOT = {"en", "zh", "ja", "ko", "th", "he", "hi"}
"""Languages that write 3.5; the others write 3,5."""
_POINT_WORDS = {
    "en": "point", "fr": "virgule", "de": "komma", "es": "coma", "it": "virgola", "pt": "vírgula", "nl": "komma",
    "sv": "komma", "da": "komma", "no": "komma", "pl": "przecinek", "zh": "点", "ja": "点", "ko": "점",
}  # fmt: skip
_ENGLISH_FRACTIONS = {"1/2": "one half", "1⁄2": "half", "1⁄4": "a quarter", "3⁄4": "three quarters"}

_ORDINAL_ENDINGS = {
    "en": "st|nd|rd|th", "fr": "er|ère|re|e|ème|eme|nd|nde", "es": r"\.?[oa]|er", "it": r"\.?[oa]", "pt": r"\.?[oa]",
    "nl": "e|de|ste",
}  # fmt: skip
_FEMININE = {"fr": (r"premier$", "première"), "es": ("o$", "a"), "it": ("o$", "a"), "pt": ("o$", "a")}
_FEMININE_ENDINGS = {"a", ".a", "ère", "re"}

_READABLE = re.compile(r"[\d&@]")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)\s*([+=])\s*(?=\d)")
_WORD_SIGN = re.compile(r"(?<![&@])[&@](?![&@])")
_NUMBER = re.compile(
    r"(?P<before>[$€£¥₩#№])?\s?"
    r"(?P<body>\d{1,3}(?: 000){1,4}(?!\d)|\d+(?:[.,:/⁄]\d+)*)"
    r"(?P<behind>\s?[%$€£¥₩°](?!\d)|(?:['.]?[^\W\d_]+)?)"
)
_ZH_DIGITS = "零一二三四五六七八九"
_ZH_COUNTED = "个個位次天年人颗顆条條只隻句种種件片间間杯双雙封朵场場座代回遍分千万萬亿億百里岁歲"
"""What can follow 两: a lone 2 before one of these is counted, not read out."""


def has_numerals(text: str) -> bool:
    """Whether there is anything for `read_numbers` to read: a digit or a sign."""
    return _READABLE.search(text) is not None


def read_numbers(text: str, language: str | None, after: str = "") -> str:
    """`text` with its numbers, and the signs around them (`% $ # & @ + =`), as words that are set off by spaces.

    `language` is an ISO 639-1 code; None reads as English. `after` is the text that follows, where it is known
    (年 after 2024, 个 after 2). Never raises.
    """
    language = language or "en"
    signs = signs_of(language)
    text = _BETWEEN_NUMBERS.sub(lambda sign: f" {signs.get(sign[1], '')} ", text)
    text = _WORD_SIGN.sub(lambda sign: f" {signs.get(sign[0], '')} ", text)

    def read(match: re.Match[str]) -> str:
        behind = match["behind"].strip()
        following = (behind or text[match.end() : match.end() + 1] or after)[:1]
        return f" {_read(match['before'] or '', match['body'].replace(' ', ''), behind, language, following)} "

    return _NUMBER.sub(read, text)


def _read(before: str, body: str, behind: str, language: str, following: str) -> str:
    """One number with the sign before it and the sign or letters behind it."""
    signs, currencies = signs_of(language), CURRENCIES.get(language, {})
    if before in currencies and (price := re.fullmatch(r"(\d+)[.,](\d\d)", body)):
        return f"{_read(before, price[1], '', language, '')} {_read_integer(price[2], language, '')} {behind}"
    number = _read_body(body, language, following)
    if before in {"#", "№"}:
        return f"{signs.get('#', '')} {number} {behind}"
    if before in currencies:
        return f"{number} {currencies[before][body != '1']} {behind}"
    if behind in currencies:
        return f"{number} {currencies[behind][body != '1']}"
    if behind == "%" and language == "zh":
        return signs["%"] + number
    if behind in {"%", "°"}:
        return f"{number} {signs.get(behind, '')}"
    ending = _ordinal_or_plural(body, behind, language) if behind and body.isdecimal() else None
    return ending or f"{number} {behind}"


def _ordinal_or_plural(digits: str, ending: str, language: str) -> str | None:
    """`2nd`, `1ère`, `80s`, `1990's`; None when the ending is something else."""
    if (endings := _ORDINAL_ENDINGS.get(language)) and re.fullmatch(endings, ending):
        word = _number_words(digits, language, "ordinal")
        if word and ending in _FEMININE_ENDINGS and language in _FEMININE:
            return re.sub(*_FEMININE[language], word)
        return word
    if language == "en" and ending in {"s", "'s"}:
        number = _read_integer(digits, "en", "")
        return number[:-1] + "ies" if number.endswith("y") else number + ("es" if number.endswith("x") else "s")
    return None


def _read_body(body: str, language: str, following: str) -> str:
    """Digits with the separators between them: thousands, decimals, clock times, fractions, lists."""
    if body.isdecimal():
        return _read_integer(body, language, following)
    dot, comma = (".", ",") if language in _DECIMAL_DOT else (",", ".")
    whole, _, fraction = body.partition(dot)
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:\{comma}\d{{3}})+", whole) and (fraction.isdecimal() or not fraction):
        return _read_decimal(whole.replace(comma, ""), fraction, language, following)
    if re.fullmatch(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+", body):  # several of them can only be thousands
        return _read_integer(re.sub(r"[.,]", "", body), language, following)
    if whole.isdecimal() and fraction.isdecimal():
        return _read_decimal(whole, fraction, language, following)
    if language == "en" and body in _ENGLISH_FRACTIONS:
        return _ENGLISH_FRACTIONS[body]
    if language == "en" and (clock := re.fullmatch(r"(\d{1,2}):(\d)(\d)", body)):
        return _read_clock(*clock.groups())
    return " ".join(_read_integer(part, language, "") for part in re.split(r"[.,:/⁄]", body))


def _read_clock(hour: str, ten: str, one: str) -> str:
    """An English time of day (or chapter and verse): three sixteen, six oh five, seven."""
    if ten == one == "0":
        return _read_integer(hour, "en", "")
    minutes = f"oh {_read_integer(one, 'en', '')}" if ten == "0" else _read_integer(ten + one, "en", "")
    return f"{_read_integer(hour, 'en', '')} {minutes}"


def _read_decimal(whole: str, fraction: str, language: str, following: str) -> str:
    if not fraction:
        return _read_integer(whole, language, following)
    parts = (_read_integer(whole, language, ""), _POINT_WORDS.get(language, ""), _digits(fraction, language))
    return ("" if language == "zh" else " ").join(parts)


def _read_integer(digits: str, language: str, following: str) -> str:
    digits = "".join(str(int(digit)) for digit in digits)  # from whichever decimal digits Unicode has
    if language == "zh" and following == "年" and len(digits) == 4:
        return _digits(digits, "zh")
    if language == "zh" and digits == "2" and following and following in _ZH_COUNTED:
        return "两"
    if len(digits) > _LONGEST or (digits.startswith("0") and digits != "0"):
        return _digits(digits, language)
    if language == "zh":
        return _chinese(int(digits))
    if language in _YEAR_LANGUAGES and len(digits) == 4 and int(digits) in _YEARS:
        return _number_words(digits, language, "year") or digits
    return _number_words(digits, language, "cardinal") or digits


def _digits(digits: str, language: str) -> str:
    """One by one, as in a telephone number."""
    if language == "zh":
        return "".join(_ZH_DIGITS[int(digit)] for digit in digits)
    names = ((_number_words(digit, language, "cardinal") or digit) for digit in digits)
    return " ".join("oh" if name == "zero" and language == "en" else name for name in names)


@lru_cache(maxsize=4096)
def _number_words(digits: str, language: str, form: str) -> str | None:
    """What num2words says, or None where it cannot."""
    if language not in CONVERTER_CLASSES:
        return None
    convert = cast("Callable[..., str]", num2words)
    try:
        return convert(int(digits), lang=language, to=form).casefold()
    except Exception:  # its 60 converters fail in as many ways, and no number may break a sheet
        return None


def _chinese(number: int) -> str:
    """A number below 10^16 in Chinese: 10 is 十, 101 is 一百零一, 20000 is 二万.

    Groups of four digits with 万, 亿 and 万亿 behind them; any run of zeros inside is one 零.
    """
    out = _chinese_group(number // 10**12 % 10**4, "万亿" if number // 10**8 % 10**4 == 0 else "万")
    for power, unit in ((8, "亿"), (4, "万"), (0, "")):
        group = number // 10**power % 10**4
        if out and group and (group < 1000 or out.endswith("零")):
            out = out.removesuffix("零") + "零"
        elif out and not group and not out.endswith("零"):
            out += "零"
        out += _chinese_group(group, unit)
    out = out.removesuffix("零") or "零"
    return out.removeprefix("一") if out.startswith("一十") else out


def _chinese_group(group: int, unit: str) -> str:
    """1 to 9999 with the unit of its group behind it; nothing for 0."""
    out, gap = "", False
    for power, name in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
        digit = group // 10**power % 10
        if digit:
            out += ("零" if gap else "") + _ZH_DIGITS[digit] + name
        gap = bool(out) and not digit
    return out + unit if out else ""
