import pytest

from lyric_timing.sheets.chordpro import Directive, read_directive


@pytest.mark.parametrize("line", ["{title: My song}", "{t:My song}", "{ Title : My song }"])
def test_a_title_is_read(line: str):
    assert read_directive(line) == Directive(title="My song")


def test_an_artist_is_read():
    assert read_directive("{artist: Me}") == Directive(artist="Me")


@pytest.mark.parametrize(
    "line", ["{soc}", "{start_of_chorus}", "{start_of_chorus: Chorus}", "{comment: Chorus}", "{c:Chorus}"]
)
def test_the_start_of_a_chorus_is_a_heading(line: str):
    directive = read_directive(line)
    assert directive is not None
    assert directive.item is not None
    assert (directive.item.name, directive.item.kind, directive.item.again) == ("Chorus", "chorus", False)


def test_a_chorus_by_itself_is_sung_again():
    directive = read_directive("{chorus}")
    assert directive is not None
    assert directive.item is not None
    assert directive.item.again


@pytest.mark.parametrize("line", ["{eoc}", "{key: G}", "{comment: slowly}", "{new_page}"])
def test_other_directives_say_nothing(line: str):
    assert read_directive(line) == Directive()


@pytest.mark.parametrize("line", ["{oh yeah}", "{", "{}", "sing {softly}", "{k20}"])
def test_other_braces_are_words(line: str):
    assert read_directive(line) is None
