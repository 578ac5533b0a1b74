"""The words and tunes of the sample songs. Written for this project; same licence as the rest of it (Apache-2.0)."""

from studio.score import Line, Note, Part, Section, Song

VERSE_TUNE = (
    (55, 60, 62, 64, 62, 60, 62, 64),
    (60, 65, 64, 62, 64, 62, 60, 62),
    (55, 60, 62, 64, 67, 64, 62, 60),
    (60, 65, 65, 64, 62, 60, 59, 62),
)
"""Pickup and seven notes; the Mandarin verses have no pickup."""

CHORUS_TUNE = (
    (67, 67, 64, 64, 67, 69, 67),
    (64, 64, 67, 67, 69, 67, 65),
    (67, 67, 64, 64, 67, 64, 62),
    (65, 64, 62, 60, 60, 59, 60),
)

ENGLISH_VERSE = ((-1, 1), (0, 2), (2, 1), (3, 2), (5, 1), (6, 2), (8, 1), (9, 4))
MANDARIN_VERSE = ((0, 2), (2, 1), (3, 2), (5, 1), (6, 2), (8, 2), (10, 4))
CHORUS = ((0, 3), (3, 1), (4, 2), (6, 2), (8, 2), (10, 1), (11, 3))

VERSE_CHORDS = ((("C", 8), ("Am", 8)), (("F", 8), ("G", 8)), (("C", 8), ("Am", 8)), (("F", 8), ("G", 8)))
CHORUS_CHORDS = ((("C", 8), ("G", 8)), (("Am", 8), ("F", 8)), (("C", 8), ("G", 8)), (("F", 8), ("G", 3), ("C", 5)))


