"""Hits and articles as files for other programs: CSV, BibTeX, RIS, a plain citation.

Pure. CSV is RFC 4180 with a byte order mark (spreadsheets need it to see UTF-8); RIS is the
format that reference managers read (https://en.wikipedia.org/wiki/RIS_(file_format)).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import quote

from semsearch.hits import ArticleBrief, Hit
from semsearch.text.calendar_names import MONTHS

__all__ = [
    "BIBTEX_TYPE",
    "CSV_TYPE",
    "RIS_TYPE",
    "bibtex",
    "csv_lines",
    "hit_bibtex",
    "hit_csv",
    "hit_ris",
    "long_date",
    "plain_citation",
    "ris",
    "safe_cell",
]

CSV_TYPE = "text/csv; charset=utf-8"
BIBTEX_TYPE = "application/x-bibtex; charset=utf-8"
RIS_TYPE = "application/x-research-info-systems; charset=utf-8"

BYTE_ORDER_MARK = "\ufeff"
# What makes a spreadsheet take a cell for a formula, full-width forms included (OWASP).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
HIT_COLUMNS = (
    "rank",
    "score",
    "answer",
    "passage",
    "title",
    "source",
    "published",
    "authors",
    "speakers",
    "also_in",
    "url",
    "article_id",
    "passage_id",
)
LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
BLANKS = re.compile(r"\s+")


def safe_cell(value: object) -> str:
    """A cell's text that no spreadsheet runs as a formula: an apostrophe goes before its start.

    Numbers stay as they are; they can be negative, and cannot be formulas.
    """
    if isinstance(value, (int, float)):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """One string per row, the header first, each cell made safe."""
    yield BYTE_ORDER_MARK + _csv_line(header)
    for row in rows:
        yield _csv_line(row)


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


def hit_csv(hits: Iterable[Hit]) -> Iterator[str]:
    """One row per hit."""
    return csv_lines(HIT_COLUMNS, (_hit_row(hit) for hit in hits))


def _hit_row(hit: Hit) -> tuple[object, ...]:
    article = hit.article
    speakers = dict.fromkeys(quote.speaker for quote in hit.quotes if quote.speaker)
    return (
        hit.rank,
        round(hit.score, 6),
        hit.answer.text,
        hit.passage.text,
        article.title,
        article.source,
        article.published,
        "; ".join(article.authors),
        "; ".join(speakers),
        "; ".join(d.article.source or d.article.title for d in hit.duplicates),
        article.url,
        article.id,
        hit.passage.id,
    )


def hit_bibtex(hits: Iterable[Hit]) -> Iterator[str]:
    """One reference per article, in the order of its best hit."""
    return (bibtex(article) + "\n" for article in _articles(hits))


def hit_ris(hits: Iterable[Hit]) -> Iterator[str]:
    """One reference per article, in the order of its best hit."""
    return (ris(article) for article in _articles(hits))


def _articles(hits: Iterable[Hit]) -> Iterator[ArticleBrief]:
    seen: set[str] = set()
    for hit in hits:
        if hit.article.id not in seen:
            seen.add(hit.article.id)
            yield hit.article


def long_date(day: date) -> str:
    """`7 March 2022`, the same wherever the server stands."""
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def plain_citation(article: ArticleBrief) -> str:
    """`A. Author and B. Author. “Title.” Source, 7 March 2022. URL`."""
    title = _one_line(article.title)
    closed = title if title.endswith((".", "?", "!")) else f"{title}."
    when = long_date(article.published) if article.published else "n.d"
    where = ", ".join(part for part in (_one_line(article.source or ""), when) if part)
    authors = _one_line(_listed(article.authors))
    opened = f"{authors.removesuffix('.')}. " if authors else ""
    return f"{opened}“{closed}” {where}.{f' {article.url}' if article.url else ''}"


def _listed(names: tuple[str, ...]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def bibtex(article: ArticleBrief) -> str:
    """An `@article` entry. The title is braced twice so that styles keep its capitals."""
    published = article.published
    fields = {
        "title": f"{{{_latex(article.title)}}}",
        "author": " and ".join(_bibtex_name(name) for name in article.authors),
        "journal": _latex(article.source or ""),
        "year": str(published.year) if published else "",
        "month": str(published.month) if published else "",
        "date": published.isoformat() if published else "",
        "url": _bare_url(article.url or ""),
        "language": _latex(article.language or ""),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@article{{{_key(article)},", *lines, "}", ""])


def _bibtex_name(name: str) -> str:
    # BibTeX parts names at "and" and at commas; braces keep a name whole.
    escaped = _latex(name)
    return f"{{{escaped}}}" if "," in name or re.search(r"\band\b", name) else escaped


def _key(article: ArticleBrief) -> str:
    """A citation key of ASCII letters and digits: first word of source, year, start of the id."""
    words = re.findall(r"[A-Za-z0-9]+", f"{article.source or article.title}")
    year = str(article.published.year) if article.published else "nd"
    ident = re.sub(r"[^A-Za-z0-9]+", "-", article.id).strip("-")
    return f"{(words or ['article'])[0].lower()}{year}-{ident or 'x'}"


def _latex(text: str) -> str:
    return "".join(LATEX.get(character, character) for character in _one_line(text))


def _bare_url(url: str) -> str:
    # Braces and backslashes would end the field; inside a URL they are written in per cent.
    return quote(_one_line(url), safe="%/:?#[]@!$&'()*+,;=~-._", errors="replace")


def ris(article: ArticleBrief) -> str:
    """One RIS record of type NEWS, with the CRLF line ends that the format asks for."""
    published = article.published
    tags: list[tuple[str, str]] = [
        ("TY", "NEWS"),
        ("TI", article.title),
        *(("AU", author) for author in article.authors),
        ("T2", article.source or ""),
        ("PY", str(published.year) if published else ""),
        ("DA", published.strftime("%Y/%m/%d/") if published else ""),
        ("LA", article.language or ""),
        ("UR", article.url or ""),
        ("ID", article.id),
    ]
    lines = [f"{tag}  - {_one_line(value)}" for tag, value in tags if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def _one_line(text: str) -> str:
    return BLANKS.sub(" ", text).strip()
