import io

from rich.console import Console

from sow_analysis.lrc import Stage
from stream_of_worship.admin.progress import TITLES, JobProgress, StageProgress


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=80)


def shown(target: Console) -> str:
    assert isinstance(target.file, io.StringIO)
    return target.file.getvalue()


def test_every_stage_has_a_title():
    assert set(TITLES) == set(Stage)


def test_without_a_terminal_each_stage_is_one_line():
    target = console(terminal=False)
    with StageProgress(target) as bars:
        for share in (0.0, 0.5, 1.0):
            bars(Stage.DECODE, share)
        bars(Stage.HEAR, 0.1)
        bars(Stage.DECODE, 1.0)
    assert shown(target) == "Reading the recording ...\nListening ...\n"


def test_on_a_terminal_there_is_a_bar_for_each_stage():
    target = console(terminal=True)
    with StageProgress(target) as bars:
        bars(Stage.DECODE, 1.0)
        bars(Stage.HEAR, 0.5)
    last = shown(target)
    assert "Reading the recording" in last
    assert "Listening" in last
    assert "100%" in last


def test_a_share_out_of_bounds_is_put_right():
    target = console(terminal=True)
    with StageProgress(target) as bars:
        bars(Stage.DECODE, 7.0)
        bars(Stage.DECODE, -1.0)
    assert "700%" not in shown(target)


def test_what_was_not_finished_is_not_shown_as_finished():
    target = console(terminal=True)
    try:
        with StageProgress(target) as bars:
            bars(Stage.DECODE, 0.4)
            raise ValueError
    except ValueError:
        pass
    assert "40%" in shown(target)
    assert "100%" not in shown(target)


def test_a_job_on_a_service_is_one_bar_that_says_what_is_done():
    target = console(terminal=True)
    with JobProgress(target) as bar:
        bar("queued", 0.0)
        bar("hear", 0.3)
        bar("completed", 1.0)
    last = shown(target)
    assert "Done" in last
    assert "100%" in last


def test_without_a_terminal_each_change_is_a_line_and_unknown_stages_keep_their_names():
    target = console(terminal=False)
    with JobProgress(target) as bar:
        for doing in ("queued", "fetch", "fetch", "knead", "completed"):
            bar(doing, 0.5)
    assert shown(target) == "Waiting for its turn ...\nFetching the recording ...\nknead ...\nDone ...\n"