def _english(text: str, phonemes: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return text, tuple(text.split()), tuple(phonemes.split())


def _mandarin(text: str, phonemes: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return text, tuple(text), tuple(phonemes.split())


def _section(
    heading: str,
    rhythm: tuple[tuple[int, int], ...],
    tune: tuple[tuple[int, ...], ...],
    chords: tuple[tuple[tuple[str, int], ...], ...],
    lines: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...],
) -> Section:
    sung = tuple(
        Line(*line, tuple(Note(at, length, pitch) for (at, length), pitch in zip(rhythm, pitches, strict=True)))
        for line, pitches in zip(lines, tune, strict=True)
    )
    return Section(heading, sung, chords)


VERSE_1 = _section(
    "Verse 1", ENGLISH_VERSE, VERSE_TUNE, VERSE_CHORDS,
    (
        _english("The window turns from grey to gold,", "ðə wˈɪn-dO tˈɜɹnz fɹʌm ɡɹˈA tə ɡˈOld"),
        _english("The street begins to wake below,", "ðə stɹˈit bə-ɡˈɪnz tə wˈAk bə-lˈO"),
        _english("A neighbour hums beside the road,", "ɐ nˈA-bəɹ hˈʌmz bə-sˈId ðə ɹˈOd"),
        _english("And someone answers, soft and slow.", "ænd sˈʌm-wˌʌn ˈæn-səɹz sˈɔft ænd slˈO"),
    ),
)  # fmt: skip

VERSE_2 = _section(
    "Verse 2", ENGLISH_VERSE, VERSE_TUNE, VERSE_CHORDS,
    (
        _english("The clock is old, the clock is kind,", "ðə klˈɑk ɪz ˈOld ðə klˈɑk ɪz kˈInd"),
        _english("It gives the hours one by one,", "ɪt ɡˈɪvz ði ˈW-əɹz wˈʌn bI wˈʌn"),
        _english("And what we lose the songs will find,", "ænd wˌʌt wi lˈuz ðə sˈɔŋz wɪl fˈInd"),
        _english("And keep it warm until the sun.", "ænd kˈip ɪt wˈɔɹm ən-tˈɪl ðə sˈʌn"),
    ),
)  # fmt: skip

CHORUS_ENGLISH = _section(
    "Chorus", CHORUS, CHORUS_TUNE, CHORUS_CHORDS,
    (
        _english("Sing with me, the day is new,", "sˈɪŋ wɪð mˈi ðə dˈA ɪz nˈu"),
        _english("Every voice a little light,", "ˈɛv-ɹi vˈYs ɐ lˈɪ-Tᵊl lˈIt"),
        _english("Mine is small, but next to you", "mˈIn ɪz smˈɔl bʌt nˈɛkst tə jˈu"),
        _english("We are brighter than the night.", "wˈi ɑɹ bɹˈI-Təɹ ðæn ðə nˈIt"),
    ),
)  # fmt: skip

VERSE_1_MANDARIN = _section(
    "主歌 1", MANDARIN_VERSE, tuple(tune[1:] for tune in VERSE_TUNE), VERSE_CHORDS,
    (
        _mandarin("窗外的天慢慢亮", "ꭧʰwa→ŋ +wai↘ tɤ tʰjɛ→n ma↘n +ma↘n lja↘ŋ"),
        _mandarin("街上的风有点凉", "ʨje→ +ʂa↘ŋ tɤ fə→ŋ jou↓ +tjɛ↓n lja↗ŋ"),
        _mandarin("有人哼起一首歌", "jou↓ +ɻə↗n xə→ŋ ʨʰi↓ i↘ ʂou↓ kɤ→"),
        _mandarin("有人跟着轻轻唱", "jou↓ +ɻə↗n kə→n +ꭧɤ ʨʰi→ŋ +ʨʰi→ŋ ꭧʰa↘ŋ"),
    ),
)  # fmt: skip

VERSE_2_MANDARIN = _section(
    "主歌 2", MANDARIN_VERSE, tuple(tune[1:] for tune in VERSE_TUNE), VERSE_CHORDS,
    (
        _mandarin("时钟慢慢向前走", "ʂɨ↗ +ꭧʊ→ŋ ma↘n +ma↘n ɕja↘ŋ ʨʰjɛ↗n ʦou↓"),
        _mandarin("一分一秒不回头", "i↘ fə→n i↘ mjau↓ pu↘ xwei↗ tʰou↗"),
        _mandarin("我们走过了长夜", "wo↓ +mən ʦou↓ +kwo↘ lɤ ꭧʰa↗ŋ +je↘"),
        _mandarin("在歌声里手牵手", "ʦai↘ kɤ→ +ʂə→ŋ li↓ ʂou↓ ʨʰjɛ→n ʂou↓"),
    ),
)  # fmt: skip

CHORUS_MANDARIN = _section(
    "副歌", CHORUS, CHORUS_TUNE, CHORUS_CHORDS,
    (
        _mandarin("一起唱吧到天亮", "i↘ +ʨʰi↓ ꭧʰa↘ŋ pa tau↘ tʰjɛ→n lja↘ŋ"),
        _mandarin("每一颗心都是光", "mei↓ i↘ kʰɤ→ ɕi→n tou→ ʂɨ↘ kwa→ŋ"),
        _mandarin("我的歌声虽然小", "wo↓ tɤ kɤ→ +ʂə→ŋ swei→ +ɻa↗n ɕjau↓"),
        _mandarin("和你一起就发亮", "xɤ↗ ni↓ i↘ +ʨʰi↓ ʨjou↘ fa→ +lja↘ŋ"),
    ),
)  # fmt: skip

_HER, _HIM, _HER_ZH, _HIM_ZH = "af_heart", "am_michael", "zf_xiaoxiao", "zm_yunyang"

SONGS = (
    Song(
        "morning_light", "Morning Light", "en", ("en",),
        (
            Part(VERSE_1, (_HER,), bars_before=3),
            Part(CHORUS_ENGLISH, (_HER,)),
            Part(VERSE_2, (_HIM,), bars_before=3),
            Part(CHORUS_ENGLISH, (_HER, _HIM)),
        ),
    ),
    Song(
        "chen_guang", "晨光", "zh", ("zh",),
        (
            Part(VERSE_1_MANDARIN, (_HER_ZH,), bars_before=3),
            Part(CHORUS_MANDARIN, (_HER_ZH,)),
            Part(VERSE_2_MANDARIN, (_HIM_ZH,), bars_before=3),
            Part(CHORUS_MANDARIN, (_HER_ZH, _HIM_ZH)),
        ),
    ),
    Song(
        "morning_light_bilingual", "Morning Light 晨光", "mul", ("en", "zh"),
        (
            Part(VERSE_1, (_HER,), bars_before=3),
            Part(CHORUS_ENGLISH, (_HER,)),
            Part(VERSE_1_MANDARIN, (_HER_ZH,), bars_before=3),
            Part(CHORUS_MANDARIN, (_HER_ZH,)),
            Part(CHORUS_ENGLISH, (_HER, _HIM)),
        ),
    ),
)  # fmt: skip
