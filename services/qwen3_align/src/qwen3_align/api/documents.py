"""What goes over the wire."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints, model_validator

from qwen3_align.alignment.aligned import AlignedLine, AlignedWord
from qwen3_align.alignment.windows import Window
from qwen3_align.protocols import ModelFacts
from qwen3_align.service.keeper import State
from qwen3_align.text.printed import is_visible

_LONGEST_URL = 4000
_MOST_WINDOWS = 5000
_MOST_LINES = 5000


def _seen(text: str) -> str:
    if not is_visible(text):
        raise ValueError("a line must have something to see in it")
    return text


LineText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_seen)]


class WindowDocument(BaseModel):
    """A stretch of the recording whose lines are known, in seconds from its start."""

    start: FiniteFloat = Field(ge=0)
    end: FiniteFloat = Field(gt=0)
    lines: list[LineText] = Field(min_length=1, max_length=_MOST_LINES, description="As printed, in sung order.")

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a window must end after it starts")
        return self

    def window(self) -> Window:
        """The same, as the alignment takes it."""
        return Window(self.start, self.end, tuple(self.lines))


class Question(BaseModel):
    """What is sung in a recording, and how to align it."""

    lyrics_text: str | None = Field(
        default=None, description="The lyrics, one line each, in sung order: a line that is sung twice is there twice."
    )
    windows: list[WindowDocument] | None = Field(
        default=None,
        min_length=1,
        max_length=_MOST_WINDOWS,
        description="In place of `lyrics_text`: which lines are sung in which stretch. It is faster and more exact.",
    )
    language: str = Field(
        default="auto",
        max_length=60,
        description="`auto`, a code such as `zh`, or a name such as `Chinese`.",
    )
    device: str = Field(
        default="auto",
        max_length=60,
        description="A wish. The service has one model on one device; `model` in the answer says which.",
    )
    dtype: str = Field(default="auto", max_length=60, description="A wish, as `device` is.")

    @model_validator(mode="after")
    def _has_one_text(self) -> Self:
        if (self.lyrics_text is None) == (self.windows is None):
            raise ValueError("give either lyrics_text or windows")
        return self

    @property
    def text_bytes(self) -> int:
        """Of all lyrics, in UTF-8."""
        texts = [self.lyrics_text or "", *(line for window in self.windows or () for line in window.lines)]
        return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)

    def wishes(self, facts: ModelFacts) -> list[str]:
        """A sentence for each wish that is not fulfilled."""
        pairs = (("device", self.device, facts.device), ("dtype", self.dtype, facts.dtype))
        return [
            f"The model runs with {name} {used}, not {wish}: that is set where the service is started."
            for name, wish, used in pairs
            if wish not in ("auto", "", used) and (used or "").partition(":")[0] != wish
        ]


class AlignRequest(Question):
    """The request as one JSON document: the recording is fetched from its URL."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "audio_url": "https://example.org/songs/grace.mp3",
                    "lyrics_text": "Amazing grace, how sweet the sound\nThat saved a wretch like me",
                    "language": "English",
                },
                {
                    "audio_url": "https://example.org/songs/grace.mp3",
                    "windows": [
                        {"start": 12.5, "end": 19.0, "lines": ["Amazing grace, how sweet the sound"]},
                        {"start": 19.0, "end": 26.0, "lines": ["That saved a wretch like me"]},
                    ],
                    "language": "en",
                },
            ]
        }
    )

    audio_url: str = Field(
        min_length=1, max_length=_LONGEST_URL, description="Where the recording is; http or https, on a public address."
    )


class WordDocument(BaseModel):
    """When one word is sung; seconds from the recording's start."""

    text: str
    time_seconds: float
    end_seconds: float
    confidence: float = Field(description="0 (a guess) to 1 (sure).")

    @classmethod
    def of(cls, word: AlignedWord | AlignedLine) -> WordDocument:
        """The same, rounded to milliseconds."""
        return cls(
            text=word.text,
            time_seconds=round(word.start, 3),
            end_seconds=round(word.end, 3),
            confidence=round(word.confidence, 3),
        )


class LineDocument(WordDocument):
    """When one line is sung."""

    words: list[WordDocument]
    window: int | None = Field(
        default=None, description="The window that it is from, counted from 0, if there are any."
    )

    @classmethod
    def of_line(cls, line: AlignedLine, window: int | None) -> LineDocument:
        """The same, with its words."""
        return cls(
            **WordDocument.of(line).model_dump(),
            words=[WordDocument.of(word) for word in line.words],
            window=window,
        )


class ModelDocument(BaseModel):
    """What answers. Device and dtype are null until the model was loaded once."""

    id: str
    revision: str | None = None
    device: str | None = None
    dtype: str | None = None

    @classmethod
    def of(cls, facts: ModelFacts) -> ModelDocument:
        """The same as a document."""
        return cls(id=facts.id, revision=facts.revision, device=facts.device, dtype=facts.dtype)


class AlignResponse(BaseModel):
    """The lines with their times, in the order of the request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lines": [
                        {
                            "text": "Amazing grace",
                            "time_seconds": 12.88,
                            "end_seconds": 15.2,
                            "confidence": 0.94,
                            "words": [
                                {"text": "Amazing", "time_seconds": 12.88, "end_seconds": 13.92, "confidence": 0.96},
                                {"text": "grace", "time_seconds": 13.92, "end_seconds": 15.2, "confidence": 0.92},
                            ],
                            "window": None,
                        }
                    ],
                    "language": "English",
                    "duration_seconds": 241.3,
                    "model": {
                        "id": "Qwen/Qwen3-ForcedAligner-0.6B-hf",
                        "revision": "main",
                        "device": "cuda:0",
                        "dtype": "bfloat16",
                    },
                    "elapsed_seconds": 1.9,
                    "warnings": [],
                }
            ]
        }
    )

    lines: list[LineDocument]
    language: str
    duration_seconds: float = Field(description="Of the recording.")
    model: ModelDocument
    elapsed_seconds: float = Field(description="From the request's first byte to its answer.")
    warnings: list[str] = Field(description="Sentences for the user about what was not as it should be.")


class Queue(BaseModel):
    """What is being worked on."""

    requests: int = Field(description="Open requests.")
    clips: int = Field(description="Stretches of sound that wait for the model.")
    seconds: float = Field(description="Sound in them.")


class Health(BaseModel):
    """How the service is."""

    status: State
    stage: str | None = Field(default=None, description="What is being done with the model, such as `download`.")
    progress: float | None = Field(default=None, description="How far that is, 0 to 1; null when unknown.")
    loaded: bool = Field(description="Whether the model is in memory. One that sleeps is loaded by the next request.")
    reason: str | None = Field(default=None, description="Why the model could not be loaded.")
    model: ModelDocument
    queue: Queue
    version: str
