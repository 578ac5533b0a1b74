"""What `sow view` is made of: the sound, the clock, the keys and the picture."""
