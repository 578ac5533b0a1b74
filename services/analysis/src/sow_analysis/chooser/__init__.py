"""Asks somebody who knows songs, a language model, which line a misheard phrase is. It chooses, and never writes.

`questions_of` finds the stretches that the matcher left in doubt, a `LineChooser` answers with indices alone, and
`reconsider` lets an answer count only where the recording does not speak against it.
"""

from sow_analysis.chooser.answers import Answer
from sow_analysis.chooser.llm import LlmChooser
from sow_analysis.chooser.questions import Phrase, Question, questions_of
from sow_analysis.chooser.trial import Answers, LineChooser, Reconsidered, reconsider

__all__ = [
    "Answer",
    "Answers",
    "LineChooser",
    "LlmChooser",
    "Phrase",
    "Question",
    "Reconsidered",
    "questions_of",
    "reconsider",
]
