"""The espeak-ng synthesiser as a source of pronunciations, where the user has installed it.

espeak-ng is under the GPL, so nothing here depends on it: it is looked for at run time, first as the package
`espeakng-loader` (the extra `espeak`), then as the system's shared library. Only its text-to-phoneme half is used
(`espeak_TextToPhonemes` of `speak_lib.h`); nothing is synthesised.

The library keeps one voice for the whole process and is not thread-safe, so every call holds one lock.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
import importlib.util
import threading
from collections.abc import Sequence
from functools import cache

_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: opens no sound device
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: without it, missing data ends the process
_UTF8 = 1
_SEPARATOR = "_"
_IPA = 0x02 | ord(_SEPARATOR) << 8
_LONGEST = 80
"""Characters of one word that are handed over; no word that is sung is longer."""

VOICES = {"en": "en-us", "es": "es-419", "pt": "pt-br", "no": "nb", "zh": "cmn", "fil": "tl", "iw": "he"}
"""Our language code to espeak's voice, where they differ or where the bare code is not the usual sung variety."""


class Espeak:
    """The loaded library. Get it from `find_espeak`."""

    def __init__(self, library: ctypes.CDLL, data_path: str | None) -> None:
        """Start the library; OSError when it is there but cannot start (no data)."""
        self._lock = threading.Lock()
        self._library = library
        self._voice = ""
        library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        library.espeak_Initialize.restype = ctypes.c_int
        library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        library.espeak_SetVoiceByName.restype = ctypes.c_int
        library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        path = data_path.encode() if data_path else None
        if library.espeak_Initialize(_RETRIEVAL, 0, path, _DONT_EXIT) <= 0:
            raise OSError("espeak-ng does not start: its data files are missing")

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for this language code."""
        with self._lock:
            return self._choose(language)

    def ipa(self, words: Sequence[str], language: str) -> list[tuple[str, ...]]:
        """The phonemes of each word on its own, as IPA; an empty tuple where espeak knows none or lacks the voice."""
        with self._lock:
            if not self._choose(language):
                return [() for _ in words]
            return [self._phonemes(word) for word in words]

    def _choose(self, language: str) -> bool:
        voice = VOICES.get(language, language)
        if voice != self._voice:
            if not voice.replace("-", "").isalnum() or self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                return False
            self._voice = voice
        return True

    def _phonemes(self, word: str) -> tuple[str, ...]:
        # The text must not hold NUL (its end to C), nor brackets, which begin phoneme input and SSML.
        text = "".join(c for c in word[:_LONGEST] if c.isalnum() or not c.isascii() or c in "' ")
        buffer = ctypes.create_string_buffer(text.encode("utf-8", "ignore"))
        pointer = ctypes.c_void_p(ctypes.addressof(buffer))
        clauses: list[str] = []
        while pointer.value:
            clauses.append((self._library.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA) or b"").decode())
        joined = " ".join(clauses).replace(" ", _SEPARATOR)
        return tuple(p for p in _without_language_marks(joined).split(_SEPARATOR) if p)


def _without_language_marks(phonemes: str) -> str:
    """`(en)wiːkɛnd(fr)` is how espeak says that it spoke a word as a foreign one; the sounds are what we want."""
    kept: list[str] = []
    for piece in phonemes.split("("):
        _, closed, rest = piece.partition(")")
        kept.append(rest if closed else piece)
    return _SEPARATOR.join(kept)


@cache
def find_espeak() -> Espeak | None:
    """espeak-ng if this machine has it, else None. Looked for once per process."""
    for library_path, data_path in _candidates():
        try:
            return Espeak(ctypes.CDLL(library_path), data_path)
        except (OSError, AttributeError):
            continue
    return None


def _candidates() -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    if importlib.util.find_spec("espeakng_loader") is not None:
        try:
            loader = importlib.import_module("espeakng_loader")
            found.append((str(loader.get_library_path()), str(loader.get_data_path())))
        except (ImportError, RuntimeError):
            pass
    system = ctypes.util.find_library("espeak-ng")
    if system:
        found.append((system, None))
    return found
