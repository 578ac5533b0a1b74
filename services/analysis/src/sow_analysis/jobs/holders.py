"""Which process holds a lease, told so that others on the same machine can see whether it is still there.

A process id alone does not say: it is used again, and in another container it is another process. So a name has three
parts: the place (this boot of this machine, and its namespace of process ids), the process id, and when it started.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

_STATE, _STARTED = 0, 19
"""Fields of /proc/ID/stat that follow the process's name."""


@cache
def this_process() -> str | None:
    """Name this process; None where there is no /proc to tell."""
    place, fields = _place(), _stat(os.getpid())
    return None if place is None or fields is None else f"{place}/{os.getpid()}/{fields[_STARTED]}"


def is_gone(name: str) -> bool:
    """Whether the process of that name ran here and does so no longer. False if nobody can tell from here."""
    place, number, started = name.split("/")
    if place != _place():
        return False
    fields = _stat(int(number))
    if fields is None:
        return not _exists(int(number))
    return fields[_STATE] in ("Z", "X") or fields[_STARTED] != started


@cache
def _place() -> str | None:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
        namespace = Path("/proc/self/ns/pid").readlink()
    except (OSError, ValueError):
        return None
    return hashlib.sha256(f"{boot}{namespace}".encode()).hexdigest()[:16]


def _stat(number: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _exists(number: int) -> bool:
    """Whether there is a process of that id, even one that /proc hides from us."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        pass
    return True
