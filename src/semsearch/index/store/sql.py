"""The tables of store.sqlite.

Texts of passages and quotes are not stored: they are slices of the article's text, so they can
never disagree with it. Rows and article numbers are AUTOINCREMENT: never reused, so that vectors
and lexical entries of different generations can be carried over by number.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

SCHEMA = """
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    root TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    checked_ns INTEGER NOT NULL,
    contested INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE failures (path TEXT NOT NULL, line INTEGER, reason TEXT NOT NULL);
CREATE INDEX failures_by_path ON failures (path);

CREATE TABLE articles (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    file TEXT NOT NULL,
    title TEXT NOT NULL,
    title_derived INTEGER NOT NULL,
    text TEXT NOT NULL,
    url TEXT,
    source TEXT,
    published TEXT,
    language TEXT,
    place TEXT
);
CREATE INDEX articles_by_file ON articles (file);
CREATE INDEX articles_by_source ON articles (source);
CREATE INDEX articles_by_published ON articles (published);

CREATE TABLE authors (
    num INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (num, position)
) WITHOUT ROWID;
CREATE INDEX authors_by_name ON authors (name);

CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    num INTEGER NOT NULL,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    embed_key BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (num, number);

CREATE TABLE speakers (
    speaker INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    quotes INTEGER NOT NULL DEFAULT 0,
    articles INTEGER NOT NULL DEFAULT 0,
    first TEXT,
    last TEXT
);
CREATE TABLE aliases (
    speaker INTEGER NOT NULL, name TEXT NOT NULL, uses INTEGER NOT NULL,
    PRIMARY KEY (speaker, name)
) WITHOUT ROWID;

-- Where a mention in a question looks for speakers: see `speakers.lookup_terms`.
CREATE TABLE speaker_terms (
    term TEXT NOT NULL, speaker INTEGER NOT NULL, PRIMARY KEY (term, speaker)
) WITHOUT ROWID;
CREATE INDEX speaker_terms_by_speaker ON speaker_terms (speaker);

CREATE TABLE quotes (
    quote INTEGER PRIMARY KEY,
    num INTEGER NOT NULL,
    kind TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    speaker INTEGER,
    speaker_name TEXT,
    mention TEXT,
    cue TEXT,
    rule TEXT NOT NULL
);
CREATE INDEX quotes_by_article ON quotes (num, start);
CREATE INDEX quotes_by_speaker ON quotes (speaker);

CREATE TABLE roles (
    num INTEGER NOT NULL, speaker INTEGER NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (num, speaker, role)
) WITHOUT ROWID;
CREATE INDEX roles_by_speaker ON roles (speaker);

CREATE TABLE passage_speakers (
    row INTEGER NOT NULL, speaker INTEGER NOT NULL, PRIMARY KEY (row, speaker)
) WITHOUT ROWID;
CREATE INDEX passage_speakers_by_speaker ON passage_speakers (speaker);

CREATE TRIGGER article_added AFTER INSERT ON articles BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.num, new.title);
END;
CREATE TRIGGER article_removed AFTER DELETE ON articles BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.num, old.title);
END;

CREATE TRIGGER speaker_added AFTER INSERT ON speakers BEGIN
    INSERT INTO speaker_words (rowid, name) VALUES (new.speaker, new.name);
END;
CREATE TRIGGER speaker_renamed AFTER UPDATE OF name ON speakers WHEN old.name <> new.name BEGIN
    INSERT INTO speaker_words (speaker_words, rowid, name)
        VALUES ('delete', old.speaker, old.name);
    INSERT INTO speaker_words (rowid, name) VALUES (new.speaker, new.name);
END;
CREATE TRIGGER speaker_removed AFTER DELETE ON speakers BEGIN
    INSERT INTO speaker_words (speaker_words, rowid, name)
        VALUES ('delete', old.speaker, old.name);
END;

CREATE VIRTUAL TABLE title_words USING fts5 (
    title, content='articles', content_rowid='num',
    tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
CREATE VIRTUAL TABLE speaker_words USING fts5 (
    name, content='speakers', content_rowid='speaker',
    tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
"""

# Speakers with a quote that came or went in this build; lives in the writer's connection only.
DIRTY = "CREATE TEMP TABLE dirty (speaker INTEGER PRIMARY KEY);"

# Run at the end of each build: what is said of a speaker is counted anew from the quotes, for the
# dirty ones, so the cost follows the change. So does ANALYZE with a limit: it reads that many
# entries of each index, where it would otherwise read all of them.
SUMMARISE = """
DELETE FROM speakers WHERE speaker IN dirty
    AND NOT EXISTS (SELECT 1 FROM quotes q WHERE q.speaker = speakers.speaker);
UPDATE speakers SET (quotes, articles, first, last) = (
    SELECT count(*), count(DISTINCT q.num), min(a.published), max(a.published)
    FROM quotes q JOIN articles a USING (num) WHERE q.speaker = speakers.speaker
) WHERE speaker IN dirty;
UPDATE speakers SET name = (
    SELECT speaker_name FROM quotes q WHERE q.speaker = speakers.speaker
    GROUP BY speaker_name ORDER BY count(*) DESC, length(speaker_name), speaker_name LIMIT 1
) WHERE speaker IN dirty;
DELETE FROM aliases WHERE speaker IN dirty;
INSERT INTO aliases (speaker, name, uses)
    SELECT speaker, name, sum(uses) FROM (
        SELECT speaker, speaker_name AS name, count(*) AS uses
            FROM quotes WHERE speaker IN dirty GROUP BY 1, 2
        UNION ALL
        SELECT speaker, mention AS name, count(*) AS uses
            FROM quotes WHERE speaker IN dirty AND mention NOT NULL GROUP BY 1, 2
        UNION ALL
        SELECT speaker, role AS name, count(*) AS uses
            FROM roles WHERE speaker IN dirty GROUP BY 1, 2
    ) WHERE name NOT NULL GROUP BY 1, 2;
DELETE FROM speaker_terms WHERE speaker IN dirty;
PRAGMA analysis_limit=1000;
ANALYZE;
"""


def immutable_uri(path: Path) -> str:
    """The name under which SQLite opens a finished store: no locks, no journal file.

    Quoted, so that a `?`, `#` or `%` in a folder's name stays a part of the name.
    """
    return f"file:{quote(str(path))}?immutable=1"
