"""Too much at once is refused, with a time to come back."""

from __future__ import annotations

import pytest

from qwen3_align.busy import SaturatedError
from qwen3_align.service.admission import Admission


def test_requests_beyond_the_limit_are_refused_until_one_ends():
    admission = Admission(1, 1000, lambda _seconds: None)
    with admission.enter():
        assert admission.open == 1
        with pytest.raises(SaturatedError) as caught, admission.enter():
            pass
        assert caught.value.retry_seconds == 10
    with admission.enter():
        pass
    assert admission.open == 0


def test_sound_beyond_the_limit_is_refused_with_the_time_that_the_work_will_take():
    admission = Admission(9, 100, lambda seconds: seconds / 2)
    with admission.enter() as one, admission.enter() as two:
        admission.bring(one, 80)
        with pytest.raises(SaturatedError) as caught:
            admission.bring(two, 30)
        assert caught.value.retry_seconds == 20
        admission.bring(two, 20)
        assert admission.audio_seconds == 100


def test_one_long_recording_is_let_in_alone():
    admission = Admission(9, 100, lambda _seconds: None)
    with admission.enter() as ticket:
        admission.bring(ticket, 3000)
