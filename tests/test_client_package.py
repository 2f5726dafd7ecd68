"""The client as it is shipped: built, installed alone, asking a real server."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import venv
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from server_process import running

from semsearch.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "clients" / "python"
IMPORT_ALL = """
import importlib.util, pkgutil, semsearch_client
for module in pkgutil.walk_packages(semsearch_client.__path__, "semsearch_client."):
    print(module.name, importlib.import_module(module.name).__file__)
print(*[name for name in ("semsearch", "flask", "numpy") if importlib.util.find_spec(name)])
"""


def run(*command: object, cwd: Path) -> str:
    """What a program prints, which must succeed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def needed(requirements: Iterable[str]) -> set[str]:
    """Names of the distributions that these requirements lead to, without extras."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        one = waiting.pop()
        if one.name not in found and (one.marker is None or one.marker.evaluate({"extra": ""})):
            found.add(one.name)
            waiting += [Requirement(text) for text in distribution(one.name).requires or ()]
    return found


def link(name: str, site: Path) -> None:
    """Link the files of a distribution that is installed here into another environment."""
    held = distribution(name)
    for top in {file.parts[0] for file in held.files or ()} - {"..", "__pycache__"}:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(held.locate_file(top))))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the client and what it needs, nothing else.

    The wheel is built from the sdist, so both are whole. What it needs is linked from the
    environment of the tests, since tests may not depend on a package index.
    """
    folder = tmp_path_factory.mktemp("client")
    build = [sys.executable, "-m", "hatchling", "build", "-d", folder, "-t"]
    run(*build, "sdist", cwd=CLIENT)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as packed:
        assert all(member.isfile() for member in packed)
    # Not by tarfile: its filters, which it warns without, came with Python 3.11.4.
    run("tar", "-xf", sdist, cwd=folder)
    run(*build, "wheel", cwd=folder / sdist.name.removesuffix(".tar.gz"))
    (wheel,) = folder.glob("*.whl")

    venv.create(folder / "env", symlinks=True)
    python = folder / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps"]
    run(*pip, wheel, cwd=folder)
    (site,) = (folder / "env" / "lib").glob("python*/site-packages")
    (client,) = Distribution.discover(path=[str(site)])
    requirements = client.requires or []
    assert {Requirement(text).name for text in requirements} == {"httpx", "pydantic"}
    for name in needed(requirements):
        link(name, site)
    return python


def test_every_module_can_be_imported_where_nothing_of_the_server_is(python: Path) -> None:
    *modules, servers = run(python, "-I", "-c", IMPORT_ALL, cwd=python.parent).split("\n")[:-1]
    files = dict(line.split(" ", 1) for line in modules)
    assert {"semsearch_client.clients", "semsearch_client.wire.schema"} <= set(files)
    assert all(Path(file).is_relative_to(python.parents[1]) for file in files.values())
    assert servers == ""


def test_the_example_of_its_readme_asks_a_running_server(
    python: Path, small_index: Settings
) -> None:
    (example,) = re.findall(
        r"^```python\n(.*?)^```", (CLIENT / "README.md").read_text(), re.M | re.S
    )
    with running(small_index) as server:
        code = example.replace("http://127.0.0.1:8080", server.url)
        printed = run(python, "-I", "-c", code, cwd=python.parent)
    assert printed.startswith('Morning Ledger 2023-02-03 "Raising budgets makes no sense without')


def test_it_has_the_licence_of_the_project() -> None:
    assert (CLIENT / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
