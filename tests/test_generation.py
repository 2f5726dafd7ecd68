"""Generations on disk: publishing, locks, and the races between readers and the cleaner."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.errors import IndexBusyError, IndexCorruptError, IndexMissingError
from semsearch.index.generation import IndexFolder

HOLD = """
import sys
from pathlib import Path
from semsearch.index.generation import IndexFolder
with IndexFolder(Path(sys.argv[1])).writer_lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def publish(folder: IndexFolder, content: str = "x") -> str:
    staging = folder.new_staging()
    (staging.path / "part").write_text(content)
    staging.publish({"roots": []})
    return staging.generation


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def test_nothing_is_current_before_the_first_publication(folder: IndexFolder) -> None:
    assert folder.current() is None
    assert list(folder.list()) == []
    with pytest.raises(IndexMissingError, match="semsearch reindex"):
        folder.require_current()


def test_a_staging_folder_is_no_generation_until_it_is_published(folder: IndexFolder) -> None:
    staging = folder.new_staging()
    (staging.path / "part").write_text("x")
    assert list(folder.list()) == []
    staging.publish({"roots": []})
    assert folder.current() == staging.generation
    assert list(folder.list()) == [staging.generation]


def test_the_manifest_names_checksums_and_the_generation_before(folder: IndexFolder) -> None:
    first = publish(folder)
    second = publish(folder)
    manifest = folder.manifest(second)
    assert manifest["previous"] == first
    # printf x | sha256sum
    expected = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    assert manifest["checksums"]["part"] == expected
    assert folder.verify_checksums(second) == []


def test_verifying_names_what_is_damaged_or_missing(folder: IndexFolder) -> None:
    generation = publish(folder)
    (folder.generation_path(generation) / "part").write_text("y")
    (folder.generation_path(generation) / "readers.lock").unlink()
    assert folder.verify_checksums(generation) == ["part", "readers.lock"]


def test_a_hard_linked_part_keeps_the_checksum_it_was_published_with(folder: IndexFolder) -> None:
    first = publish(folder)
    part = folder.generation_path(first) / "part"
    staging = folder.new_staging()
    (staging.path / "part").hardlink_to(part)
    part.write_text("rotten")  # the bytes of both went bad before the second was published
    staging.publish({"roots": []})
    assert folder.verify_checksums(staging.generation) == ["part"]


def test_cleaning_keeps_the_live_generation_and_those_before_it(folder: IndexFolder) -> None:
    generations = [publish(folder) for _ in range(4)]
    assert folder.clean(keep=2) == generations[:2]
    assert list(folder.list()) == generations[2:]
    assert folder.clean(keep=1) == generations[2:3]
    assert folder.current() == generations[3]


def test_cleaning_removes_a_generation_that_never_went_live(folder: IndexFolder) -> None:
    first, second = publish(folder), publish(folder)
    lost = publish(folder)
    folder.set_current(second)  # as if the run had been killed before its last step
    assert folder.clean(keep=2) == [lost]
    assert list(folder.list()) == [first, second]


def test_cleaning_removes_what_dead_runs_left(folder: IndexFolder) -> None:
    live = publish(folder)
    folder.new_staging()
    (folder.generations / ".dead-old").mkdir()
    (folder.path / ".current.123.tmp").write_text("half")
    folder.clean(keep=2)
    assert [path.name for path in folder.generations.iterdir()] == [live]
    assert sorted(path.name for path in folder.path.iterdir()) == ["current", "generations"]


def test_a_generation_that_a_reader_holds_is_not_cleaned_away(folder: IndexFolder) -> None:
    first = publish(folder)
    with folder.reader_lock(first):
        second, third = publish(folder), publish(folder)
        assert folder.clean(keep=1) == [second]
        assert list(folder.list()) == [first, third]
    assert folder.clean(keep=1) == [first]


def test_a_reader_that_comes_too_late_is_told_so(folder: IndexFolder) -> None:
    first = publish(folder)
    publish(folder)
    folder.clean(keep=1)
    with (
        pytest.raises(IndexMissingError, match="this generation is gone"),
        folder.reader_lock(first),
    ):
        pass


def test_nothing_is_cleaned_away_when_the_live_generation_is_missing(folder: IndexFolder) -> None:
    first = publish(folder)
    folder.set_current("20990101T000000.000Z-0000")
    assert folder.clean(keep=1) == []
    assert list(folder.list()) == [first]
    assert folder.previous("20990101T000000.000Z-0000") == first


def test_a_manifest_of_another_format_is_refused(folder: IndexFolder) -> None:
    generation = publish(folder)
    path = folder.generation_path(generation) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(IndexCorruptError, match="format 99, this version reads"):
        folder.manifest(generation)


def test_a_killed_writer_blocks_nobody(folder: IndexFolder) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, folder.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(IndexBusyError, match=f"process {holder.pid}"), folder.writer_lock():
            pass
        holder.kill()
        holder.wait()
    with folder.writer_lock():
        pass
