"""Files -> articles and failures, one format after the other."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from reading import article, failure

from semsearch.corpus import Article, Failure
from semsearch.errors import ReadError
from semsearch.readers import find_files, read_file

USERS_ARTICLE = Path(__file__).resolve().parents[1] / "seeds/000_6d248ac1ce18f8ee.txt"


def test_folders_are_searched_in_order_and_what_is_no_article_says_why(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "README.md", "x.doc", ".hidden.txt", ".git/y.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Some text.")
    found = [
        (source.path.relative_to(tmp_path).as_posix(), source.skip)
        for source in find_files([tmp_path])
    ]
    assert found == [
        ("README.md", "a README is not an article"),
        ("b.txt", None),
        ("x.doc", "unknown format '.doc'"),
        ("a/z.md", None),
    ]


def test_a_file_named_twice_is_found_once_and_a_named_readme_is_read(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("Some text.")
    (only,) = find_files([readme, tmp_path])
    assert (only.path, only.root, only.skip) == (readme, tmp_path, None)


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="nowhere: no such file or folder"):
        find_files([tmp_path / "nowhere"])


def test_links_that_lead_nowhere_and_pipes_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "dead.txt").symlink_to(tmp_path / "gone.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert [source.skip for source in find_files([tmp_path])] == ["not a regular file"] * 2


def test_an_id_is_the_path_below_the_root_without_its_suffix(tmp_path: Path) -> None:
    assert article(tmp_path, "2021/may/dam.opens.txt", "Text.").id == "2021/may/dam.opens"


def test_files_that_differ_in_their_suffix_only_keep_it_in_their_ids(tmp_path: Path) -> None:
    (tmp_path / "dam.md").write_text("Markdown.")
    assert article(tmp_path, "dam.txt", "Text.").id == "dam.txt"
    (only,) = read_file(tmp_path / "dam.md", tmp_path)
    assert isinstance(only, Article)
    assert only.id == "dam.md"


def test_a_file_of_an_unknown_format_is_a_failure(tmp_path: Path) -> None:
    assert failure(tmp_path, "dam.doc", "Text.").reason.startswith(
        "unknown format; semsearch reads .csv"
    )


def test_a_file_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    (gone,) = read_file(tmp_path / "gone.txt", tmp_path)
    assert gone == Failure(str(tmp_path / "gone.txt"), None, "No such file or directory")


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ("", "the id is empty"),
        ("  ", "the id is empty"),
        ("a\nb", r"the id 'a\nb' holds control characters"),
        ("../etc", "the id '../etc' holds a '.' or '..' segment"),
        ("x" * 513, f"the id '{'x' * 40}'… is longer than 512 bytes"),
        (True, "the id is neither text nor a number"),
        ([1], "the id is neither text nor a number"),
    ],
)
def test_an_id_that_cannot_stand_in_an_address_is_a_failure(
    tmp_path: Path, stated: object, reason: str
) -> None:
    row = json.dumps({"id": stated, "text": "Some text."})
    assert failure(tmp_path, "a.jsonl", row).reason == reason


def test_the_users_article_has_its_place_and_a_title_derived_from_its_first_sentence() -> None:
    (only,) = read_file(USERS_ARTICLE, USERS_ARTICLE.parent)
    assert isinstance(only, Article)
    assert only.id == "000_6d248ac1ce18f8ee"
    assert only.title == (
        "Russian and Ukrainian negotiators are prepared to resume direct talks after June 22…"
    )
    assert (only.title_derived, only.place, only.published) == (True, "ST. PETERSBURG", None)
    assert only.text == USERS_ARTICLE.read_bytes().decode()


def test_front_matter_states_metadata_and_the_text_begins_after_it(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        "a.txt",
        "---\nid: dam-1\ntitle: The dam\ndate: 2021-03-04\nauthor: A Bee, C Dee and E Eff\n"
        "source: The Daily Test\nurl: https://example.org/dam\nlanguage: en-GB\n---\nIt opened.\n",
    )
    assert found == Article(
        id="dam-1",
        title="The dam",
        text="It opened.\n",
        url="https://example.org/dam",
        source="The Daily Test",
        published=date(2021, 3, 4),
        authors=("A Bee", "C Dee", "E Eff"),
        language="en",
    )


def test_front_matter_that_is_not_yaml_is_a_failure(tmp_path: Path) -> None:
    reason = failure(tmp_path, "a.txt", "---\ntitle: [\n---\nIt opened.\n").reason
    assert reason.startswith("the front matter is not YAML: ")


def test_lines_of_dashes_around_a_sentence_are_text(tmp_path: Path) -> None:
    content = "---\nJust a sentence.\n---\nAnother.\n"
    assert article(tmp_path, "a.txt", content).text == content


def test_the_first_line_is_the_title_where_it_is_one(tmp_path: Path) -> None:
    content = (
        "The dam has opened\n\nBy Jane Doe and John Roe, Staff Writers\n\nMay 5, 2021\n\nIt did."
    )
    found = article(tmp_path, "a.txt", content)
    assert (found.title, found.title_derived) == ("The dam has opened", False)
    assert found.authors == ("Jane Doe", "John Roe")
    assert found.published == date(2021, 5, 5)
    assert found.text == content


def test_a_wrapped_first_line_is_no_title_and_a_date_in_it_is_not_the_articles(
    tmp_path: Path,
) -> None:
    content = (
        "Mayor Smith opened the new bridge over the river\n"
        "May 5, 2021 had been named as the day for years.\n"
    )
    found = article(tmp_path, "a.txt", content)
    assert found.title_derived
    assert found.published is None


@pytest.mark.parametrize(
    ("opening", "place", "published"),
    [
        ("ST. PETERSBURG - Talks", "ST. PETERSBURG", None),
        ("WASHINGTON (AP) — Talks", "WASHINGTON", None),
        ("KYIV, Ukraine (AP) — Talks", "KYIV, Ukraine", None),
        ("LONDON, March 3 (Reuters) - Talks", "LONDON", None),
        ("PARIS, May 5, 2021 (AFP) - Talks", "PARIS", date(2021, 5, 5)),
        ("NEW YORK — Talks", "NEW YORK", None),
        ("NEW YORK/LONDON, March 3 (Reuters) - Talks", "NEW YORK/LONDON", None),
        ("Washington (CNN) — Talks", "Washington", None),
        ("(CNN) Talks", None, None),
        ("UPDATE - Talks", None, None),
        ("NATO said that talks", None, None),
        ("Talks - long ones -", None, None),
    ],
)
def test_a_dateline_states_the_place_and_with_a_year_the_day(
    tmp_path: Path, opening: str, place: str | None, published: date | None
) -> None:
    found = article(tmp_path, "a.txt", f"{opening} began in the morning and went on.")
    assert (found.place, found.published) == (place, published)


def test_a_derived_title_skips_bylines_and_pleas(tmp_path: Path) -> None:
    content = "By Jane Doe\nSign up for our newsletter here.\nThe dam opened. It is high."
    assert article(tmp_path, "a.txt", content).title == "The dam opened"


def test_a_long_first_sentence_is_cut_at_a_word_within_ninety_characters(tmp_path: Path) -> None:
    title = article(tmp_path, "a.txt", "word " * 40 + "end.").title
    assert title == "word " * 16 + "word…"  # 17 words are 84 characters, 18 would be 89 and "…"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    content = "Zürich — the dam opened.\n“Good,” he said. 👍"
    assert article(tmp_path, "a.txt", content.encode(encoding)).text == content


def test_an_older_encoding_is_detected(tmp_path: Path) -> None:
    content = (
        "Der Präsident eröffnete gestern die Brücke über den Fluss. Es dauerte neun Jahre. " * 5
    )
    assert article(tmp_path, "a.txt", content.encode("cp1252")).text == content


def test_damaged_utf_8_is_reported_and_not_taken_for_another_encoding(tmp_path: Path) -> None:
    content = "“Zürich,” he said.".encode() + b"\xff The end."
    reason = failure(tmp_path, "a.txt", content).reason
    assert (
        reason
        == "not text: 'utf-8' codec can't decode byte 0xff in position 23: invalid start byte"
    )


@pytest.mark.parametrize("content", [b"", b" \n\n", b"---\ntitle: x\n---\n"])
def test_a_file_without_text_is_a_failure(tmp_path: Path, content: bytes) -> None:
    assert failure(tmp_path, "a.txt", content).reason == "the article has no text"


def test_binary_data_is_no_text(tmp_path: Path) -> None:
    assert failure(tmp_path, "a.txt", b"PK\x03\x04\x00\x00text").reason == (
        "the text holds NUL characters, so it is no text"
    )
