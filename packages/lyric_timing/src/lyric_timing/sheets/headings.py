"""Section headings and repeat marks: `[Chorus]`, `Verse 1:`, `BRIDGE x2`, `副歌`, `(Repeat chorus)`, `(x3)`.

A heading is told from a sung line by its words alone: a whole line in square brackets always is one; any other line
only when each of its words is a section name, a number or the like. `Bridge over troubled water` is sung.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

MOST_REPEATS = 20
"""A mark such as `x99`, above this, is taken for a joke and repeats nothing."""
_LONGEST = 60
"""Characters of the longest heading without brackets ..."""
_LONGEST_ENCLOSED = 200
"""... and with them, or with words to sing behind it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line, or the beginning of one, that names what follows."""

    name: str
    """As printed, without brackets, colon, singers and repeat mark."""
    kind: str | None
    """`verse`, `chorus`, ...; `repeat` for "once more" with no name; None for a name that is not known here."""
    number: str = ""
    """`1` of `Verse 1`; empty when there is none."""
    times: int = 1
    """2 for `Chorus x2`."""
    again: bool = False
    """It says that something earlier is sung again (`Repeat chorus`), so what follows does not belong to it."""
    rest: str = ""
    """What stands behind it on the same line and is sung (`Chorus: Hallelujah`)."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names that make a heading of a line by themselves ...
_PLAIN = {
    "verse": "verse verses strophe strophen couplet couplets estrofa estrofas estrofe estrofes strofa bait куплет "
    "主歌 벌스 aメロ",
    "chorus": "chorus choruses refrain refrains estribillo estribillos coro ritornello refrao refrão refrein refräng "
    "reff припев 副歌 サビ コーラス 후렴 후렴구 코러스",
    "prechorus": "prechorus prerefrain precoro prerefrao prerefrão preestribillo prérefrain prérefrão "
    "導歌 导歌 預副歌 预副歌 前副歌 bメロ 프리코러스",
    "postchorus": "postchorus postrefrain postcoro pósrefrão",
    "bridge": "bridge puente 橋段 桥段 過橋 过桥 cメロ ブリッジ 브릿지 브리지",
    "intro": "intro 前奏 イントロ 전주 인트로",
    "outro": "outro 尾奏 後奏 アウトロ 후주 아웃트로",
    "interlude": "interlude interludes interludio interlúdio instrumental instrumentals zwischenspiel "
    "間奏 间奏 過門 过门 간주",
}  # fmt: skip
# ... and names that are words of songs as well: they need brackets, a colon or a number beside them.
_DOUBTFUL = {
    "verse": "vers verso versos v vs",
    "chorus": "kehrvers chor ch c",
    "prechorus": "pc pre",
    "bridge": "bridges pont ponte brücke brug br b 橋 桥",
    "intro": "introduction introducción introdução vorspiel einleitung prelude 引子 вступление",
    "outro": "coda final finale ending end fin schluss ausklang nachspiel 尾聲 尾声 結尾 结尾",
    "interlude": "solo solos break breakdown turnaround vamp intermezzo проигрыш",
    "hook": "hook", "tag": "tag", "rap": "rap", "drop": "drop", "channel": "channel", "misc": "misc",
    "part": "part parte",
}  # fmt: skip
_DOUBTFUL_KIND = {name: kind for kind, names in _DOUBTFUL.items() for name in names.split()}
_PLAIN_KIND = {name: kind for kind, names in _PLAIN.items() for name in names.split()}
_KINDS = _DOUBTFUL_KIND | _PLAIN_KIND
_NUMBER_NAMES = (
    "1st one first i primera primeira erste première 一", "2nd two second ii segunda zweite deuxième 二",
    "3rd three third iii tercera terceira dritte troisième 三", "4th four fourth iv 四", "5th five fifth 五",
    "6th six sixth vi 六",
)  # fmt: skip
_NUMBERS = {name: str(number) for number, names in enumerate(_NUMBER_NAMES, start=1) for name in names.split()}
_AGAIN = _words("repeat repeats again back répéter repetir repite ripetere wiederholen wdh bis 重複 重复 反覆 반복")
_ARTICLES = _words("the to and und et y e le la el il o der")
_QUALIFIERS = _ARTICLES | _words(
    "last final half double full short quiet soft big extended modified alternate guitar piano drum bass organ vocal "
    "acoustic musical all men women choir reprise 最後 最后 大 ラスト 마지막"
)

_TOKEN = re.compile(r"[^\W_]+")
_ALLOWED_MARKS = re.compile(r"[\w\s.,&/+()（）'’#:：\-–—]+")
_GLUED_PREFIX = re.compile(r"\b(pre|pré|post|pós|vor)[\s-]+(?=(?:chorus|refrain|coro|refr[aã]o|estribillo)\b)")
_WITH_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|ère|e|ª|º|a|b|c|d|ste|de)?")
_NAME_THEN_NUMBER = re.compile(r"([^\W\d]+?)(\d{1,2}[a-d]?|[一二三四五六七八九十]|[a-d])")
_CJK_STANZA = re.compile(r"第?([\d一二三四五六七八九十]{1,3})[段節节番절]|([a-d])段")

