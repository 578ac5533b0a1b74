"""Neighbourhood attention in plain torch: each place looks at the `kernel` places nearest to it, `dilation` apart.

allin1 was written against four functions of natten, compiled code that has dropped them since and that needs a compiler
and a build for each version of torch. These give the same numbers. Method: Hassani et al. 2023, "Neighborhood Attention
Transformer"; with dilation, Hassani & Shi 2022. A window that would stick out at a border is moved inside, so that
every place has `kernel` neighbours; nothing is padded. Places whose numbers have the same rest by `dilation` form a row
of their own, and windows move within that row.

The kernel's places are taken one after the other, so that memory stays at that of the result; taking them all at once
would need `kernel` copies of the keys and values (25 in two dimensions), and these are as long as the song.
"""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor


def windows(length: int, kernel: int, dilation: int) -> tuple[Tensor, Tensor]:
    """Say which places each place of a row looks at, and which relative bias belongs to each.

    Args:
        length: of the row; at least `kernel * dilation`.
        kernel: neighbours of each place, an odd number.
        dilation: distance from one neighbour to the next.

    Returns:
        Two integer tensors of shape (length, kernel): indices of neighbours, 0 to `length` - 1, and indices of biases,
        0 to 2 * `kernel` - 2, where `kernel` - 1 is the place itself.
    """
    if kernel % 2 == 0 or dilation < 1 or length < kernel * dilation:
        raise ValueError(f"no windows of {kernel} places, {dilation} apart, in a row of {length}")
    place = torch.arange(length)
    rest, step = place % dilation, place // dilation
    steps = (length - rest + dilation - 1) // dilation  # places in the row of the same rest
    first = torch.minimum((step - kernel // 2).clamp(min=0), steps - kernel)
    looked_at = first[:, None] + torch.arange(kernel)
    return looked_at * dilation + rest[:, None], looked_at - step[:, None] + kernel - 1


def scores_1d(query: Tensor, key: Tensor, bias: Tensor, kernel: int, dilation: int) -> Tensor:
    """Products of queries and keys, with biases, for rows.

    Args:
        query: shape (batch, heads, length, size).
        key: the same.
        bias: shape (heads, 2 * `kernel` - 1).
        kernel: as for `windows`.
        dilation: as for `windows`.

    Returns:
        Shape (batch, heads, length, kernel).
    """
    neighbours, biases = (each.to(query.device) for each in windows(query.shape[2], kernel, dilation))
    scores = query.new_empty(*query.shape[:3], kernel)
    for at in range(kernel):
        scores[..., at] = (query * key[:, :, neighbours[:, at]]).sum(-1) + bias[:, biases[:, at]]
    return scores


def mixed_1d(weights: Tensor, value: Tensor, kernel: int, dilation: int) -> Tensor:
    """Sums of values by weights, for rows: shapes as the result and the arguments of `scores_1d`."""
    neighbours = windows(value.shape[2], kernel, dilation)[0].to(value.device)
    mixed = torch.zeros_like(value)
    for at in range(kernel):
        mixed += weights[..., at, None] * value[:, :, neighbours[:, at]]
    return mixed


def scores_2d(query: Tensor, key: Tensor, bias: Tensor, kernel: int, dilation: int) -> Tensor:
    """Products of queries and keys, with biases, for planes; windows are squares.

    Args:
        query: shape (batch, heads, height, width, size).
        key: the same.
        bias: shape (heads, 2 * `kernel` - 1, 2 * `kernel` - 1).
        kernel: as for `windows`, in both directions.
        dilation: as for `windows`, in both directions.

    Returns:
        Shape (batch, heads, height, width, kernel * kernel), the squares read line by line.
    """
    rows, row_biases = (each.to(query.device) for each in windows(query.shape[2], kernel, dilation))
    columns, column_biases = (each.to(query.device) for each in windows(query.shape[3], kernel, dilation))
    scores = query.new_empty(*query.shape[:4], kernel * kernel)
    for i, j in product(range(kernel), repeat=2):
        there = key[:, :, rows[:, i]][:, :, :, columns[:, j]]
        biases = bias[:, row_biases[:, i]][:, :, column_biases[:, j]]
        scores[..., i * kernel + j] = (query * there).sum(-1) + biases
    return scores


def mixed_2d(weights: Tensor, value: Tensor, kernel: int, dilation: int) -> Tensor:
    """Sums of values by weights, for planes: shapes as the result and the arguments of `scores_2d`."""
    rows = windows(value.shape[2], kernel, dilation)[0].to(value.device)
    columns = windows(value.shape[3], kernel, dilation)[0].to(value.device)
    mixed = torch.zeros_like(value)
    for i, j in product(range(kernel), repeat=2):
        mixed += weights[..., i * kernel + j, None] * value[:, :, rows[:, i]][:, :, :, columns[:, j]]
    return mixed
