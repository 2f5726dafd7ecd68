"""The parameters of a search, validated once for the page, the API and everything that links here.

`SearchParams.from_args` reads a query string, `model_validate` a JSON object; both give the same
value. `to_args` is the shortest query string that says the same, for links, feeds and permalinks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, Protocol, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

__all__ = [
    "Args",
    "Limits",
    "Mode",
    "PageParams",
    "Question",
    "SearchParams",
    "Switch",
    "args_to_values",
]

# The closed sets of words here and in schema.py repeat those of the searcher's values: clients have
# this folder and not those.
Mode = Literal["hybrid", "dense", "lexical"]
SWITCH_WORDS = {"on": True, "1": True, "true": True, "off": False, "0": False, "false": False}
# C0 and C1 controls; a space takes the place of each so that offsets into the question hold.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Years from 0001, as Python's dates have it; ASCII digits alone.
ISO_DATE = r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class Args(Protocol):
    """A query string by name, as werkzeug's `request.args` gives it."""

    def keys(self) -> Iterable[str]: ...

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What this server allows one search to ask for; give it as pydantic's `context`."""

    max_k: int = 100
    max_query_chars: int = 2000
    per_article: int = 3


def _switch(value: object) -> object:
    return SWITCH_WORDS.get(value, value) if isinstance(value, str) else value


Switch = Annotated[
    bool,
    Field(strict=True),
    BeforeValidator(_switch),
    WithJsonSchema(
        {"anyOf": [{"type": "boolean"}, {"type": "string", "enum": list(SWITCH_WORDS)}]}
    ),
]


def _iso_date(value: object) -> object:
    # Without this pydantic would also take Unix times and datetimes for a date.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.match(ISO_DATE, value):
        raise ValueError("must be a date written YYYY-MM-DD")
    return date.fromisoformat(value)


Day = Annotated[
    date,
    BeforeValidator(_iso_date),
    WithJsonSchema({"type": "string", "format": "date", "pattern": ISO_DATE}),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Names = Annotated[tuple[Name, ...], Field(max_length=50)]
PassageId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
PassageIds = Annotated[tuple[PassageId, ...], Field(max_length=20)]
FieldPath = Annotated[
    str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)*$", min_length=1, max_length=100)
]


