"""Grapheme to phoneme: how any word of any language sounds to an acoustic model of English."""

from sow_analysis.pronounce.arpabet import PHONES
from sow_analysis.pronounce.pronouncer import Pronouncer, Pronunciation
from sow_analysis.pronounce.sounds import Sounds

__all__ = ["PHONES", "Pronouncer", "Pronunciation", "Sounds"]
