"""The documentation: `scripts/site` renders it, and no link in it leads nowhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
LONGEST_PAGE_LINES = 150


def build(target: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/build_site.py"), str(target), *options]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def write(root: Path, pages: dict[str, str]) -> None:
    for name, text in pages.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own site."""
    target = tmp_path_factory.mktemp("site")
    run = build(target)
    assert run.returncode == 0, run.stderr
    return target


def test_every_page_of_the_project_is_rendered(site: Path) -> None:
    sources = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]
    pages = {page.relative_to(site).as_posix() for page in site.glob("**/*.html")}
    names = {str(file.relative_to(ROOT)).removeprefix("docs/").lower() for file in sources}
    names |= {"benchmarks/readme.md", "clients/python/readme.md"}
    assert pages == {name.removesuffix(".md") + ".html" for name in names}


def test_no_page_asks_another_host_or_runs_a_script(site: Path) -> None:
    for page in site.glob("**/*.html"):
        html = page.read_text("utf-8")
        assert not re.search(r"<script|<link|@import|url\(|src=\"(?:https?:)?//", html), page


def test_every_picture_lies_where_its_page_looks_for_it(site: Path) -> None:
    pictures = [
        page.parent / source
        for page in site.glob("**/*.html")
        for source in re.findall(r'<img src="([^"]+)"', page.read_text("utf-8"))
    ]
    assert pictures
    assert all(picture.is_file() for picture in pictures)


def test_pages_link_to_each_other_across_folders(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "README.md": "# Start\n\n[Ask](docs/a/ask.md#what-to-type)\n",
            "docs/index.md": "# All\n\n## Shelf\n\n- [Ask](a/ask.md)\n- [Start](../README.md)\n",
            "docs/a/ask.md": "# Ask\n\n## What to type\n\n[up](#ask) [table](table.csv)\n",
            "docs/a/table.csv": "x\n",
        },
    )
    target = tmp_path / "out"
    assert build(target, "--root", str(tmp_path)).returncode == 0
    assert '<a href="a/ask.html#what-to-type">' in (target / "readme.html").read_text("utf-8")
    ask = (target / "a/ask.html").read_text("utf-8")
    assert '<h2 id="what-to-type">' in ask
    assert '<a href="../readme.html">Start</a>' in ask  # in the navigation
    assert (target / "a/table.csv").read_text("utf-8") == "x\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x](gone.md)", "docs/index.md:3: leads nowhere: gone.md"),
        ("[x](#gone)", "docs/index.md:3: no such heading: #gone"),
        ("[x](../README.md#gone)", "docs/index.md:3: no such heading: ../README.md#gone"),
        ("[x](../../outside.md)", "docs/index.md:3: leads nowhere: ../../outside.md"),
        ("![x](gone.png)", "docs/index.md:3: leads nowhere: gone.png"),
        ("![x](https://example.org/x.png)", "docs/index.md:3: an image of another host:"),
        ("<b>x</b>", "docs/index.md:3: raw HTML"),
        ("x", "docs/index.md does not list README.md"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    tmp_path: Path, text: str, problem: str
) -> None:
    write(tmp_path, {"README.md": "# Start\n", "docs/index.md": f"# All\n\n{text}\n"})
    run = build(tmp_path / "out", "--root", str(tmp_path))
    assert run.returncode == 1
    assert problem in run.stderr
    assert not (tmp_path / "out").exists()


def test_pages_outside_background_are_short() -> None:
    lengths = {
        str(page.relative_to(ROOT)): len(page.read_text("utf-8").splitlines())
        for page in (ROOT / "docs").glob("**/*.md")
        if page.parent.name != "background"
    }
    assert not {page: n for page, n in lengths.items() if n > LONGEST_PAGE_LINES}


def test_what_the_code_says_of_the_docs_exists() -> None:
    named = {
        (str(file.relative_to(ROOT)), name)
        for folder in ("src", "scripts", "benchmarks", "tests")
        for file in (ROOT / folder).glob("**/*.py")
        if file != Path(__file__)
        for name in re.findall(r"\bdocs/[\w/-]+\.(?:md|json|svg)\b", file.read_text("utf-8"))
    }
    assert named
    assert not {(file, name) for file, name in named if not (ROOT / name).is_file()}


def test_pre_commit_runs_the_static_checks_of_scripts_test() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    script = (ROOT / "scripts/test").read_text("utf-8")
    commands = re.findall(r'^"\$bin/([\w-]+)"(.*)$', script, re.MULTILINE)
    static = [f".venv/bin/{tool}{rest}" for tool, rest in commands if tool != "pytest"]
    assert hooks == static
    assert all(repo["repo"] == "local" for repo in config["repos"])
