"""Types of fixtures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx2

Opener = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]
"""Opens an application for a caller."""
