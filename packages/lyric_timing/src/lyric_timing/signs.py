"""What signs are called when they are sung, by ISO 639-1 code."""

from __future__ import annotations

_SIGNS: tuple[str, ...] = ("&", "%", "@", "+", "=", "#", "°")
_NAMES = {
    "en": ("and", "percent", "at", "plus", "equals", "number", "degrees"),
    "fr": ("et", "pour cent", "arobase", "plus", "égale", "numéro", "degrés"),
    "de": ("und", "prozent", "at", "plus", "gleich", "nummer", "grad"),
    "es": ("y", "por ciento", "arroba", "más", "igual a", "número", "grados"),
    "it": ("e", "per cento", "chiocciola", "più", "uguale", "numero", "gradi"),
    "pt": ("e", "por cento", "arroba", "mais", "igual a", "número", "graus"),
    "nl": ("en", "procent", "at", "plus", "is", "nummer", "graden"),
    "sv": ("och", "procent", "at", "plus", "lika med", "nummer", "grader"),
    "pl": ("i", "procent", "małpa", "plus", "równa się", "numer", "stopni"),
    "ru": ("и", "процентов", "собака", "плюс", "равно", "номер", "градусов"),
    "zh": ("和", "百分之", "at", "加", "等于", "号", "度"),
    "ja": ("アンド", "パーセント", "アット", "プラス", "イコール", "ナンバー", "度"),
    "ko": ("앤", "퍼센트", "앳", "더하기", "는", "넘버", "도"),
}
_SIGN_NAMES: dict[str, dict[str, str]] = {code: dict(zip(_SIGNS, names, strict=True)) for code, names in _NAMES.items()}

CURRENCIES: dict[str, dict[str, tuple[str, str]]] = {
    "en": {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds"), "¥": ("yen", "yen")},
    "fr": {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("livre", "livres"), "¥": ("yen", "yens")},
    "de": {"$": ("dollar", "dollar"), "€": ("euro", "euro"), "£": ("pfund", "pfund"), "¥": ("yen", "yen")},
    "es": {"$": ("dólar", "dólares"), "€": ("euro", "euros"), "£": ("libra", "libras"), "¥": ("yen", "yenes")},
    "it": {"$": ("dollaro", "dollari"), "€": ("euro", "euro"), "£": ("sterlina", "sterline"), "¥": ("yen", "yen")},
    "pt": {"$": ("dólar", "dólares"), "€": ("euro", "euros"), "£": ("libra", "libras"), "¥": ("iene", "ienes")},
    "nl": {"$": ("dollar", "dollar"), "€": ("euro", "euro"), "£": ("pond", "pond"), "¥": ("yen", "yen")},
    "zh": {"$": ("美元", "美元"), "€": ("欧元", "欧元"), "£": ("英镑", "英镑"), "¥": ("元", "元")},
    "ja": {"$": ("ドル", "ドル"), "€": ("ユーロ", "ユーロ"), "£": ("ポンド", "ポンド"), "¥": ("円", "円")},
    "ko": {"$": ("달러", "달러"), "€": ("유로", "유로"), "£": ("파운드", "파운드"), "₩": ("원", "원")},
}
"""Currency names, for one and for many."""


def signs_of(language: str) -> dict[str, str]:
    """Sign to word; empty for a language that is not in the table, whose signs then are not read."""
    return _SIGN_NAMES.get(language, {})
