"""Word lists: cues of speech and given names."""
