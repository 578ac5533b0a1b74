from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sow_analysis.captions import video_id, watch_url

ID = "Mrn1ngL1ght"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"http://youtube.com/watch?v={ID}&t=42s&list=PL0123",
        f"https://m.youtube.com/watch?feature=share&v={ID}#t=3",
        f"https://music.youtube.com/watch?v={ID}&si=abc",
        f"https://WWW.YouTube.com/watch?v={ID}",
        f"https://youtu.be/{ID}",
        f"https://youtu.be/{ID}?si=abc&t=1",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}?feature=share",
        f"https://www.youtube.com/embed/{ID}?start=3",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"https://www.youtube.com/v/{ID}",
        f"https://www.youtube.com/?v={ID}",
    ],
)
def test_every_usual_form_names_the_video(url: str):
    assert video_id(url) == ID
    assert video_id(watch_url(ID)) == ID


@pytest.mark.parametrize(
    "url",
    [
        "",
        ID,
        "https://www.youtube.com/",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/watch?v=",
        "https://www.youtube.com/watch?v=short",
        f"https://www.youtube.com/watch?v={ID}x",
        "https://www.youtube.com/watch?v=Mrn1ngL1gh%2F",
        f"https://www.youtube.com/channel/{ID}",
        f"https://www.youtube.com/redirect?v={ID}",
        "https://www.youtube.com/shorts",
        f"https://www.youtube.com.example.org/watch?v={ID}",
        f"https://example.org/watch?v={ID}",
        f"https://example.org/https://www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com@example.org/watch?v={ID}",
        f"https://user:pass@www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com:8443/watch?v={ID}",
        f"https://notyoutube.com/watch?v={ID}",
        f"ftp://www.youtube.com/watch?v={ID}",
        f"//www.youtube.com/watch?v={ID}",
        f"javascript:https://www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com\\@example.org/watch?v={ID}",
        f"https://www.youtube.com/watch?v={ID}\n",
        f"https://уoutube.com/watch?v={ID}",
        f"https://[::1/watch?v={ID}",
    ],
)
def test_what_only_looks_like_it_does_not(url: str):
    assert video_id(url) is None


@given(st.text(max_size=60) | st.text(max_size=30).map(lambda text: f"https://youtu.be/{text}"))
def test_no_text_is_an_error(text: str):
    found = video_id(text)
    assert found is None or len(found) == 11
