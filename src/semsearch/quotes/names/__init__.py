"""Who is who in an article: names of persons, people, organisations. Pure."""
