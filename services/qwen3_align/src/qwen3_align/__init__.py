"""When each word of known lyrics is sung, by Qwen3-ForcedAligner."""
