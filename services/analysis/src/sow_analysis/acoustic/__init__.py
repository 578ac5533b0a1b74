"""Forced alignment of sung words: features, an acoustic model, a graph of the lyrics, and the Viterbi search over it.

The acoustic model is the one in the PocketSphinx wheel. Its own search is not used: it can neither leave the printed
order, nor weigh what other ears heard, nor survive long recordings, and ours is an order of magnitude faster here
because it works on whole arrays of states.
"""
