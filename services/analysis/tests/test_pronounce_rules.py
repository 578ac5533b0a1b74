import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sow_analysis.pronounce import english_letters, french, german, italian, latin, portuguese, spanish
from sow_analysis.pronounce.arpabet import arpabet_from_ipa
from sow_analysis.pronounce.latin_languages import RULES, SAME_AS
from sow_analysis.pronounce.rules import RuleTable

TABLES = (english_letters.ipa, french.ipa, german.ipa, italian.ipa, portuguese.ipa, spanish.ipa)


def test_the_first_rule_that_fits_is_taken():
    table = RuleTable("<ch> ʃ\n<c>e s\n<c> k\n<e> e\n<a> a")
    assert table.ipa("checa") == ("ʃ", "e", "k", "a")


def test_rules_see_their_neighbours_and_the_edges_of_the_word():
    table = RuleTable("V = ae\nV<s>V z\n<s>_ -\n<s> s\n<a> a\n<e> e")
    assert table.ipa("sases") == ("s", "a", "z", "e")


def test_one_rule_may_read_several_spellings():
    assert RuleTable("<au|eau> o\n<b> b").ipa("beaubau") == ("b", "o", "b", "o")


def test_a_letter_without_a_rule_is_read_without_its_diacritics():
    table = RuleTable("<o> o\n<ô> ɔ")
    assert table.ipa("ö") == ("o",)
    assert table.ipa("\N{LATIN SMALL LETTER O WITH CIRCUMFLEX AND DOT BELOW}") == ("ɔ",)


def test_earlier_tables_have_precedence():
    assert RuleTable("<j> j", "<j> dʒ\n<a> a").ipa("ja") == ("j", "a")


def test_a_line_that_is_no_rule_is_named():
    with pytest.raises(ValueError, match="not a rule: 'a = b'"):
        RuleTable("a = b")


def test_comments_and_blank_lines_are_skipped():
    assert RuleTable("\n# vowels\n<a> a   # open\n\n").ipa("a") == ("a",)


@pytest.mark.parametrize("language", [None, *RULES, *SAME_AS])
def test_every_language_in_latin_letters_has_a_table_that_reads(language: str | None):
    assert latin.ipa("maria", language)


@settings(deadline=None)
@given(st.text())
def test_no_table_fails_on_any_text(text: str):
    for table in TABLES:
        arpabet_from_ipa(table(text))
    arpabet_from_ipa(latin.ipa(text, "pl"))


def phones(ipa: tuple[str, ...]) -> str:
    return " ".join(arpabet_from_ipa(ipa))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("chanter", "SH AA N T EY"),
        ("lumière", "L UW M Y EH R"),
        ("gloire", "G L W AA R"),
        ("toujours", "T UW ZH UW R"),
        ("agneau", "AA N Y OW"),
        ("soleil", "S AO L EH Y"),
        ("famille", "F AA M IY Y"),
        ("chantent", "SH AA N T"),
        ("moment", "M AO M AA N"),
        ("l'amour", "L AA M UW R"),
        ("qu'il", "K IY L"),
        ("monsieur", "M AH S Y ER"),
        ("nation", "N AA S Y AO N"),
        ("besoin", "B AH Z W EH N"),
    ],
)
def test_french(word: str, expected: str):
    assert phones(french.ipa(word)) == expected


def test_french_singing_keeps_the_mute_e():
    assert french.with_sung_e("belle", french.ipa("belle")) == ("b", "ɛ", "l", "ə")
    assert french.with_sung_e("chantent", french.ipa("chantent")) == (*french.ipa("chantent"), "ə")
    assert french.with_sung_e("amour", french.ipa("amour")) is None
    assert french.with_sung_e("vie", french.ipa("vie")) is None


def test_french_speech_drops_it_within_the_word():
    assert french.spoken(french.ipa("samedi")) == ("s", "a", "m", "d", "i")
    assert french.spoken(french.ipa("premier")) == french.ipa("premier")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("liebe", "L IY B AH"),
        ("geist", "G AY S T"),
        ("herrlich", "HH EH R L IH CH"),
        ("nacht", "N AA HH T"),
        ("sprache", "SH P R AA HH AH"),
        ("ewigkeit", "EY V IH CH K AY T"),
        ("zeit", "T S AY T"),
        ("freude", "F R OY D AH"),
        ("wunder", "V UH N D AH"),
        ("gegeben", "G AH G EY B AH N"),
        ("tag", "T AA K"),
        ("vater", "F AA T AH"),
        ("könig", "K ER N IH CH"),
    ],
)
def test_german(word: str, expected: str):
    assert " ".join(arpabet_from_ipa(german.ipa(word), {"ç": ("CH",)})) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("corazón", "K OW R AA S OW N"),
        ("quiero", "K Y EY R OW"),
        ("señor", "S EY N Y OW R"),
        ("gente", "HH EH N T EY"),
        ("guerra", "G EY R AA"),
        ("lluvia", "Y UW B Y AA"),
        ("hijo", "IY HH OW"),
        ("cielo", "S Y EY L OW"),
        ("agua", "AA G W AA"),
        ("rey", "R EY"),
    ],
)
def test_spanish(word: str, expected: str):
    assert phones(spanish.ipa(word)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cielo", "CH EY L OW"),
        ("gloria", "G L OW R Y AA"),
        ("signore", "S IY N Y OW R EY"),
        ("figlio", "F IY L Y OW"),
        ("chiesa", "K Y EY Z AA"),
        ("grazia", "G R AA T S Y AA"),
        ("gesù", "JH EY Z UW"),
        ("pace", "P AA CH EY"),
    ],
)
def test_italian(word: str, expected: str):
    assert phones(italian.ipa(word)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("coração", "K OW R AA S AH UH N"),
        ("senhor", "S EY N Y OW R"),
        ("filho", "F IY L Y UH"),
        ("gente", "ZH EY N CH IY"),
        ("cidade", "S IY D AA JH IY"),
        ("brasil", "B R AA Z IY UH"),
        ("jesus", "ZH EY Z UW S"),
    ],
)
def test_portuguese(word: str, expected: str):
    assert phones(portuguese.ipa(word)) == expected


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("sw", "bwana", "B W AA N AA"),
        ("sw", "asante", "AA S AA N T EY"),
        ("yo", "ọlọrun", "AO L AO R UW N"),
        ("zu", "inkosi", "IY N K OW S IY"),
        ("nl", "heilig", "HH EY L AH HH"),
        ("pl", "święty", "SH V Y EH N T IH"),
        ("tr", "çocuk", "CH OW JH UW K"),
        ("id", "cinta", "CH IY N T AA"),
        ("hu", "szeretet", "S EH R EH T EH T"),
        ("cs", "řeka", "ZH EY K AA"),
        ("vi", "việt", "V IY EY T"),
        (None, "shukran", "SH UW K R AA N"),
    ],
)
def test_other_languages_in_latin_letters(language: str | None, word: str, expected: str):
    assert phones(latin.ipa(word, language)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("blessington", "B L EH S IH NG T AH N"),
        ("brightfold", "B R AY T F OW L D"),
        ("thackery", "TH AE K ER IY"),
        ("knightly", "N AY T L IY"),
        ("cration", "K R EY SH AH N"),
    ],
)
def test_english_letters(word: str, expected: str):
    assert phones(english_letters.ipa(word)) == expected
