"""Engine processes from the parent's side: started when needed, kept warm, killed to stop their work.

A process costs seconds to start, since it loads models, so it is kept between jobs; after so many jobs it is replaced,
which keeps leaks in native code from adding up. Work cannot be interrupted politely inside native code: to stop it, the
process is killed, with all that it may have started.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from sow_analysis.errors import AnalysisError
from sow_analysis.failures import Failure
from sow_analysis.jobs.errors import EngineCrashedError

Tell = Callable[[str, float], None]

_LONGEST_LINE = 64 << 20
_log = structlog.stdlib.get_logger(__name__)


class EngineFailedError(AnalysisError):
    """The work failed in the engine's process; `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Engine:
    """One process. Made by `start`; does one task at a time."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self.tasks_done = 0

    @classmethod
    async def start(cls, max_bytes: int | None = None) -> Engine:
        """Start a process."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "sow_analysis.child",
                str(theirs.fileno()),
                str(max_bytes or 0),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sys.stderr.fileno() if _has_number(sys.stderr) else asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        reader, writer = await asyncio.open_connection(sock=ours, limit=_LONGEST_LINE)
        return cls(process, reader, writer)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    async def run(self, task: str, arguments: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        """Have a task done. When this is cancelled, the process is of no use any more: kill it.

        Args:
            task: a name of `child.TASKS`.
            arguments: for it.
            tell: called with the stage and its share.

        Raises:
            EngineFailedError: the task raised an exception.
            EngineCrashedError: the process died, or speaks nonsense.
        """
        try:
            self._writer.write(json.dumps({"task": task, "arguments": arguments}).encode() + b"\n")
            await self._writer.drain()
            while line := await self._reader.readline():
                message: dict[str, Any] = json.loads(line)
                if "progress" in message:
                    tell(*message["progress"])
                    continue
                self.tasks_done += 1
                if "result" in message:
                    return message["result"]
                failure = Failure(**message["failure"])
                _log.warning("engine_failed", task=task, code=failure.code, trace=message["trace"])
                raise EngineFailedError(failure)
        except (OSError, ValueError, KeyError, TypeError) as error:
            await self.kill()
            raise EngineCrashedError(f"The engine's process broke off ({type(error).__name__}).") from error
        await self.kill()
        raise EngineCrashedError(f"The engine's process died ({_how(self._process.returncode)}).")

    async def kill(self) -> None:
        """End the process at once, and all that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._writer.close()
        await self._process.wait()


class EnginePool:
    """Processes that wait for work. Any number may be in use at once: whoever asks limits that.

    Args:
        max_jobs: tasks after which a process is replaced.
        max_bytes: memory that each may use.
    """

    def __init__(self, max_jobs: int = 50, max_bytes: int | None = None) -> None:
        self._max_jobs = max_jobs
        self._max_bytes = max_bytes
        self._idle: list[Engine] = []

    @asynccontextmanager
    async def engine(self) -> AsyncGenerator[Engine]:
        """Lend a process. When the block is left by an exception that is not the task's own, it is killed."""
        engine = self._take() or await Engine.start(self._max_bytes)
        keep = False
        try:
            yield engine
            keep = True
        except EngineFailedError:
            keep = True
            raise
        finally:
            if keep and engine.is_alive and engine.tasks_done < self._max_jobs:
                self._idle.append(engine)
            else:
                await asyncio.shield(engine.kill())

    async def run(self, task: str, arguments: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        """Have a task done by one of the processes; errors as for `Engine.run`."""
        async with self.engine() as engine:
            return await engine.run(task, arguments, tell)

    async def close(self) -> None:
        """End the processes that wait."""
        while self._idle:
            await self._idle.pop().kill()

    def _take(self) -> Engine | None:
        while self._idle:
            engine = self._idle.pop()
            if engine.is_alive:
                return engine
        return None


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit status {code}"


def _has_number(file: Any) -> bool:
    try:
        file.fileno()
    except (AttributeError, OSError, ValueError):
        return False
    return True
