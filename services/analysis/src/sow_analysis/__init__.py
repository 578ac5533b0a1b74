"""Listens to a recording: decoding, separation, evidence, alignment, and the pipeline that times its lyrics."""
