"""The grammar of reported speech: tokens, noun phrases, subjects, clauses. Pure."""
