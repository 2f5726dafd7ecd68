"""`/export`: every hit of a search, not a page of it, as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from itertools import chain

from flask import Response, abort, request

from semsearch.hits import Hit
from semsearch.web.pages.exports import formats
from semsearch.web.pages.page_request import limits, live, read_params
from semsearch.web.queries import to_query
from semsearch.wire.schema import Hit as HitSchema

__all__ = ["attachment", "export"]

Writer = Callable[[Iterable[Hit]], Iterator[str]]


def hit_jsonl(hits: Iterable[Hit]) -> Iterator[str]:
    """One JSON object per line: a hit as the API shapes it."""
    for hit in hits:
        yield HitSchema.model_validate(hit).model_dump_json() + "\n"


FORMATS: dict[str, tuple[Writer, str, str]] = {
    "csv": (formats.hit_csv, formats.CSV_TYPE, "csv"),
    "jsonl": (hit_jsonl, "application/x-ndjson", "jsonl"),
    "bibtex": (formats.hit_bibtex, formats.BIBTEX_TYPE, "bib"),
    "ris": (formats.hit_ris, formats.RIS_TYPE, "ris"),
}


def export() -> Response:
    """`/export?format=csv|jsonl|bibtex|ris&q=…`, streamed, best hit first."""
    chosen = FORMATS.get(request.args.get("format", "csv"))
    if chosen is None:
        abort(HTTPStatus.BAD_REQUEST, f"format must be one of {', '.join(FORMATS)}")
    write, content_type, suffix = chosen
    hits = _hits()
    # The first hit is fetched before the headers go out, so that a search that cannot be done
    # is answered with an error and not with half a file.
    first = list(next_or_none(hits))
    lines = write(chain(first, hits))
    return attachment(lines, content_type, f"search.{suffix}")


def next_or_none(hits: Iterator[Hit]) -> Iterator[Hit]:
    """The first hit, if there is one."""
    for hit in hits:
        yield hit
        return


def _hits() -> Iterator[Hit]:
    query = to_query(read_params(), limits())
    index = live()

    def stream() -> Iterator[Hit]:
        # One snapshot through the whole file: a reindex in between changes nothing in it.
        with index.snapshot() as searcher:
            yield from searcher.every_hit(query)

    return stream()


def attachment(lines: Iterable[str], content_type: str, filename: str) -> Response:
    """A download out of lines; lone surrogates, which UTF-8 cannot hold, become `?`."""
    body = (line.encode("utf-8", "replace") for line in lines)
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
