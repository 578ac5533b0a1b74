"""Writes the pages of settings from the services' settings classes: `make docs`.

Each service has its own environment, so one run writes one page: `make_settings.py analysis`, `make_settings.py qwen3`.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

DOCS = Path(__file__).parent
HEAD = """# Settings

<!-- Written by docs/make_settings.py from sow_analysis/settings.py. Change that, and run `make docs`. -->

Nothing has to be set. `sow serve` and `sow worker` read these environment variables when they start; `sow doctor` says
which are set and whether one is misspelt. [run-the-service.md](run-the-service.md) tells what they are for.
"""
TAIL = """
## The `sow` command

| variable | default | means |
|---|---|---|
| `SOW_SERVER` | `http://127.0.0.1:8000` | Address of the service for `sow submit`, `sow batch` and their like. |
| `SOW_ANALYSIS_API_KEY` | | The same key as the service's, which is sent to it. |
| `SOW_QWEN3_URL` | | Address of a Qwen3 alignment server for `sow align`. |
| `SOW_QWEN3_API_KEY` | | The key of that server. |
| `SOW_LLM_URL` | | Address of a server of language models for `sow align`. |
| `SOW_LLM_KEY` | | The key of that server. |
| `SOW_LLM_MODEL` | | Its name for the model. |
| `SOW_TRANSCRIPTION_URL` | | Address of a server that transcribes for `sow align`. |
| `SOW_TRANSCRIPTION_KEY` | | The key of that server. |
| `SOW_TRANSCRIPTION_MODEL` | `whisper-1` | Its name for the model. |
| `SOW_MODELS_DIR` | `models` in your cache folder | Folder of the models; the service uses it too. |
| `SOW_MODELS_SOURCES` | | Folders that are asked for a model first, separated as in `PATH`. |
| `SOW_DEBUG` | | `1` prints the traceback of an error. |
"""
QWEN3_HEAD = """# Settings of the alignment service

<!-- Written by docs/make_settings.py from qwen3_align/settings.py. Change that, and run `make docs`. -->

Nothing has to be set. `qwen3-align` reads these environment variables when it starts; its options `--host`, `--port`,
`--model`, `--device`, `--dtype` and `--offline` come before them.
[use-the-qwen3-aligner.md](use-the-qwen3-aligner.md) tells what the service is for.
"""


@dataclass(frozen=True)
class Page:
    """One page, and what it is made from."""

    file: Path
    module: str
    """Has `Settings` and `PREFIX`."""
    head: str
    tail: str = ""
    made: Mapping[str, str] = field(default_factory=dict[str, str])
    """Defaults that hang on the machine."""


PAGES = {
    "analysis": Page(
        DOCS / "settings.md",
        "sow_analysis.settings",
        HEAD,
        TAIL,
        {
            "data_dir": "`stream-of-worship` in your data folder",
            "cache_dir": "`stream-of-worship/analysis` in your cache folder",
        },
    ),
    "qwen3": Page(
        DOCS / "qwen3-settings.md",
        "qwen3_align.settings",
        QWEN3_HEAD,
        made={"cache_dir": "`stream-of-worship/qwen3` in your cache folder"},
    ),
}


def page(name: str = "analysis") -> str:
    """The whole page."""
    about = PAGES[name]
    module = importlib.import_module(about.module)
    settings: type[BaseSettings] = module.Settings
    parts = [about.head]
    for title, names in sections(settings).items():
        rows = [row(module.PREFIX, name, settings.model_fields[name], about.made) for name in names]
        parts.append(f"\n## {title}\n\n| variable | default | means |\n|---|---|---|\n{''.join(rows)}")
    return "".join(parts) + about.tail


def sections(settings: type[BaseSettings]) -> dict[str, list[str]]:
    """The names of the settings under the comments that head them in the class."""
    found: dict[str, list[str]] = {}
    title = "Others"
    for line in inspect.getsource(settings).splitlines():
        if heading := re.fullmatch(r"    # ([A-Z].*)", line):
            title = heading[1]
        elif (field := re.match(r"    (\w+):", line)) and field[1] in settings.model_fields:
            found.setdefault(title, []).append(field[1])
    return found


def row(prefix: str, name: str, field: FieldInfo, made: Mapping[str, str]) -> str:
    """One line of a table."""
    if field.default_factory is not None:
        default = made[name]
    else:
        default = (
            ""
            if field.default in (None, "")
            else f"`{str(field.default).lower() if field.annotation is bool else field.default}`"
        )
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{prefix}{name.upper()}` | {default} | {meaning} |\n"


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["analysis"]:
        PAGES[chosen].file.write_text(page(chosen), encoding="utf-8")
