"""Writes docs/settings.md from the settings class: `make docs`."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from pydantic.fields import FieldInfo

from sow_analysis.settings import PREFIX, Settings

PAGE = Path(__file__).with_name("settings.md")
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
| `SOW_MODELS_DIR` | `models` in your cache folder | Folder of the models; the service uses it too. |
| `SOW_MODELS_SOURCES` | | Folders that are asked for a model first, separated as in `PATH`. |
| `SOW_DEBUG` | | `1` prints the traceback of an error. |
"""
MADE = {
    "data_dir": "`stream-of-worship` in your data folder",
    "cache_dir": "`stream-of-worship/analysis` in your cache folder",
}
"""Defaults that hang on the machine."""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, names in sections().items():
        rows = [row(name, Settings.model_fields[name]) for name in names]
        parts.append(f"\n## {title}\n\n| variable | default | means |\n|---|---|---|\n{''.join(rows)}")
    return "".join(parts) + TAIL


def sections() -> dict[str, list[str]]:
    """The names of the settings under the comments that head them in the class."""
    found: dict[str, list[str]] = {}
    title = "Others"
    for line in inspect.getsource(Settings).splitlines():
        if heading := re.fullmatch(r"    # ([A-Z].*)", line):
            title = heading[1]
        elif (field := re.match(r"    (\w+):", line)) and field[1] in Settings.model_fields:
            found.setdefault(title, []).append(field[1])
    return found


def row(name: str, field: FieldInfo) -> str:
    """One line of a table."""
    if field.default_factory is not None:
        default = MADE[name]
    else:
        default = (
            ""
            if field.default in (None, "")
            else f"`{str(field.default).lower() if field.annotation is bool else field.default}`"
        )
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{PREFIX}{name.upper()}` | {default} | {meaning} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
