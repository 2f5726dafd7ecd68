"""Field selection: `fields=total&fields=hits.passage.text` keeps only those parts of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeGuard, get_args

from pydantic import BaseModel

from semsearch.web.problems import Fault, ProblemError

__all__ = ["Selection", "paths_of", "select"]

# What pydantic's `include` takes: True for all below, or the names below.
Selection = dict[Any, Any]


def select(model: type[BaseModel], paths: Sequence[str]) -> Selection | None:
    """Dotted paths as pydantic's `include`, None when there are none.

    Raises ProblemError naming every path that the model lacks.
    """
    if not paths:
        return None
    unknown = [path for path in paths if not _exists(model, tuple(path.split(".")))]
    if unknown:
        faults = [
            Fault(location="query", pointer="fields", detail=f"no field {p}") for p in unknown
        ]
        raise ProblemError("invalid-request", f"no field {', '.join(unknown)}", faults)
    selection: Selection = {}
    for path in paths:
        _add(model, selection, path.split("."))
    return selection


def _add(model: type[BaseModel], selection: Selection, names: list[str]) -> None:
    name, rest = names[0], names[1:]
    if not rest or selection.get(name) is True:
        selection[name] = True
        return
    inner, is_list = _inner(model, name)
    below = selection.setdefault(name, {})
    if is_list:
        below = below.setdefault("__all__", {})
    if inner is not None:
        _add(inner, below, rest)


def _exists(model: type[BaseModel], names: tuple[str, ...]) -> bool:
    if names[0] not in model.model_fields:
        return False
    if len(names) == 1:
        return True
    inner, _ = _inner(model, names[0])
    return inner is not None and _exists(inner, names[1:])


@cache
def _inner(model: type[BaseModel], name: str) -> tuple[type[BaseModel] | None, bool]:
    """The model inside a field, and whether the field is a list of them."""
    annotation = model.model_fields[name].annotation
    if _is_model(annotation):
        return annotation, False
    found = [arg for arg in _leaves(annotation) if _is_model(arg)]
    is_list = any("tuple" in str(a) for a in (annotation, *get_args(annotation)))
    return (found[0] if found else None), is_list


def _leaves(annotation: object) -> list[object]:
    return [leaf for arg in get_args(annotation) for leaf in (arg, *_leaves(arg))]


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def paths_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every path that `select` takes, in the order of the fields."""
    for name in model.model_fields:
        yield prefix + name
        inner, _ = _inner(model, name)
        if inner is not None:
            yield from paths_of(inner, f"{prefix}{name}.")
