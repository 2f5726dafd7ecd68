"""What is shipped: built, installed outside the checkout, and used there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from sample import ARTICLES, write_rows

import semsearch

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAME = f"semsearch-{semsearch.__version__}"
# No proxies, settings or paths of whoever runs the tests.
ENVIRON = {"PATH": os.environ["PATH"], "SEMSEARCH_MODEL": "tiny"}
USE = """
import semsearch
print(semsearch.__file__)
semsearch.reindex("articles.jsonl", index_dir="index")
with semsearch.open_index("index") as index:
    print(index.search("a stolen violin").hits[0].answer.text)
"""


def output(*command: str | Path, folder: Path) -> str:
    """What a program prints that is run in `folder` and must succeed."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=ENVIRON,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, kind: str, target: Path) -> Path:
    """Build `kind` (sdist, wheel) of the project at `source`; returns the file, in `target`."""
    output(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target, folder=source)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the sdist, as others build it."""
    folder = tmp_path_factory.mktemp("unpacked")
    # Not by tarfile: its filters, which it warns without, came with Python 3.11.4.
    output("tar", "-xf", sdist, folder=folder)
    return build(folder / NAME, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(f"{NAME}.dist-info/METADATA"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that has the wheel, and sees the libraries of this one.

    Its path file adds a folder only: the editable semsearch of this environment, which is a path
    file itself, is not followed.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    programs = folder / "bin"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "install")
    output(*pip, "--quiet", "--no-deps", "--no-index", "--no-compile", wheel, folder=folder)
    site = Path(output(programs / "python", "-c", SITE, folder=folder).strip())
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def test_the_source_archive_has_what_builds_and_explains_the_package(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = [name.removeprefix(f"{NAME}/") for name in archive.getnames()]
    assert {name.split("/")[0] for name in names if not name.endswith(".md")} == {
        "src", "docs", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore",
    }  # fmt: skip
    assert {"README.md", "CHANGELOG.md", "docs/python.md", "src/semsearch/py.typed"} <= set(names)
    assert not [
        name for name in names if re.search(r"(^|/)(seeds|benchmarks|tests)/|\.lock$", name)
    ]


def test_the_wheel_has_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.startswith("semsearch/")}
        rest = {name.split("/")[0] for name in archive.namelist()} - {"semsearch"}
        licence = archive.read(f"{NAME}.dist-info/licenses/LICENSE")
    files = [path for path in (ROOT / "src").rglob("*") if path.is_file()]
    assert shipped == {
        str(path.relative_to(ROOT / "src")) for path in files if "__pycache__" not in path.parts
    }
    assert rest == {f"{NAME}.dist-info"}
    assert licence == (ROOT / "LICENSE").read_bytes()


def test_the_metadata_say_who_what_and_under_which_licence(metadata: Message) -> None:
    assert metadata["Version"] == semsearch.__version__
    assert "version" not in PYPROJECT["project"]
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Author"] == "The semsearch authors"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])


def test_extras_are_no_part_of_the_base_and_all_of_them_are_tested(metadata: Message) -> None:
    requirements = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    base = {r.name: str(r.specifier) for r in requirements if r.marker is None}
    assert base["torch"] == ">=2.13"
    assert not base.keys() & {"mcp", "ir-measures", "opentelemetry-sdk", "pytest"}
    extras = set(metadata.get_all("Provides-Extra", []))
    assert extras == {"eval", "mcp", "dev"}
    added = {
        extra: {r.name for r in requirements if r.marker and r.marker.evaluate({"extra": extra})}
        for extra in extras
    }
    assert added["eval"] == {"ir-measures"}
    assert added["mcp"] == {"mcp"}
    assert added["eval"] | added["mcp"] <= added["dev"]


def test_the_pin_of_torch_is_a_version_that_the_metadata_allow(metadata: Message) -> None:
    lines = (ROOT / "requirements-torch.txt").read_text("utf-8").splitlines()
    (pin,) = [line for line in lines if not line.startswith("#")]
    (allowed,) = [
        Requirement(line)
        for line in metadata.get_all("Requires-Dist", [])
        if line.startswith("torch>")
    ]
    assert pin.startswith("torch==")
    assert pin.removeprefix("torch==") in allowed.specifier
    assert "\ntorch==" not in (ROOT / "requirements.lock").read_text("utf-8")


def test_the_installed_wheel_indexes_and_answers(installed: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "articles.jsonl", [ARTICLES[0], ARTICLES[6]])
    place, answer = output(installed / "python", "-c", USE, folder=tmp_path).splitlines()
    assert Path(place).is_relative_to(installed.parent)
    assert answer == "A violin that was stolen in 1981 has been returned to the orchestra."
    shown = output(installed / "semsearch", "search", "stolen", "violin", folder=tmp_path)
    assert "1. A violin comes home · Northern Field · 2023-01-20" in shown


def test_the_installed_command_line_helps(installed: Path, tmp_path: Path) -> None:
    assert "reindex" in output(installed / "semsearch", "--help", folder=tmp_path)
    version = output(installed / "semsearch", "--version", folder=tmp_path)
    assert version == f"semsearch, version {semsearch.__version__}\n"


ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from semsearch.cli import main
main({arguments!r})
"""


@pytest.mark.parametrize(
    ("extra", "module", "arguments"),
    [("eval", "ir_measures", ["eval", "."]), ("mcp", "mcp", ["mcp"])],
)
def test_a_command_whose_extra_is_absent_says_how_to_install_it(
    tmp_path: Path, extra: str, module: str, arguments: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ABSENT.format(module=module, arguments=arguments)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"semsearch: this command needs {module}, which is not installed: "
        f"pip install 'semsearch[{extra}]'\n"
    )