class Question(BaseModel):
    """What is asked. Values of a repeated name are alternatives; filters restrict together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: Annotated[
        str,
        Field(
            min_length=1,
            pattern=r"[^\s\x00-\x1f\x7f-\x9f]",
            description='The question. `"quoted phrases"` must occur, `-words` must not.',
            examples=["what did Putin say about NATO budgets"],
        ),
    ]
    mode: Annotated[
        Mode,
        Field(description="`hybrid` joins meaning and words; `dense` and `lexical` use one alone."),
    ] = "hybrid"
    sources: Annotated[Names, Field(alias="source", description="Only these sources.")] = ()
    authors: Annotated[Names, Field(alias="author", description="Only these authors.")] = ()
    speakers: Annotated[
        Names, Field(alias="speaker", description="Only passages that quote these speakers.")
    ] = ()
    languages: Annotated[
        Names, Field(alias="language", description="Only these languages (ISO 639-1).")
    ] = ()
    published_from: Annotated[
        Day | None, Field(alias="from", description="First day of publication, inclusive.")
    ] = None
    published_to: Annotated[
        Day | None, Field(alias="to", description="Last day of publication, inclusive.")
    ] = None
    now: Annotated[
        Day | None,
        Field(description="The day that `last week` in a question counts from; today if absent."),
    ] = None
    read_dates: Annotated[
        Switch,
        Field(alias="dates", description="Whether dates in the question become a filter."),
    ] = True
    read_speakers: Annotated[
        Switch,
        Field(alias="speakers", description="Whether a speaker named in the question counts."),
    ] = True
    collapse_duplicates: Annotated[
        Switch,
        Field(
            alias="duplicates",
            description="Whether nearly identical passages collapse into one hit.",
        ),
    ] = True
    per_article: Annotated[
        int | None,
        Field(ge=0, le=1000, description="Most hits of one article; 0 for no limit."),
    ] = None
    like: Annotated[PassageIds, Field(description="Passages to steer the search toward.")] = ()
    unlike: Annotated[PassageIds, Field(description="Passages to steer it away from.")] = ()
    rerank: Annotated[
        Switch, Field(description="Whether the reranking model, where one is set, has a say.")
    ] = False
    explain: Annotated[
        Switch, Field(description="Whether each hit carries the parts of its score.")
    ] = False

    @field_validator("q")
    @classmethod
    def _clean_question(cls, text: str, info: ValidationInfo) -> str:
        text = CONTROL.sub(" ", text)
        if not text.strip():
            raise ValueError("must hold something besides blanks")
        longest = _limits(info).max_query_chars
        if len(text) > longest:
            raise ValueError(f"must have at most {longest} characters, has {len(text)}")
        return text

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.published_from and self.published_to and self.published_from > self.published_to:
            raise ValueError("`from` must not be after `to`")
        return self

    @classmethod
    def from_args(
        cls, args: Args, limits: Limits | None = None, *, forgiving: bool = False
    ) -> Self:
        """Read a query string; raises pydantic's ValidationError, which lists every fault.

        `forgiving` is for pages: blank values (of an unfilled form) and unknown names (of a
        tracker) are left out instead of refused.
        """
        return cls.model_validate(args_to_values(cls, args, forgiving), context=limits or Limits())

    def to_args(self, **changes: object) -> list[tuple[str, str]]:
        """Name and value pairs of the shortest equal query string, in a fixed order.

        `changes` are field names with new values, `None` meaning back to the default:
        `params.to_args(cursor=None, sources=("BBC",))`.
        """
        pairs: list[tuple[str, str]] = []
        for name, info in type(self).model_fields.items():
            value = changes.get(name, getattr(self, name))
            if value is None or value == info.default:
                continue
            values = value if isinstance(value, tuple) else (value,)
            pairs += [(info.alias or name, _argument(one)) for one in values]
        return pairs


class PageParams(Question):
    """One page of a search, without the way to the next."""

    k: Annotated[int, Field(ge=1, description="How many hits a page holds.")] = 10
    fields: Annotated[
        tuple[FieldPath, ...],
        Field(
            max_length=50,
            description="Only these parts of the answer, as dotted paths; everything if absent.",
            examples=[["total", "hits.passage.text"]],
        ),
    ] = ()

    @field_validator("k")
    @classmethod
    def _bounded(cls, k: int, info: ValidationInfo) -> int:
        most = _limits(info).max_k
        if k > most:
            raise ValueError(f"must be at most {most}; follow `cursor` for more")
        return k


class SearchParams(PageParams):
    """One page of a search."""

    cursor: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=2000,
            description="`cursor` of the page before; all other parameters must be unchanged.",
        ),
    ] = None


def _argument(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _limits(info: ValidationInfo) -> Limits:
    return cast("Limits", info.context) if info.context is not None else Limits()


def args_to_values(
    model: type[BaseModel], args: Args, forgiving: bool = False
) -> Mapping[str, Any]:
    """A query string as the mapping that `model` validates.

    List fields take every value of a repeated name; of other fields a repetition is kept as a
    list, which the model then refuses, since silently taking one of two would hide a mistake.
    """
    known = {info.alias or name: info for name, info in model.model_fields.items()}
    values: dict[str, Any] = {}
    for name in args.keys():  # noqa: SIM118 -- Args is no mapping
        given = args.getlist(name)
        if forgiving:
            given = [value for value in given if value.strip()]
            if name not in known or not given:
                continue
        is_list = name in known and "tuple" in str(known[name].annotation)
        values[name] = given if is_list or len(given) > 1 else given[0]
    return values
