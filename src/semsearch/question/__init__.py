"""What was asked? Phrases, exclusions, dates and speakers, read from a question. Pure."""
