"""The languages that the model knows, by its own names for them.

Within one script it hardly matters which is given, as the model hears the language by itself; a language that the model
was not trained on, though, gives times that look right and are not. Hence those are refused.
"""

from __future__ import annotations

import re

from lyric_timing.language import guess_language, language_code
from qwen3_align.errors import UnsupportedLanguageError

_BY_CODE = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "pt": "Portuguese", "ru": "Russian", "yue": "Cantonese", "zh": "Chinese",
}  # fmt: skip
LANGUAGES: tuple[str, ...] = tuple(sorted(_BY_CODE.values()))
"""The model's names for the languages that it was trained on."""

_CANTONESE = re.compile(r"cantonese|yue([-_].*)?|zh[-_]yue([-_].*)?", re.IGNORECASE)
_UNDECIDED = "English"
"""For words that no list of common words knows, such as la la la: all Latin scripts are read alike."""


def model_language(language: str | None, text: str) -> str:
    """The model's name for `language`: a code, a tag such as `zh-TW`, or an English name.

    Without one (None, `auto` and the like) the text tells it: by script, and in Latin script by common words.

    Raises:
        UnsupportedLanguageError: the model does not know the language.
    """
    if language is not None and _CANTONESE.fullmatch(language.strip()):
        return _BY_CODE["yue"]
    code = language_code(language)
    if code is not None:
        if code in _BY_CODE:
            return _BY_CODE[code]
        raise UnsupportedLanguageError(f"The model does not know the language {language!r}. {_SUPPORTED}")
    guess = guess_language(text)
    if guess is None:
        return _UNDECIDED
    if guess not in _BY_CODE:
        raise UnsupportedLanguageError(
            f"The lyrics look like {guess!r}, a language that the model does not know. {_SUPPORTED} "
            "If the guess is wrong, say which language it is."
        )
    return _BY_CODE[guess]


_SUPPORTED = "It knows " + ", ".join(f"{name} ({code})" for code, name in sorted(_BY_CODE.items())) + "."
