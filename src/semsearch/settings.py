"""Every setting in one typed table: name, default, unit and help.

Read, later ones winning: the defaults below, a TOML file (`semsearch.toml` in the working
directory, or the file that `SEMSEARCH_CONFIG` names), `SEMSEARCH_<NAME>` variables, and what the
command line passes. Lists in variables are separated by commas. An unknown name is an error, so
that a misspelt setting is never silently ignored.

pydantic validates; its companion pydantic-settings is left out because importing it costs every
command 0.13 s, and reading one file and one mapping needs no library.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from semsearch.errors import SettingsError

__all__ = ["Settings", "load_settings"]

PREFIX = "SEMSEARCH_"
CONFIG_VARIABLE = "SEMSEARCH_CONFIG"
DEFAULT_CONFIG = Path("semsearch.toml")


def default_cache_dir() -> Path:
    """`$XDG_CACHE_HOME/semsearch`, or `~/.cache/semsearch`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "semsearch"


class Settings(BaseModel):
    """All settings; frozen, and valid once it exists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Index
    seeds: tuple[Path, ...] = Field(
        (Path("seeds"),), description="Files and folders to index when none are named."
    )
    index_dir: Path = Field(Path("index"), description="Folder of the index.")
    cache_dir: Path = Field(
        default_factory=default_cache_dir, description="Folder for compiled encoders."
    )
    model: str = Field(
        "default",
        description="Encoder: `default` (all-MiniLM-L6-v2, in the package), `tiny` (for tests), "
        "or the name or path of any sentence-transformers model.",
    )
    encoder_threads: int = Field(
        0,
        ge=0,
        description="Threads of the encoder; 0 means all cores, shared among server processes.",
    )
    passage_target_tokens: int = Field(
        190, ge=16, description="Tokens a passage aims at; never more than the encoder takes."
    )
    passage_overlap_sentences: int = Field(
        0, ge=0, le=3, description="Sentences that neighbouring passages share."
    )
    keep_generations: int = Field(
        2, ge=1, description="Generations kept on disk, the current one counted."
    )
    flat_limit: int = Field(
        100_000, ge=0, description="Passages up to which vectors are searched exactly."
    )

    # Search
    pool_depth: int = Field(
        200, ge=10, le=2000, description="Candidates taken from each retriever before ranking."
    )
    max_k: int = Field(100, ge=1, description="Most hits one page may ask for.")
    max_query_chars: int = Field(
        2000, ge=10, description="Longest question accepted, in characters."
    )
    per_article: int = Field(3, ge=0, description="Most hits of one article; 0 means no limit.")
    duplicate_similarity: float = Field(
        0.7, gt=0, le=1, description="Estimated Jaccard similarity from which passages collapse."
    )
    rerank_model: str | None = Field(
        None, description="CrossEncoder (name or path) that reorders the head; none by default."
    )

    # Server
    host: str = Field("127.0.0.1", description="Address to bind.")
    port: int = Field(8080, ge=0, le=65535, description="Port to bind; 0 picks a free one.")
    workers: int = Field(2, ge=1, description="Server processes.")
    threads: int = Field(
        4,
        ge=1,
        description="Threads of each server process, at least `max_active` + `max_waiting` + 4.",
    )
    anonymous: Literal["loopback", "always", "never"] = Field(
        "loopback",
        description="Who may search without a key: callers when bound to a loopback address, "
        "everybody, or nobody.",
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Web origins whose scripts may call the API; `*` means all."
    )
    proxy_hops: int = Field(
        0, ge=0, le=10, description="Reverse proxies in front, whose X-Forwarded-* are believed."
    )
    max_active: int = Field(
        0,
        ge=0,
        description="Searches at work at once in each process; 0 shares the cores among them.",
    )
    max_waiting: int = Field(
        32, ge=0, description="Requests of each process that may wait for their turn."
    )
    max_wait_ms: int = Field(
        600, ge=0, description="Longest wait for a turn, in milliseconds; then 503."
    )
    request_timeout_ms: int = Field(
        30_000, ge=100, description="Longest time for a stream of hits, in milliseconds."
    )
    max_body_bytes: int = Field(64_000_000, ge=1000, description="Largest request body, in bytes.")
    max_article_chars: int = Field(
        2_000_000, ge=1000, description="Longest article taken over the API, in characters."
    )
    rate_limit_address: str = Field(
        "", description="Requests per address without a key, such as `600/minute`; empty: no limit."
    )
    rate_limit_key: str = Field(
        "", description="Requests per key, such as `6000/minute`; empty: no limit."
    )
    rate_limit_storage: str = Field(
        "memory://",
        description="Where requests are counted: in each process, or `redis://HOST` for all.",
    )
    log_queries: bool = Field(False, description="Whether logs may hold the text of questions.")
    log_format: Literal["json", "text"] = Field("json", description="Form of the server's log.")
    metrics: bool = Field(True, description="Whether `/metrics` is served.")
    drain_timeout_ms: int = Field(
        20_000, ge=0, description="Time for running requests to finish at shutdown, milliseconds."
    )


def load_settings(
    overrides: Mapping[str, Any] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings out of the defaults, the TOML file, the environment and `overrides`.

    Overrides whose value is None count as not given. Raises SettingsError, naming the setting and
    where it was set.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for source, layer in (
        _file_layer(config, environ),
        ("the environment", _environment_layer(environ)),
        ("the arguments", {k: v for k, v in (overrides or {}).items() if v is not None}),
    ):
        values.update(layer)
        origin.update(dict.fromkeys(layer, source))
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_explain(error, origin)) from error


def _file_layer(config: Path | None, environ: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    named = config or (Path(environ[CONFIG_VARIABLE]) if CONFIG_VARIABLE in environ else None)
    path = named or DEFAULT_CONFIG
    if named is None and not path.exists():
        return str(path), {}
    try:
        return str(path), tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot read the settings file: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not a TOML file: {error}") from error


def _environment_layer(environ: Mapping[str, str]) -> dict[str, Any]:
    layer: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE:
            continue
        name = variable.removeprefix(PREFIX).lower()
        layer[name] = _from_text(name, text)
    return layer


def _from_text(name: str, text: str) -> Any:
    field = Settings.model_fields.get(name)
    if field is not None and str(field.annotation).startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if field is not None and text == "" and field.default is None:
        return None
    return text


def _explain(error: ValidationError, origin: Mapping[str, str]) -> str:
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0])
        where = origin.get(name, "the defaults")
        if problem["type"] == "extra_forbidden":
            lines.append(f"unknown setting {name!r} in {where}; see docs/running/settings.md")
        else:
            lines.append(f"setting {name!r} in {where}: {problem['msg']}, got {problem['input']!r}")
    return "; ".join(lines)
