"""The command `qwen3-align`: starts the service, or checks that it would work here."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from pydantic import ValidationError

from qwen3_align.errors import AlignError
from qwen3_align.protocols import Model
from qwen3_align.settings import PREFIX, Settings

OK, FAULT, BAD_USE, MACHINE = 0, 1, 2, 3
"""Exit codes: done, a fault of the program, arguments or settings at fault, the machine or the model at fault."""
_OPTIONS = {
    "host": "address to listen on; all but loopback need an API key",
    "port": "port to listen on",
    "model": "the model: its name on the hub, or a folder",
    "device": "auto, cuda, cuda:1, mps or cpu",
    "dtype": "auto, float32, bfloat16 or float16",
}
_ABOUT = f"""\
Says when each word of known lyrics is sung: an HTTP service around Qwen3-ForcedAligner.

  qwen3-align check    fetches the model (2 GB, once), tries it, and says what it runs on and how fast
  qwen3-align          serves on http://127.0.0.1:8001; the model loads meanwhile, and /health says how far it is

Then, from another terminal:

  curl -F audio=@song.mp3 -F 'request={{"lyrics_text": "first line\\nsecond line"}}' http://127.0.0.1:8001/api/v1/align

Everything else is set by environment variables that begin with {PREFIX}: docs/qwen3-settings.md lists them.
http://127.0.0.1:8001/docs describes the API.
"""


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    made = argparse.ArgumentParser(
        "qwen3-align", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("command", nargs="?", choices=["serve", "check"], default="serve", help="what to do (serve)")
    for name, meaning in _OPTIONS.items():
        made.add_argument(f"--{name}", help=f"{meaning} ({PREFIX}{name.upper()})")
    made.add_argument(
        "--offline", action="store_true", default=None, help=f"never ask the hub for the model ({PREFIX}OFFLINE)"
    )
    return made


def run(arguments: Sequence[str] | None, make_model: Callable[[Settings], Model]) -> int:
    """Do what the arguments say; the exit code.

    Args:
        arguments: by default those of the process.
        make_model: gives the model that settings name, not loaded.
    """
    given = vars(parser().parse_args(arguments))
    command = given.pop("command")
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
        if command == "check":
            from qwen3_align.checkup import check

            check(settings, make_model(settings), lambda line: print(line, flush=True))  # noqa: T201
            _say("works: start the service with `qwen3-align`")
        else:
            from qwen3_align.alignment import align_song
            from qwen3_align.server import serve

            serve(settings, make_model(settings), align_song)
    except ValidationError as error:
        for flaw in error.errors():
            name = "_".join(map(str, flaw["loc"]))
            _say(f"error (settings_invalid): {PREFIX}{name.upper()}: {flaw['msg']}. See docs/qwen3-settings.md.")
        return BAD_USE
    except AlignError as error:
        _say(f"error ({error.code}): {error}")
        return MACHINE
    except OSError as error:
        _say(f"error (system_failed): {error.strerror or error}")
        return MACHINE
    return OK


def main() -> NoReturn:
    """The command."""
    try:
        code = run(None, _make_model)
    except KeyboardInterrupt:
        code = 130
    # At once: the model's thread may be in the middle of a download, or of a run of minutes.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _make_model(settings: Settings) -> Model:
    from qwen3_align.wiring import make_model  # brings torch, which `--help` need not wait for

    return make_model(settings)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
