"""Export as JAMS, the annotation format of music research (Humphrey et al., ISMIR 2014; https://jams.readthedocs.io).

Beats, tempo, key and vocal activity become annotations in the namespaces `beat`, `tempo`, `key_mode` and
`segment_open`; sections in `segment_salami_upper` by their letters, in `segment_salami_function` by their functions
and, where the sheet has headings, in `segment_open` by those. What JAMS has no namespace for, loudness and time
signature, goes into the sandbox that every file has.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from music_analysis.document import SIGNAL, MusicAnalysis

JAMS_VERSION = "0.3.5"

_CURATOR = {"name": "", "email": ""}
_Object = dict[str, Any]


def write(analysis: MusicAnalysis, *, title: str = "", artist: str = "", release: str = "") -> str:
    """A JAMS file as text. An annotation is left out where there is nothing to say."""
    whole = analysis.duration_seconds
    annotations = [
        _annotation("beat", analysis.beat_engine, whole, _beats(analysis)),
        _annotation("tempo", analysis.beat_engine, whole, _tempo(analysis)),
        _annotation("key_mode", SIGNAL, whole, _keys(analysis)),
        _annotation("segment_open", _voice_source(analysis), whole, _voice(analysis)),
        *(
            _annotation(namespace, analysis.section_engine, whole, _sections(analysis, values))
            for namespace, values in (
                ("segment_salami_upper", [section.group for section in analysis.sections]),
                ("segment_salami_function", _functions(analysis)),
                ("segment_open", [section.name for section in analysis.sections]),
            )
        ),
    ]
    document: _Object = {
        "file_metadata": {
            "title": title,
            "artist": artist,
            "release": release,
            "duration": whole,
            "identifiers": {},
            "jams_version": JAMS_VERSION,
        },
        "annotations": [annotation for annotation in annotations if annotation["data"]],
        "sandbox": {
            "loudness": asdict(analysis.loudness),
            "time_signature": analysis.time_signature and asdict(analysis.time_signature),
        },
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _annotation(namespace: str, engine: str, duration: float, data: list[_Object]) -> _Object:
    return {
        "namespace": namespace,
        "time": 0.0,
        "duration": duration,
        "data": data,
        "annotation_metadata": {
            "curator": _CURATOR,
            "annotator": {},
            "version": "",
            "corpus": "",
            "annotation_tools": f"music_analysis ({engine})",
            "annotation_rules": "",
            "validation": "",
            "data_source": "program",
        },
        "sandbox": {},
    }


def _observation(start: float, end: float, value: float | str | None, confidence: float | None) -> _Object:
    return {"time": start, "duration": round(max(0.0, end - start), 3), "value": value, "confidence": confidence}


def _beats(analysis: MusicAnalysis) -> list[_Object]:
    return [_observation(beat.time_seconds, beat.time_seconds, beat.position, None) for beat in analysis.beats]


def _tempo(analysis: MusicAnalysis) -> list[_Object]:
    tempo, end = analysis.tempo, analysis.duration_seconds
    if tempo is None:
        return []
    if not tempo.curve:
        return [_observation(0.0, end, tempo.bpm, tempo.confidence)]
    ends = [point.time_seconds for point in tempo.curve[1:]] + [end]
    return [
        _observation(point.time_seconds, end, point.bpm, tempo.confidence)
        for point, end in zip(tempo.curve, ends, strict=True)
    ]


def _keys(analysis: MusicAnalysis) -> list[_Object]:
    if analysis.key is None:
        return []
    return [
        _observation(part.start_seconds, part.end_seconds, f"{part.tonic}:{part.mode}", analysis.key.confidence)
        for part in analysis.key.segments
    ]


def _voice(analysis: MusicAnalysis) -> list[_Object]:
    if analysis.vocal_activity is None:
        return []
    return [
        _observation(span.start_seconds, span.end_seconds, "vocals", None) for span in analysis.vocal_activity.spans
    ]


def _sections(analysis: MusicAnalysis, values: Sequence[str | None]) -> list[_Object]:
    """Those that have a value."""
    return [
        _observation(section.start_seconds, section.end_seconds, value, section.confidence)
        for section, value in zip(analysis.sections, values, strict=True)
        if value is not None
    ]


def _functions(analysis: MusicAnalysis) -> list[str | None]:
    """In the words of SALAMI, which has none for a tag but what comes after all else."""
    return ["coda" if section.function == "tag" else section.function for section in analysis.sections]


def _voice_source(analysis: MusicAnalysis) -> str:
    return analysis.vocal_activity.source if analysis.vocal_activity else ""
