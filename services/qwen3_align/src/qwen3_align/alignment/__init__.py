"""From a recording and its lines, of any length, to a time for each word.

alignment = await align_song(samples, lines, language, predictor)
"""

from qwen3_align.alignment.align import align_song
from qwen3_align.alignment.aligned import AlignedLine, AlignedWord, Alignment
from qwen3_align.alignment.limits import Limits
from qwen3_align.alignment.windows import Window

__all__ = ["AlignedLine", "AlignedWord", "Alignment", "Limits", "Window", "align_song"]
