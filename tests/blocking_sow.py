"""`sow` with a pipeline that reaches one stage and stays there, as inside a long native call.

Usage: blocking_sow.py STAGE ARGUMENTS...
"""

import sys
import time
from pathlib import Path

from lyric_timing.sheet import LyricSheet
from sow_analysis.lrc import LrcOptions, LrcResult, Progress, Stage
from stream_of_worship.admin.cli import main
from stream_of_worship.admin.services import Services

last, *arguments = sys.argv[1:]


def generate(audio: Path, sheet: LyricSheet, options: LrcOptions, progress: Progress, *, reach: object) -> LrcResult:
    for stage in Stage:
        progress(stage, 0.0)
        if stage == last:
            break
    while True:
        time.sleep(600)


main(arguments, Services(generate=generate))
