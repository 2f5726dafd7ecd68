"""API keys of an index: made, revoked and checked; only hashes are kept.

`index/keys.json` holds for each key its id, name, scopes, date and the sha256 of its secret. A key
reads `sem_<id>_<secret>`; the secret is 32 random bytes, so a plain hash of it cannot be guessed
and a slow one would only slow requests down. The text of a key is shown once, when it is made.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from semsearch.errors import InputError, NotFoundError
from semsearch.system.files import replace_text

__all__ = ["SCOPES", "Key", "KeyRing", "Scope"]

Scope = Literal["search", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "sem"
NOBODY_HASH = hashlib.sha256(b"no key has this secret").hexdigest()


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept. `admin` implies every other scope, `write` implies `search`."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    made: datetime
    secret_hash: str

    def allows(self, scope: Scope) -> bool:
        """Whether a request of this scope may be made with this key."""
        if "admin" in self.scopes or scope in self.scopes:
            return True
        return scope == "search" and "write" in self.scopes


class KeyRing:
    """The keys of one index; thread-safe, sees changes by other processes at once."""

    def __init__(self, index_dir: Path) -> None:
        self._path = index_dir / "keys.json"
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    def list(self) -> list[Key]:
        """All keys, oldest first."""
        return sorted(self._current().values(), key=lambda key: (key.made, key.id))

    def find(self, text: str) -> Key | None:
        """The key that `text` is, None when there is none.

        Takes the same time whether the id is unknown or the secret is wrong.
        """
        prefix, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        key = self._current().get(key_id) if prefix == PREFIX else None
        given = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
        matches = hmac.compare_digest(given, key.secret_hash if key else NOBODY_HASH)
        return key if matches else None

    def any_allows(self, scope: Scope) -> bool:
        """Whether some key allows this scope."""
        return any(key.allows(scope) for key in self._current().values())

    def add(self, name: str, scopes: Sequence[Scope]) -> tuple[Key, str]:
        """Make a key; returns it and its text, which is kept nowhere. InputError without scopes."""
        if not scopes:
            raise InputError("a key needs at least one scope: search, write or admin")
        secret = secrets.token_urlsafe(32)
        key = Key(
            id=secrets.token_hex(4),
            name=name,
            scopes=tuple(scope for scope in SCOPES if scope in scopes),
            made=datetime.now(UTC).replace(microsecond=0),
            secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
        )
        with self._writing() as keys:
            keys[key.id] = key
        return key, f"{PREFIX}_{key.id}_{secret}"

    def revoke(self, key_id: str) -> Key:
        """Remove a key by its id; raises NotFoundError."""
        with self._writing() as keys:
            if key_id not in keys:
                raise NotFoundError(f"there is no key {key_id!r}; `semsearch keys list` shows all")
            return keys.pop(key_id)

    def _current(self) -> dict[str, Key]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return {}
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        with self._lock:
            if stamp != self._stamp:
                self._keys = _read(self._path)
                self._stamp = stamp
            return self._keys

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Key]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name("keys.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keys = _read(self._path) if self._path.exists() else {}
            yield keys
            _write(self._path, keys)


def _read(path: Path) -> dict[str, Key]:
    try:
        rows = json.loads(path.read_text("utf-8"))
        return {row["id"]: _key(row) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a list of keys ({error}); restore or remove it") from error


def _key(row: dict[str, str]) -> Key:
    return Key(
        id=row["id"],
        name=row["name"],
        scopes=tuple(scope for scope in SCOPES if scope in row["scopes"]),
        made=datetime.fromisoformat(row["made"]),
        secret_hash=row["secret_hash"],
    )


def _write(path: Path, keys: dict[str, Key]) -> None:
    rows = [
        {
            "id": key.id,
            "name": key.name,
            "scopes": list(key.scopes),
            "made": key.made.isoformat(),
            "secret_hash": key.secret_hash,
        }
        for key in keys.values()
    ]
    replace_text(path, json.dumps(rows, indent=1), mode=0o600)  # for its owner's eyes
