"""API keys: made, found, revoked; only hashes on disk."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from semsearch.cli.key_commands import keys
from semsearch.errors import InputError, NotFoundError
from semsearch.web.keys import KeyRing


def test_a_key_is_found_by_its_text_alone(tmp_path: Path) -> None:
    key, text = KeyRing(tmp_path).add("reader", ["search"])
    assert KeyRing(tmp_path).find(text) == key
    assert KeyRing(tmp_path).find(text + "x") is None
    assert KeyRing(tmp_path).find(f"sem_{key.id}_") is None
    assert KeyRing(tmp_path).find("sem_00000000_secret") is None
    assert KeyRing(tmp_path).find("") is None


def test_only_the_owner_can_read_the_file_and_it_holds_no_secret(tmp_path: Path) -> None:
    _, text = KeyRing(tmp_path).add("reader", ["search"])
    path = tmp_path / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert text.rsplit("_", 1)[1] not in path.read_text()


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("search", (True, False, False)),
        ("write", (True, True, False)),
        ("admin", (True, True, True)),
    ],
)
def test_write_implies_search_and_admin_implies_all(
    tmp_path: Path, scope: str, allowed: tuple[bool, bool, bool]
) -> None:
    key, _ = KeyRing(tmp_path).add("k", [scope])  # type: ignore[list-item]  # parametrized
    assert (key.allows("search"), key.allows("write"), key.allows("admin")) == allowed


def test_another_process_sees_a_new_key_and_its_revocation_at_once(tmp_path: Path) -> None:
    server, command_line = KeyRing(tmp_path), KeyRing(tmp_path)
    assert not server.any_allows("write")
    key, text = command_line.add("writer", ["write"])
    assert server.find(text) == key
    assert server.any_allows("write")
    command_line.revoke(key.id)
    assert server.find(text) is None


def test_revoking_an_unknown_key_and_making_one_without_scope_are_errors(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no key 'abc'"):
        KeyRing(tmp_path).revoke("abc")
    with pytest.raises(InputError, match="at least one scope"):
        KeyRing(tmp_path).add("k", [])


def test_a_damaged_file_of_keys_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    with pytest.raises(InputError, match="not a list of keys"):
        KeyRing(tmp_path).find("sem_a_b")


def test_the_command_line_makes_lists_and_revokes(tmp_path: Path) -> None:
    run = CliRunner()
    index = ["--index", str(tmp_path)]
    made = run.invoke(keys, ["add", "loader", "--scope", "write", *index], catch_exceptions=False)
    text = made.stdout.strip()
    key = KeyRing(tmp_path).find(text)
    assert key is not None
    assert key.scopes == ("write",)
    listed = run.invoke(keys, ["list", *index], catch_exceptions=False)
    assert listed.stdout.split() == [key.id, str(key.made.date()), "write", "loader"]
    run.invoke(keys, ["revoke", key.id, *index], catch_exceptions=False)
    assert KeyRing(tmp_path).list() == []
