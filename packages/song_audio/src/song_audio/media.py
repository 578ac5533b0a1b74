"""Opens a sound or video file that nobody has vouched for.

Three walls keep the decoder from opening anything but the file itself: a list of containers that hold sound and name no
other file (playlists, concat scripts, SDP and the like are not on it), a Python file object in place of a URL (so no
protocol is chosen by name), and an opener for nested files that refuses.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.error
from av.container import InputContainer
from av.stream import Disposition

from song_audio.errors import AudioNotFoundError, AudioUnreadableError

# FFmpeg's names of containers that carry their sound inside themselves. Never add concat, hls,
# dash, imf, image2, lavfi, rtp, rtsp, sap, sdp or webm_dash_manifest: they open other files or sockets.
_CONTAINERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,"
    "nut,ogg,rm,tta,voc,w64,wav,webm,wv"
)
_EXACT_DURATION = {"aiff", "flac", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "ogg", "w64", "wav"}
ADVICE = "Give a sound or video file such as MP3, M4A, FLAC, OGG, WAV or MP4."
"""What an error message ends with when the file is none of ours."""


@dataclass(frozen=True)
class Media:
    """An open file and the container in it."""

    path: Path
    file: BinaryIO
    container: InputContainer
    size: int

    @property
    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self.file.tell() / self.size)

    @property
    def announced_seconds(self) -> float | None:
        """What the header says, or None where it says nothing or FFmpeg merely guesses from the bit rate."""
        if self.container.format.name == "mp3" and not _has_frame_count(self.file):
            return None
        if self.container.format.name not in _EXACT_DURATION | {"mp3"}:
            return None
        if self.container.duration is None:
            return None
        seconds = self.container.duration / 1_000_000
        if self.container.format.name == "wav":  # FFmpeg takes the file's size for that of the sound
            return seconds * max(1.0, _riff_size(self.file) / self.size)
        return seconds


def presentation_start(media: Media, sound_start: float) -> float:
    """When the presentation starts, in the container's time: the sound's start, or that of a picture before it."""
    starts = [
        float(video.start_time * video.time_base)
        for video in media.container.streams.video
        if video.start_time is not None
        and video.time_base is not None
        and not video.disposition & Disposition.attached_pic
    ]
    return min([sound_start, *starts])


@contextmanager
def opened(path: Path) -> Generator[Media]:
    """Open a file for decoding.

    Raises:
        AudioNotFoundError: there is no such file, or it may not be read.
        AudioUnreadableError: it is a folder, empty, or no container of sound that we know.
    """
    with _opened_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            container = av.open(
                file,
                "r",
                container_options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "none"},
                metadata_errors="ignore",
                io_open=_refuse,
            )
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise AudioUnreadableError(f"{path.name} {_what_it_is(file)}. {ADVICE}") from error
        with container:
            yield Media(path, file, container, size)


def _opened_file(path: Path) -> BinaryIO:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise AudioUnreadableError(f"{path} is a folder, not a recording.")
        if not stat.S_ISREG(mode):  # a pipe or a device, which may never end
            raise AudioUnreadableError(f"{path} is not an ordinary file.")
        file = path.open("rb")
    except FileNotFoundError as error:
        raise AudioNotFoundError(f"There is no file {path}.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise AudioNotFoundError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if os.fstat(file.fileno()).st_size == 0:
        file.close()
        raise AudioUnreadableError(f"{path.name} is empty. {ADVICE}")
    return file


def _refuse(url: str, flags: int, options: dict[str, str]) -> Any:
    raise PermissionError(errno.EPERM, "A recording may not open other files", url)


def _what_it_is(file: BinaryIO) -> str:
    """Say why a file that FFmpeg would not open is none of ours."""
    file.seek(0)
    head = file.read(4096)
    if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(
        (b"#EXTM3U", b"ffconcat", b"v=0", b"[playlist]", b"<?xml", b"<MPD")
    ):
        return "is a playlist or a script, not a recording"
    if b"\0" not in head and _is_utf8(head):
        return "is a text file, not a recording"
    return "is not a recording that can be decoded, or it is damaged"


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.utf_8_decode(head, "strict", False)  # a character that is cut at the end is no error
    except UnicodeDecodeError:
        return False
    return True


def _riff_size(file: BinaryIO) -> int:
    """How long a WAV file says that it is, in bytes; 0 if it was written to a pipe and does not know."""
    position = file.tell()
    file.seek(0)
    head = file.read(8)
    file.seek(position)
    size = int.from_bytes(head[4:8], "little")
    return size + 8 if head[:4] == b"RIFF" and size < 0xFFFFFFFF - 8 else 0


def _has_frame_count(file: BinaryIO) -> bool:
    """Tell whether an MP3 file counts its frames in its first one (Xing, Info or VBRI); else its length is a guess."""
    position = file.tell()
    file.seek(0)
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10:
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(start)
    frame = file.read(4096)
    file.seek(position)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))
