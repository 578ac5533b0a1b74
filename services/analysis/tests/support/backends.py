"""Where a service under test keeps things."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from sow_analysis.settings import Settings


@dataclass(frozen=True)
class Backend:
    """Where a service keeps its rows, its queue and its objects."""

    name: str
    database_url: str
    queue_url: str
    storage_url: str
    storage: dict[str, Any]


def environment(settings: Settings) -> dict[str, str]:
    """What a process of its own needs in its environment to have these settings."""
    given = settings.model_dump(exclude_none=True)
    for name in ("api_key", "storage_secret"):
        if name in given:
            given[name] = given[name].get_secret_value()
    return dict(os.environ) | {f"SOW_ANALYSIS_{name.upper()}": str(value) for name, value in given.items()}
