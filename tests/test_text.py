import pytest

from stream_of_worship.admin.text import clock, count, printable


@pytest.mark.parametrize(
    ("seconds", "decimals", "shown"),
    [
        (0.0, 0, "0:00"),
        (59.999, 0, "0:59"),
        (59.999, 2, "0:59.99"),
        (60.0, 2, "1:00.00"),
        (75.5, 1, "1:15.5"),
        (3600.0, 0, "1:00:00"),
        (-1.0, 1, "0:00.0"),
        (0.29, 2, "0:00.29"),
    ],
)
def test_times_are_shown_as_people_write_them(seconds: float, decimals: int, shown: str):
    assert clock(seconds, decimals=decimals) == shown


def test_control_characters_do_not_reach_the_terminal():
    assert printable("a\x1b[2Jb\x07\x9bc\r") == "a[2Jbc"


def test_letters_of_any_script_do():
    assert printable("你好 שלום 👩‍👧") == "你好 שלום 👩‍👧"


def test_a_file_name_that_is_no_utf_8_is_shown_with_marks():
    assert printable("caf\udce9.mp3") == "caf?.mp3"


def test_a_count_agrees_with_its_noun():
    assert (count(1, "line"), count(2, "line")) == ("1 line", "2 lines")
