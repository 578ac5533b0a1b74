"""The pipeline's stages on stderr: bars on a terminal, one line per stage elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from sow_analysis.lrc import Stage

TITLES: dict[Stage, str] = {
    Stage.DECODE: "Reading the recording",
    Stage.MODELS: "Loading the models",
    Stage.HEAR: "Listening",
    Stage.ROADMAP: "Finding what is sung when",
    Stage.ALIGN: "Timing the words",
    Stage.VERIFY: "Checking the times",
}

SERVICE_TITLES: dict[str, str] = {
    "queued": "Waiting for its turn",
    "waiting": "Waiting to try again",
    "processing": "Working",
    "completed": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "fetch": "Fetching the recording",
    "store": "Storing the lyrics",
    "separate": "Separating the voice",
    "structure": "Finding beats and sections",
    "analyse": "Analysing the music",
    **{stage.value: title for stage, title in TITLES.items()},
}
"""What a job on a service is doing: its stage while it is being worked on, else its status."""


class StageProgress:
    """A context manager to be called with a stage and its share, from any thread."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tasks: dict[Stage, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> StageProgress:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            for task in self._tasks.values():
                self._bars.update(task, completed=1.0)
        self._bars.stop()

    def __call__(self, stage: Stage, share: float) -> None:
        if stage not in self._tasks:
            title = TITLES.get(stage, stage.value)
            for earlier in self._tasks.values():
                self._bars.stop_task(earlier)
            self._tasks[stage] = self._bars.add_task(title, total=1.0)
            if not self._console.is_terminal:
                self._console.print(f"{title} ...")
        self._bars.update(self._tasks[stage], completed=min(max(share, 0.0), 1.0))


class JobProgress:
    """A context manager to be called with what a job is doing and how much of it all is done, from any thread."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._doing: str | None = None
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> JobProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, doing: str, share: float) -> None:
        title = SERVICE_TITLES.get(doing, doing)
        if self._task is None:
            self._task = self._bar.add_task(title, total=1.0)
        if doing != self._doing and not self._console.is_terminal:
            self._console.print(f"{title} ...", markup=False, soft_wrap=True)
        self._doing = doing
        self._bar.update(self._task, description=title, completed=min(max(share, 0.0), 1.0))
