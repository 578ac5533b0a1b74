"""A server that speaks OpenAI's chat completions and transcriptions, and says what a test wants it to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from faults import Reply
from http_fake import HttpFake, Request

Chat = Callable[[Mapping[str, Any]], str | Reply]
"""Gives the assistant's text for the body of a request."""


@dataclass(frozen=True)
class Upload:
    """A request for a transcription."""

    audio: bytes
    file_name: str
    fields: Mapping[str, tuple[str, ...]]

    def field(self, name: str) -> str | None:
        return self.fields.get(name, (None,))[0]


Transcribe = Callable[[Upload], Mapping[str, Any] | Reply]


class OpenAIFake(HttpFake):
    """Give `chat` or `transcribe`; the base URL is `api`."""

    def __init__(self, chat: Chat | None = None, transcribe: Transcribe | None = None) -> None:
        super().__init__({
            "/v1/chat/completions": lambda request: _completion(request, chat or (lambda _body: "{}")),
            "/v1/audio/transcriptions": lambda request: _transcription(request, transcribe or (lambda _: {"text": ""})),
        })  # fmt: skip

    @property
    def api(self) -> str:
        return f"{self.url}/v1"

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the chats so far."""
        return [json.loads(request.body) for request in self.requests]


def document_in(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON document in the last message of a chat."""
    return json.loads(asked["messages"][-1]["content"])


def _completion(request: Request, chat: Chat) -> Reply:
    asked = json.loads(request.body)
    said = chat(asked)
    if isinstance(said, Reply):
        return said
    message = {"role": "assistant", "content": said}
    return _json({
        "id": "chat-1", "object": "chat.completion", "created": 0, "model": asked["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    })  # fmt: skip


def _transcription(request: Request, transcribe: Transcribe) -> Reply:
    said = transcribe(upload_in(request))
    return said if isinstance(said, Reply) else _json(said)


def upload_in(request: Request) -> Upload:
    """What a multipart request holds."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    fields: dict[str, list[str]] = {}
    audio, name = b"", ""
    for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts():
        field = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if file_name := part.get_filename():
            audio, name = content, file_name
        else:
            fields.setdefault(str(field), []).append(content.decode())
    return Upload(audio, name, {key: tuple(values) for key, values in fields.items()})


def _json(document: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps(document).encode())
