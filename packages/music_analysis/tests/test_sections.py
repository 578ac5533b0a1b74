from __future__ import annotations

from itertools import pairwise

import jams as jams_library
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_analysis import (
    Beat,
    Loudness,
    MusicAnalysis,
    Section,
    SungSection,
    VocalActivity,
    VocalSpan,
    Waveform,
    analyse,
    jams,
    with_lyrics,
)
from music_analysis.frames import RATE
from music_analysis.synthetic import SAMPLE_RATE
from music_analysis.synthetic_songs import song

BAR = 2.0


def heard(
    duration: float = 80.0, *edges: float, letters: str = "", voice: VocalActivity | None = None, bars: bool = True
) -> MusicAnalysis:
    """An analysis of a song in bars of two seconds, whose sections begin at the edges."""
    beats = tuple(Beat(0.5 * k, k % 4 + 1) for k in range(int(2 * duration))) if bars else ()
    starts = (0.0, *edges) if edges else ()
    ends = (*edges, duration) if edges else ()
    sections = tuple(
        Section(start, end, letter) for start, end, letter in zip(starts, ends, letters or "ABCDEFGH", strict=False)
    )
    return MusicAnalysis(
        duration, Loudness(None, None, None), Waveform(20, (), ()), beats=beats, vocal_activity=voice, sections=sections
    )


def test_sung_sections_begin_at_their_bars_and_the_rest_is_named_by_its_place():
    sung = [
        SungSection(7.7, 22.0, "verse", "Verse 1", 0.9),  # a pickup
        SungSection(24.3, 39.5, "chorus", "Chorus", 0.9),  # late
        SungSection(52.0, 68.0, "chorus", "Chorus", 0.9),
    ]
    analysis = with_lyrics(heard(), sung)
    assert [(s.start_seconds, s.function, s.name, s.group) for s in analysis.sections] == [
        (0.0, "intro", None, "A"),
        (8.0, "verse", "Verse 1", "B"),
        (24.0, "chorus", "Chorus", "C"),
        (40.0, "interlude", None, "D"),
        (52.0, "chorus", "Chorus", "C"),
        (68.0, "outro", None, "E"),
    ]
    assert analysis.section_engine == "signal+lyrics"


def test_a_boundary_in_the_sound_wins_over_a_nearer_bar():
    [_, verse, chorus] = with_lyrics(
        heard(60.0, 8.0, 32.0),
        [SungSection(8.1, 29.0, "verse", None, 0.9), SungSection(30.4, 59.0, "chorus", None, 0.9)],
    ).sections
    assert verse.start_seconds == 8.0
    assert chorus.start_seconds == 32.0


def test_an_instrumental_that_sounds_like_the_chorus_has_its_letter():
    sung = [SungSection(0.0, 19.0, "verse", None, 0.9), SungSection(20.0, 39.0, "chorus", None, 0.9)]
    groups = [s.group for s in with_lyrics(heard(80.0, 20.0, 40.0, letters="XYY"), sung).sections]
    assert groups == ["A", "B", "B"]


def test_a_voice_that_the_lyrics_do_not_know_of_is_no_interlude():
    voice = VocalActivity("separated", (VocalSpan(0.0, 70.0),))
    sung = [SungSection(0.0, 20.0, "verse", None, 0.9), SungSection(50.0, 70.0, "verse", None, 0.9)]
    functions = [s.function for s in with_lyrics(heard(voice=voice), sung).sections]
    assert functions == ["verse", None, "verse", "outro"]


def test_without_sung_sections_nothing_changes():
    analysis = heard(80.0, 20.0, 40.0)
    assert with_lyrics(analysis, []) is analysis


sung_sections = st.lists(
    st.builds(
        SungSection,
        start_seconds=st.floats(-5, 90),
        end_seconds=st.floats(-5, 90),
        function=st.sampled_from([None, "verse", "chorus", "bridge", "interlude", "outro"]),
        name=st.sampled_from([None, "Chorus", "Verse 1"]),
        confidence=st.floats(0, 1),
    ),
    max_size=8,
)


@given(sung_sections, st.lists(st.floats(1, 79), max_size=6, unique=True).map(sorted), st.booleans())
def test_sections_cover_the_song_in_order_and_stay_when_told_again(
    sung: list[SungSection], edges: list[float], bars: bool
):
    analysis = with_lyrics(heard(80.0, *edges, bars=bars), sung)
    if analysis.section_engine == "signal+lyrics":
        assert analysis.sections[0].start_seconds == 0.0
        assert analysis.sections[-1].end_seconds == 80.0
        assert all(a.end_seconds == b.start_seconds for a, b in pairwise(analysis.sections))
        assert all(s.start_seconds < s.end_seconds and 0 <= s.confidence <= 1 for s in analysis.sections)
    assert with_lyrics(analysis, sung) == analysis


def test_documents_without_sections_are_read_and_those_with_them_are_kept():
    analysis = with_lyrics(heard(), [SungSection(8.0, 22.0, "verse", "主歌", 0.9)])
    text = analysis.to_json()
    assert MusicAnalysis.from_json(text) == analysis
    old = heard().to_json().replace('"sections":[],"section_engine":"signal",', "")
    assert "section" not in old
    assert MusicAnalysis.from_json(old).sections == ()


def test_sections_that_come_again_are_found_in_the_sound():
    made = song(("verse", "chorus", "verse", "chorus"), bpm=120)
    found = analyse(made.sound, SAMPLE_RATE).sections
    assert [section.group for section in found] == ["A", "B", "A", "B"]
    assert [section.start_seconds for section in found] == pytest.approx([start for start, _ in made.spans], abs=0.1)
    assert all(section.function is None for section in found)


@pytest.mark.parametrize("level", [0.0, 0.1])
def test_silence_and_noise_have_no_sections(level: float):
    noise = (level * np.random.default_rng(0).standard_normal(40 * RATE)).astype(np.float32)
    assert analyse(noise, RATE).sections == ()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_sections_are_in_the_jams_file_in_words_that_it_knows(tmp_path):
    sung = [
        SungSection(8.0, 22.0, "verse", "Verse 1", 0.9),
        SungSection(24.0, 38.0, "pre-chorus", None, 0.9),
        SungSection(40.0, 52.0, "tag", None, 0.9),
    ]
    path = tmp_path / "song.jams"
    path.write_text(jams.write(with_lyrics(heard(), sung)), encoding="utf-8")
    read = jams_library.load(str(path), validate=True)
    [functions] = read.search(namespace="segment_salami_function")
    assert [row.value for row in functions.data] == ["intro", "verse", "pre-chorus", "coda", "outro"]
    [groups] = read.search(namespace="segment_salami_upper")
    assert [row.value for row in groups.data] == ["A", "B", "C", "D", "E"]
    [names] = read.search(namespace="segment_open")
    assert [row.value for row in names.data] == ["Verse 1"]
