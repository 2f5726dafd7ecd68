"""Articles in over the API: put, delete, load thousands, and follow them into the index.

An accepted change is in the journal, on disk, before the answer is sent. Every change is
idempotent: repeating it leaves the same index, so a client that is unsure just sends it again.
"""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import Annotated, Literal

from flask import Response, request, url_for
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from semsearch.corpus import Article
from semsearch.errors import IndexStateError
from semsearch.index.journal import Change
from semsearch.web import context
from semsearch.web.api.operations import api, json_response, read_body
from semsearch.web.problems import Fault, ProblemError, invalid
from semsearch.wire import schema
from semsearch.wire.params import Day

__all__ = ["ArticleBody", "LoadedArticle"]

NDJSON = "application/x-ndjson"
MOST_FAULTS = 20
JOB_ID = re.compile(r"^([0-9]{1,18})-([0-9]{1,18})$")
TITLE_CHARS = 100
WRITE_PROBLEMS = ("writing-off",)

ArticleId = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")
]
ARTICLE_ID: TypeAdapter[str] = TypeAdapter(ArticleId)
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class ArticleBody(BaseModel):
    """An article to put. Without a title, one is made from the text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[
        str,
        StringConstraints(min_length=1, pattern=r"\S"),
        Field(description="The whole text; every offset in answers points into it."),
    ]
    title: ShortText | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None
    source: ShortText | None = None
    published: Day | None = None
    authors: Annotated[tuple[ShortText, ...], Field(max_length=100)] = ()
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = None
    place: ShortText | None = None

    def to_article(self, article_id: str) -> Article:
        """The article under this id."""
        title = self.title or _title_from(self.text)
        return Article(
            id=article_id,
            title=title,
            text=self.text,
            title_derived=self.title is None,
            url=self.url,
            source=self.source,
            published=self.published,
            authors=self.authors,
            language=self.language,
            place=self.place,
        )


class LoadedArticle(ArticleBody):
    """An article with its id. Without one it gets an id made from its url, or else its text."""

    id: ArticleId | None = None

    def article(self) -> Article:
        """The article, under its own id or the one made for it."""
        return self.to_article(self.id or _made_id(self))


def _title_from(text: str) -> str:
    """The first line, cut at a word where it is long."""
    line = next(line.strip() for line in text.splitlines() if line.strip())
    if len(line) <= TITLE_CHARS:
        return line
    return line[:TITLE_CHARS].rsplit(" ", 1)[0].rstrip() + "…"


def _made_id(loaded: LoadedArticle) -> str:
    # Made from the content alone, so that loading it twice is loading it once.
    basis = loaded.url or loaded.text
    return hashlib.sha256(basis.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@api.operation(
    "PUT",
    "/articles/{article_id}",
    tag="changes",
    scope="write",
    body=ArticleBody,
    returns=schema.AcceptedResponse,
    status=202,
    problems=WRITE_PROBLEMS,
)
def put_article(article_id: str, body: ArticleBody) -> Response:
    """Put an article.

    Adds it or replaces the one of this id, whether it came from a file or over the API. It is
    durable once answered, and searches see it within seconds.
    """
    _check_id(article_id)
    _check_length(body, "/text")
    return _accepted([Change(article_id, body.to_article(article_id))])


@api.operation(
    "DELETE",
    "/articles/{article_id}",
    tag="changes",
    scope="write",
    returns=schema.AcceptedResponse,
    status=202,
    problems=WRITE_PROBLEMS,
)
def delete_article(article_id: str) -> Response:
    """Delete an article.

    It stays away even if a file still holds it, until it is put again. Deleting what does not
    exist is no error.
    """
    _check_id(article_id)
    return _accepted([Change(article_id, None)])


@api.operation(
    "POST",
    "/articles",
    tag="changes",
    scope="write",
    body=LoadedArticle,
    body_types=("application/json", NDJSON),
    reads_body=True,
    returns=schema.AcceptedResponse,
    status=202,
    problems=WRITE_PROBLEMS,
)
def load_articles() -> Response:
    """Load articles.

    One as JSON, or thousands as NDJSON, one per line. All lines are checked first: either all of
    them are taken or none, and a problem names every bad line.
    """
    if request.mimetype == NDJSON:
        loaded = _ndjson()
    else:
        loaded = [read_body(LoadedArticle)]
        _check_length(loaded[0], "/text")
    return _accepted([_change(one) for one in loaded])


@api.operation(
    "GET",
    "/jobs/{job_id}",
    tag="changes",
    scope="write",
    returns=schema.Job,
    problems=("not-found", *WRITE_PROBLEMS),
)
def job(job_id: str) -> BaseModel:
    """Follow changes into the index.

    A job names the range of its changes, so it can be asked for at any time, restarts included.
    """
    found = JOB_ID.match(job_id)
    first, last = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= first <= last <= context.journal().last():
        raise ProblemError("not-found", f"there is no job {job_id!r}")
    return _job(first, last)


def _change(loaded: LoadedArticle) -> Change:
    article = loaded.article()
    return Change(article.id, article)


def _ndjson() -> list[LoadedArticle]:
    """Every line of the body; raises one problem that names all bad lines (the first 20)."""
    loaded: list[LoadedArticle] = []
    faults: list[Fault] = []
    for number, line in enumerate(request.get_data().split(b"\n"), start=1):
        if line.strip() and len(faults) < MOST_FAULTS:
            try:
                loaded.append(_line(line, number))
            except ProblemError as error:
                faults += error.faults
    if faults:
        raise ProblemError("invalid-request", f"nothing was taken; {_listed(faults)}", faults)
    if not loaded:
        raise ProblemError("invalid-request", "the body holds no article")
    return loaded


def _line(line: bytes, number: int) -> LoadedArticle:
    try:
        loaded = LoadedArticle.model_validate_json(line, strict=True)
    except ValidationError as error:
        raise invalid(error, "body", f"/{number}") from error
    _check_length(loaded, f"/{number}/text")
    return loaded


def _listed(faults: list[Fault]) -> str:
    return "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults[:3])


def _check_length(article: ArticleBody, pointer: str) -> None:
    most = context.services().settings.max_article_chars
    if len(article.text) > most:
        detail = f"has {len(article.text)} characters, at most {most} are taken"
        fault = Fault(location="body", pointer=pointer, detail=detail)
        raise ProblemError("too-large", f"{pointer}: {detail}", [fault])


def _check_id(article_id: str) -> None:
    try:
        ARTICLE_ID.validate_python(article_id)
    except ValidationError as error:
        raise invalid(error, "path", "article_id") from error


def _accepted(changes: list[Change]) -> Response:
    first, last = context.journal().append(changes)
    ids = tuple(change.article_id for change in changes)
    answer = schema.AcceptedResponse(ids=ids, job=_job(first, last))
    response = json_response(answer, HTTPStatus.ACCEPTED)
    response.headers["Location"] = url_for("api.job", job_id=answer.job.id)
    return response


def _job(first: int, last: int) -> schema.Job:
    held = _changes_held()
    total = last - first + 1
    done = min(max(held - first + 1, 0), total)
    state: Literal["done", "waiting"] = "done" if done == total else "waiting"
    return schema.Job(id=f"{first}-{last}", state=state, total=total, done=done)


def _changes_held() -> int:
    """The last change that searches of this process see, 0 where there is nothing to search."""
    live = context.live()
    try:
        live.catch_up()
        with live.snapshot() as searcher:
            return int(searcher.manifest.get("journal_seq", 0))
    except IndexStateError:
        return 0  # the change is durable all the same, so this must not refuse it
