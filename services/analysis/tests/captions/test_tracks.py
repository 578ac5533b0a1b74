from __future__ import annotations

import pytest

from sow_analysis.captions import Lack, NoCaptionsError
from sow_analysis.captions.tracks import Track, choose


def people(*tags: str) -> list[Track]:
    return [Track(tag, automatic=False) for tag in tags]


def machine(*tags: str) -> list[Track]:
    return [Track(tag, automatic=True) for tag in tags]


def test_people_come_before_machines():
    assert choose([*machine("en"), *people("de", "en-GB")], "en") == Track("en-GB", automatic=False)


def test_a_machine_in_the_songs_language_comes_before_people_in_another():
    assert choose([*people("de"), *machine("en")], "en") == Track("en", automatic=True)


@pytest.mark.parametrize("tag", ["zh", "zh-Hans", "zh-Hant", "zh-TW", "zh-CN", "zh-HK", "yue", "yue-HK", "cmn-Hans-CN"])
def test_all_of_chinese_is_chinese(tag: str):
    assert choose(people("en", tag, "ja"), "zh").language == tag


def test_the_very_tag_comes_first_then_the_plain_code_then_any_and_cantonese_last():
    assert choose(people("yue", "zh-Hans", "zh", "zh-TW"), "zh-TW").language == "zh-TW"
    assert choose(people("yue", "zh-Hans", "zh"), "zh-TW").language == "zh"
    assert choose(people("yue", "zh-Hans"), "zh-TW").language == "zh-Hans"
    assert choose(people("zh-Hans", "yue"), "yue").language == "yue"


def test_old_codes_are_understood():
    assert choose(people("iw"), "he").language == "iw"


def test_without_a_language_the_automatic_track_tells_it():
    assert choose([*people("de", "en", "fr"), *machine("en")], None) == Track("en", automatic=False)
    assert choose([*people("de"), *machine("en")], None) == Track("en", automatic=True)


def test_without_a_language_a_single_track_by_people_will_do():
    assert choose(people("pt-BR"), None).language == "pt-BR"


def test_without_a_language_several_are_one_too_many():
    with pytest.raises(NoCaptionsError, match=r"several languages \(de, en\). Say") as caught:
        choose(people("en", "de"), None)
    assert caught.value.lack is Lack.LANGUAGE


def test_no_track_in_the_language_is_told_with_what_there_is():
    with pytest.raises(NoCaptionsError, match="no captions in 'en', only in de, fr") as caught:
        choose(people("fr", "de"), "en")
    assert caught.value.lack is Lack.LANGUAGE


def test_no_track_at_all_is_disabled():
    with pytest.raises(NoCaptionsError) as caught:
        choose([], "en")
    assert caught.value.lack is Lack.DISABLED
