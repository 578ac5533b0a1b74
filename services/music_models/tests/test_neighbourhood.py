"""The attention against its definition, place by place, and allin1's layers at their borders."""

from __future__ import annotations

import itertools

import pytest
import torch

from music_models import neighbourhood


def neighbours_by_definition(place: int, length: int, kernel: int, dilation: int) -> list[int]:
    """The window around a place among those of the same rest, moved inside where it would stick out."""
    row = list(range(place % dilation, length, dilation))
    first = row.index(place) - kernel // 2
    first = max(0, min(first, len(row) - kernel))
    return row[first : first + kernel]


@pytest.mark.parametrize(("kernel", "dilation"), [(3, 1), (5, 1), (5, 2), (3, 4), (7, 3)])
@pytest.mark.parametrize("more", [0, 1, 2, 5, 23])
def test_windows_are_moved_inside_at_the_borders(kernel: int, dilation: int, more: int):
    length = kernel * dilation + more
    neighbours, biases = neighbourhood.windows(length, kernel, dilation)
    for place in range(length):
        expected = neighbours_by_definition(place, length, kernel, dilation)
        assert neighbours[place].tolist() == expected
        assert biases[place].tolist() == [(there - place) // dilation + kernel - 1 for there in expected]


def test_windows_need_a_row_that_holds_one():
    with pytest.raises(ValueError, match="no windows"):
        neighbourhood.windows(9, 5, 2)


@pytest.mark.parametrize(("kernel", "dilation", "length"), [(3, 1, 3), (5, 1, 11), (5, 2, 13), (3, 3, 17)])
def test_rows_give_what_a_loop_over_places_gives(kernel: int, dilation: int, length: int):
    torch.manual_seed(1)
    query, key, value = torch.randn(3, 2, 2, length, 4)
    bias = torch.randn(2, 2 * kernel - 1)
    scores = neighbourhood.scores_1d(query, key, bias, kernel, dilation)
    weights = scores.softmax(-1)
    mixed = neighbourhood.mixed_1d(weights, value, kernel, dilation)
    for n, head, place in itertools.product(range(2), range(2), range(length)):
        total = torch.zeros(4)
        for at, there in enumerate(neighbours_by_definition(place, length, kernel, dilation)):
            score = query[n, head, place] @ key[n, head, there] + bias[head, (there - place) // dilation + kernel - 1]
            torch.testing.assert_close(scores[n, head, place, at], score)
            total += weights[n, head, place, at] * value[n, head, there]
        torch.testing.assert_close(mixed[n, head, place], total)


@pytest.mark.parametrize(("kernel", "dilation", "height", "width"), [(3, 1, 3, 6), (5, 1, 5, 7), (3, 2, 6, 9)])
def test_planes_give_what_a_loop_over_places_gives(kernel: int, dilation: int, height: int, width: int):
    torch.manual_seed(2)
    query, key, value = torch.randn(3, 1, 2, height, width, 3)
    bias = torch.randn(2, 2 * kernel - 1, 2 * kernel - 1)
    scores = neighbourhood.scores_2d(query, key, bias, kernel, dilation)
    weights = scores.softmax(-1)
    mixed = neighbourhood.mixed_2d(weights, value, kernel, dilation)
    for head, y, x in itertools.product(range(2), range(height), range(width)):
        total = torch.zeros(3)
        rows = neighbours_by_definition(y, height, kernel, dilation)
        columns = neighbours_by_definition(x, width, kernel, dilation)
        for at, (there_y, there_x) in enumerate(itertools.product(rows, columns)):
            relative = bias[head, (there_y - y) // dilation + kernel - 1, (there_x - x) // dilation + kernel - 1]
            score = query[0, head, y, x] @ key[0, head, there_y, there_x] + relative
            torch.testing.assert_close(scores[0, head, y, x, at], score)
            total += weights[0, head, y, x, at] * value[0, head, there_y, there_x]
        torch.testing.assert_close(mixed[0, head, y, x], total)


def test_with_one_window_over_the_whole_row_it_is_ordinary_attention():
    torch.manual_seed(3)
    query, key, value = torch.randn(3, 1, 1, 5, 4)
    scores = neighbourhood.scores_1d(query, key, torch.zeros(1, 9), 5, 1)
    mixed = neighbourhood.mixed_1d(scores.softmax(-1), value, 5, 1)
    torch.testing.assert_close(mixed, torch.nn.functional.scaled_dot_product_attention(query, key, value, scale=1.0))