_TIMES = re.compile(
    r"""[\s,，]*(?:
      [(（\[［]\s*(?:(?:repeat|sing|重[複复])\s*)?
        (?: [x×✕*]\s*(?P<a>\d{1,3})
          | (?P<b>\d{1,3})\s*(?:[x×✕]|times|fois|veces|vezes|volte|mal|keer|次|遍|回|번)
          | bis | repeat | 重[複复]
        )\s*[)）\]］]
      | (?:(?<![A-Za-z0-9\u00c0-\u024f])x|[×✕])\s?(?P<c>\d{1,2})
      | (?<!\w)(?P<d>\d{1,2})\s?[x×✕]
    )\s*[.,，。!！]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_BRACKETS = re.compile(r"(?:\[([^\[\]]+)\]|［([^［］]+)］|【([^【】]+)】|〔([^〔〕]+)〕)\s*[:：]?(.*)", re.DOTALL)
_PARENTHESES = re.compile(r"[(（]([^()（）]+)[)）]\s*[:：]?(.*)", re.DOTALL)
_SINGERS = re.compile(r"\s+[-–—|]\s+|\s*[:：(（|]")
_DECORATED = re.compile(r"[#*_=~<>•·\-–—\s]*(.*?)[#*_=~<>•·\-–—\s]*", re.DOTALL)


def split_times(text: str) -> tuple[str, int]:
    """(text without its mark, how often it is sung): `Hallelujah (x3)` is (`Hallelujah`, 3); 1 when nothing is said.

    Marks are `(x3)`, `(3x)`, `x3`, `×3`, `(3 times)`, `(bis)`, `(repeat)`, `（3次）` and the like at the end.
    """
    mark = _TIMES.search(text[-_LONGEST:])
    if mark is None:
        return text, 1
    count = next((int(group) for group in mark.group("a", "b", "c", "d") if group), 2)
    start = max(0, len(text) - _LONGEST) + mark.start()
    return text[:start].rstrip(), count if 1 <= count <= MOST_REPEATS else 1


def read_heading(line: str, loose: bool = False) -> Heading | None:
    """The heading that the line is or begins with, or None when the line is sung.

    `loose` also takes doubtful names (`Tag`, `Ending`) that stand bare, as on a sheet whose other headings do.
    """
    line = line.strip()
    if len(line) > _LONGEST_ENCLOSED:
        return None
    body, times = split_times(line)
    if times > 1 and not body:
        return Heading("", "repeat", times=times, again=True)
    if bracketed := _BRACKETS.fullmatch(line):
        content = next(group for group in bracketed.groups()[:4] if group)
        return _in_brackets(content.strip(), bracketed[5].strip())
    if enclosed := _PARENTHESES.fullmatch(line):
        return _in_parentheses(enclosed[1].strip(), enclosed[2].strip())
    head, colon, rest = (part.strip() for part in re.split("([:：]|$)", line[:_LONGEST], maxsplit=1))
    if colon:
        return _before_colon(_plain(head), (rest + line[_LONGEST:]).strip().strip("*_"))
    if len(line) > _LONGEST:
        return None
    bare = line[:1] not in "#*_=<" and not (loose and len(line) > 2)
    body = _plain(body)
    named = _without_singers(body)
    return _known(body, times, bare) or (_known(named, times, bare) if named != body else None)


def _in_brackets(content: str, rest: str) -> Heading | None:
    body, times = split_times(content)
    behind, more = split_times(rest)
    rest = rest if behind else ""
    found = _known(_SINGERS.split(body, maxsplit=1)[0], times * more) or _known(body, times * more)
    if found is not None:
        return replace(found, rest=rest)
    return None if rest or not body else Heading(body, None, times=times * more)


def _in_parentheses(content: str, rest: str) -> Heading | None:
    body, times = split_times(content)
    behind, more = split_times(rest)
    found = _known(body, times * more, bare=bool(behind))
    return found and replace(found, rest=rest if behind else "")


def _before_colon(head: str, rest: str) -> Heading | None:
    body, times = split_times(head)
    behind, more = split_times(rest)
    found = _known(body, times * more, bare=bool(behind))
    if found is not None and behind and behind.strip("()（）").casefold() in _AGAIN:
        return replace(found, again=True)
    return found and replace(found, rest=rest if behind else "")


def _plain(text: str) -> str:
    """Without Markdown's and other ornaments around it."""
    inner = _DECORATED.fullmatch(text)
    return inner[1] if inner else text


def _without_singers(text: str) -> str:
    return re.sub(r"\s*[(（][^()（）]*[)）]$|(?<=\d)\s+[-–—]\s.*$", "", text)


def _known(text: str, times: int, bare: bool = False) -> Heading | None:
    """A heading if every word of `text` belongs into one; `bare` if nothing but the words says so."""
    text = text.strip()
    if not _ALLOWED_MARKS.fullmatch(text):
        return None
    folded = unicodedata.normalize("NFKC", text).casefold()
    kinds: dict[str, str] = {}
    numbers: list[str] = []
    certain = again = articles = False
    for token in _TOKEN.findall(_GLUED_PREFIX.sub(r"\1", folded)):
        if kinds and token in {"a", "b", "c", "d"}:
            numbers.append(token)
        elif token in _KINDS:
            kinds[token] = _KINDS[token]
        elif number := _NUMBERS.get(token) or ((match := _WITH_NUMBER.fullmatch(token)) and match[0]):
            numbers.append(number)
        elif (match := _NAME_THEN_NUMBER.fullmatch(token)) and match[1] in _KINDS:
            kinds[match[1]] = _KINDS[match[1]]
            numbers.append(_NUMBERS.get(match[2], match[2]))
        elif match := _CJK_STANZA.fullmatch(token):
            certain = True
            kinds[token] = "verse" if match[1] else "part"
            numbers.append(_NUMBERS.get(match[1] or "", match[1] or match[2]))
        elif token in _AGAIN or token in _QUALIFIERS:
            again = again or token in _AGAIN
            articles = articles or token in _ARTICLES
        else:
            return None
    certain |= any(name in _PLAIN_KIND or (numbers and (len(name) > 2 or name == "v")) for name in kinds)
    if not kinds or (bare and (not certain or (articles and not again))):
        return None
    return Heading(text.rstrip(" .,"), list(kinds.values())[-1], " ".join(numbers), times, again)
