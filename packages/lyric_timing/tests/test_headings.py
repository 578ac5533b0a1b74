import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.sheets.headings import read_heading, split_times


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        ("[Chorus]", "Chorus", "chorus"),
        ("[Verse 1: Someone & Other]", "Verse 1", "verse"),
        ("[Chorus - All]", "Chorus", "chorus"),
        ("Verse 1:", "Verse 1", "verse"),
        ("Verse 2", "Verse 2", "verse"),
        ("Verse 1 (Anna)", "Verse 1", "verse"),
        ("CHORUS", "CHORUS", "chorus"),
        ("(Bridge)", "Bridge", "bridge"),
        ("Pre-Chorus", "Pre-Chorus", "prechorus"),
        ("PRE CHORUS 2", "PRE CHORUS 2", "prechorus"),
        ("Final Chorus", "Final Chorus", "chorus"),
        ("**Chorus**", "Chorus", "chorus"),
        ("## Verse 2", "Verse 2", "verse"),
        ("--- Bridge ---", "Bridge", "bridge"),
        ("V1", "V1", "verse"),
        ("[C2]", "C2", "chorus"),
        ("PC:", "PC", "prechorus"),
        ("[Tag]", "Tag", "tag"),
        ("[Guitar Solo]", "Guitar Solo", "interlude"),
        ("副歌", "副歌", "chorus"),
        ("副歌：", "副歌", "chorus"),
        ("【橋段】", "橋段", "bridge"),
        ("(桥段)", "桥段", "bridge"),
        ("主歌1", "主歌1", "verse"),
        ("主歌 二：", "主歌 二", "verse"),
        ("第一節", "第一節", "verse"),
        ("前奏", "前奏", "intro"),
        ("間奏", "間奏", "interlude"),
        ("尾奏", "尾奏", "outro"),
        ("Chorus 副歌", "Chorus 副歌", "chorus"),
        ("Refrain :", "Refrain", "chorus"),
        ("Couplet 1", "Couplet 1", "verse"),
        ("2. Strophe", "2. Strophe", "verse"),
        ("Estribillo", "Estribillo", "chorus"),
        ("Verso 2", "Verso 2", "verse"),
        ("Ritornello:", "Ritornello", "chorus"),
        ("Pré-Refrão", "Pré-Refrão", "prechorus"),
        ("후렴", "후렴", "chorus"),
        ("1절", "1절", "verse"),
        ("サビ", "サビ", "chorus"),
        ("Aメロ", "Aメロ", "verse"),
        ("Припев:", "Припев", "chorus"),
        ("[Something else]", "Something else", None),
    ],
)
def test_headings_are_recognised(line: str, name: str, kind: str | None):
    heading = read_heading(line)
    assert heading is not None
    assert (heading.name, heading.kind, heading.rest) == (name, kind, "")


@pytest.mark.parametrize(
    "line",
    [
        "Bridge over troubled water",
        "Chorus of angels",
        "Verse after verse",
        "The bridge",
        "Chorus!",
        "Solo",
        "Tag",
        "End",
        "(Hallelujah)",
        "Dear friends:",
        "One, two, three",
        "Second verse, same as the first",
        "Tag: you are it",
        "1",
        "C",
        "[]",
        "()",
        "",
        ":",
        "[ x",
    ],
)
def test_sung_lines_are_no_headings(line: str):
    assert read_heading(line) is None


@pytest.mark.parametrize("name", ["Tag", "Ending", "Solo"])
def test_doubtful_names_count_on_a_sheet_of_bare_headings(name: str):
    assert read_heading(name, loose=True) is not None


@pytest.mark.parametrize("line", ["Chorus x2", "[Chorus x2]", "[Chorus] (x2)", "Chorus (2x):", "Chorus: x2", "副歌×2"])
def test_a_heading_says_how_often(line: str):
    heading = read_heading(line)
    assert heading is not None
    assert heading.kind == "chorus"
    assert heading.times == 2


@pytest.mark.parametrize("line", ["Repeat chorus", "(Repeat Chorus)", "Back to Chorus:", "Chorus: repeat", "重複 副歌"])
def test_a_heading_says_again(line: str):
    heading = read_heading(line)
    assert heading is not None
    assert heading.kind == "chorus"
    assert heading.again


@pytest.mark.parametrize("line", ["Chorus: Praise the Lord", "[Chorus] Praise the Lord", "(Chorus) Praise the Lord"])
def test_words_behind_a_heading_are_kept(line: str):
    heading = read_heading(line)
    assert heading is not None
    assert heading.rest == "Praise the Lord"


@pytest.mark.parametrize(
    ("line", "text", "times"),
    [
        ("Hallelujah (x3)", "Hallelujah", 3),
        ("Hallelujah (3X)", "Hallelujah", 3),
        ("Hallelujah x3", "Hallelujah", 3),
        ("Hallelujah, x3.", "Hallelujah", 3),
        ("Hallelujah (3 times)", "Hallelujah", 3),
        ("Hallelujah [x3]", "Hallelujah", 3),
        ("Alléluia (bis)", "Alléluia", 2),
        ("Aleluya (3 veces)", "Aleluya", 3),
        ("哈利路亞（x2）", "哈利路亞", 2),
        ("哈利路亞×2", "哈利路亞", 2),
        ("哈利路亞 (3次)", "哈利路亞", 3),
        ("Hallelujah (x99)", "Hallelujah", 1),
        ("(x2)", "", 2),
        ("Hallelujah", "Hallelujah", 1),
        ("Remix 2", "Remix 2", 1),
        ("Max2", "Max2", 1),
        ("(bis) morgen", "(bis) morgen", 1),
        ("", "", 1),
    ],
)
def test_repeat_marks_at_the_end_of_a_line(line: str, text: str, times: int):
    assert split_times(line) == (text, times)


@given(st.text("Chorus:[]() x2副歌【】*- 0", max_size=30) | st.text(max_size=80))
def test_reading_any_line_does_no_harm(line: str):
    text, times = split_times(line)
    assert line.startswith(text)
    assert 1 <= times <= 20
    heading = read_heading(line)
    assert heading is None or heading.rest in line
