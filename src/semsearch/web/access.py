"""Who may call what, and how often.

A caller is a key (Authorization: Bearer; for the page also HTTP Basic with the key as password,
which browsers can send) or an address. Nobody needs a key to search while the server listens to
this machine alone; see `allows_anonymous`.
"""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING

from flask import current_app, g, request

from semsearch.errors import SettingsError
from semsearch.settings import Settings
from semsearch.web.keys import Key, KeyRing, Scope
from semsearch.web.problems import ProblemError

if TYPE_CHECKING:
    from limits import RateLimitItem

__all__ = ["Access", "allows_anonymous", "is_loopback", "is_private", "require"]


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach this address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def allows_anonymous(settings: Settings) -> bool:
    """Whether searching needs no key.

    Behind a reverse proxy a loopback address says nothing about who calls, so there it must be
    allowed explicitly too.
    """
    if settings.anonymous == "loopback":
        return is_private(settings)
    return settings.anonymous == "always"


def is_private(settings: Settings) -> bool:
    """Whether every caller is on this machine."""
    return is_loopback(settings.host) and settings.proxy_hops == 0


class Access:
    """Keys and rate limits of one application; thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self.keys = KeyRing(settings.index_dir)
        self.anonymous = allows_anonymous(settings)
        self._rates = Rates(settings)

    def check(self, scope: Scope) -> None:
        """Let the request pass, or raise the ProblemError that says why not."""
        text = _given_key()
        key = self.keys.find(text) if text else None
        # Attempts with wrong keys count against the address, so that guessing is slow.
        self._rates.count(key)
        if text and key is None:
            raise ProblemError("key-unknown", "the key in Authorization is not known here")
        g.caller = key.id if key else "anonymous"
        self._check_scope(key, scope)

    def _check_scope(self, key: Key | None, scope: Scope) -> None:
        if scope == "write" and not self.keys.any_allows("write"):
            detail = "make a key with `semsearch keys add NAME --scope write` to switch it on"
            raise ProblemError("writing-off", detail)
        if key is None:
            if scope != "search" or not self.anonymous:
                raise ProblemError("key-missing", f"this needs a key of scope {scope}")
        elif not key.allows(scope):
            raise ProblemError("scope-missing", f"key {key.id} lacks the scope {scope}")


class Rates:
    """Moving windows per key and per address, counted by the `limits` library."""

    def __init__(self, settings: Settings) -> None:
        self._per_key = _parse_rate("rate_limit_key", settings.rate_limit_key)
        self._per_address = _parse_rate("rate_limit_address", settings.rate_limit_address)
        if self._per_key or self._per_address:
            # Imported here because it costs 0.1 s, which a server without limits need not pay.
            from limits.storage import storage_from_string
            from limits.strategies import MovingWindowRateLimiter

            storage = storage_from_string(settings.rate_limit_storage)
            self._limiter = MovingWindowRateLimiter(storage)

    def count(self, key: Key | None) -> None:
        """Count one request; raises the problem `rate-limited` with Retry-After."""
        rate = self._per_key if key else self._per_address
        if rate is None:
            return
        who = f"key:{key.id}" if key else f"address:{request.remote_addr}"
        if not self._limiter.hit(rate, who):
            raise self._refusal(rate, who)

    def _refusal(self, rate: RateLimitItem, who: str) -> ProblemError:
        window = self._limiter.get_window_stats(rate, who)
        wait_s = max(1, round(window.reset_time - time.time()))
        return ProblemError(
            "rate-limited", f"at most {rate}; try again later", headers={"Retry-After": str(wait_s)}
        )


def _parse_rate(name: str, text: str) -> RateLimitItem | None:
    if not text:
        return None
    from limits import parse

    try:
        return parse(text)
    except ValueError as error:
        raise SettingsError(f"setting {name!r}: {text!r} is no rate such as 600/minute") from error


def _given_key() -> str:
    """The key's text in Authorization, empty when there is none."""
    given = request.authorization
    if given is None:
        return ""
    if given.type == "bearer":
        return given.token or ""
    return given.password or ""


def require(scope: Scope) -> None:
    """Check this request against the application's keys and rates."""
    access: Access = current_app.extensions["semsearch-access"]
    access.check(scope)
