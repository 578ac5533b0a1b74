import pytest

from lyric_timing.sheets.credits import Credit, read_credit


@pytest.mark.parametrize(
    "line",
    [
        "CCLI Song # 1234567",
        "© 1999 Someone Music",
        "(c) 2001 Someone",
        "Copyright 2003",
        "All rights reserved.",
        "Words and Music by Someone",
        "Words: Someone",
        "Written by Jane Doe & John Roe",
        "Music by Jane van der Doe",
        "Words, Music: Jane",
        "Key: Bb",
        "Tempo: 72 bpm",
        "Capo 2",
        "https://example.org/song",
        "作詞：某人",
        "詞／曲：某人",
        "曲 : 某人",
        "編曲：某人",
        "製作人 Producer：某人",
    ],
)
def test_lines_about_the_song_are_no_lyrics(line: str):
    assert read_credit(line) == Credit()


def test_titles_and_artists_are_learnt():
    assert read_credit("Title: My song") == Credit(title="My song")
    assert read_credit("歌名：我的歌") == Credit(title="我的歌")
    assert read_credit("Artist: Me") == Credit(artist="Me")


@pytest.mark.parametrize(
    "line",
    [
        "Words can not say",
        "Music fills the room",
        "Time: it waits for no one ever",
        "曲終人散",
        "Key to my heart",
        "Song of songs",
        "Written by the wind",
        "Music by the river",
        "Written by God",
        "曲終人散：他說",
        "",
    ],
)
def test_lyrics_are_no_credits(line: str):
    assert read_credit(line) is None
