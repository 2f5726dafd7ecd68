"""Render the project's Markdown into a static site: `python scripts/build_site.py [TARGET]`.

Pages are the Markdown files that SOURCES names. The navigation is what
`docs/index.md` lists, so every page must be listed there. Checks are strict: a link, an anchor or
an image that leads nowhere, an image of another host and raw HTML are errors, and then nothing is
written.

mkdocs renders the folder `docs` alone, so links between it and README or CONTRIBUTING would go
unchecked.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markdown_it.token import Token

HERE = Path(__file__).resolve().parent
INDEX = "docs/index.md"
SOURCES = ("*.md", "docs/**/*.md", "benchmarks/*.md", "clients/*/*.md")
MARKDOWN = MarkdownIt("commonmark").enable("table")
FOREIGN = re.compile(r"(?i)[a-z][a-z0-9+.-]*:|//")
COMMENT = re.compile(r"\s*<!--.*?-->\s*", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A parsed Markdown file. `source` is its path below the root, `output` its path in the site;
    both with `/` between their parts. Each heading's token has its anchor as attribute `id`."""

    source: str
    output: str
    tokens: list[Token]
    headings: dict[str, str]  # anchor -> words

    @classmethod
    def parse(cls, source: str, text: str) -> Page:
        """Read a page; anchors are made as GitHub makes them."""
        tokens = MARKDOWN.parse(text)
        headings: dict[str, str] = {}
        met: Counter[str] = Counter()
        for opening, inline in pairwise(tokens):
            if opening.type == "heading_open":
                words = "".join(child.content for child in inline.children or ())
                slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
                anchor = f"{slug}-{met[slug]}" if met[slug] else slug
                met[slug] += 1
                opening.attrSet("id", anchor)
                headings[anchor] = words
        output = PurePosixPath(_output(source).lower()).with_suffix(".html")
        return cls(source, str(output), tokens, headings)

    @property
    def title(self) -> str:
        """The words of the first heading; the path of a page that has none."""
        return next(iter(self.headings.values()), self.source)

    def parts(self) -> Iterator[tuple[int, Token]]:
        """Every token with the line, from 1, that its block begins in."""
        for token in self.tokens:
            line = token.map[0] + 1 if token.map else 1
            yield line, token
            yield from ((line, child) for child in token.children or ())


def _output(source: str) -> str:
    """What lies in `docs` comes to the top of the site."""
    return source.removeprefix("docs/")


class Site:
    """The pages below `root`. Call `check` before `write`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        files = [file for pattern in SOURCES for file in root.glob(pattern)]
        names = sorted(file.relative_to(root).as_posix() for file in files)
        self.pages = {name: Page.parse(name, (root / name).read_text("utf-8")) for name in names}
        self._shelves: dict[str, list[tuple[str, Page]]] = {}
        self._files: set[str] = set()  # linked, and no page

    def check(self) -> list[str]:
        """Point every link at the output. Returns what is wrong, as `path:line: reason`."""
        problems: list[str] = []
        for page in self.pages.values():
            for line, token in page.parts():
                reason = None
                if token.type in ("html_block", "html_inline"):
                    reason = None if COMMENT.fullmatch(token.content) else "raw HTML"
                elif token.type == "link_open":
                    reason = self._follow(page, token, "href")
                elif token.type == "image":
                    reason = self._follow(page, token, "src")
                if reason:
                    problems.append(f"{page.source}:{line}: {reason}")
        self._read_index()
        listed = {INDEX, *(p.source for shelf in self._shelves.values() for _, p in shelf)}
        return problems + [f"{INDEX} does not list {name}" for name in self.pages.keys() - listed]

    def _follow(self, page: Page, token: Token, attribute: str) -> str | None:
        """Rewrite one link; returns what is wrong with it."""
        link = str(token.attrs[attribute])
        if FOREIGN.match(link):
            return f"an image of another host: {link}" if attribute == "src" else None
        path, _, anchor = unquote(link).partition("#")
        folder = PurePosixPath(page.source).parent
        source = os.path.normpath(folder / path) if path else page.source
        found = self.pages.get(source)
        if found is None and (source.startswith("..") or not (self._root / source).is_file()):
            return f"leads nowhere: {link}"
        if anchor and (found is None or anchor not in found.headings):
            return f"no such heading: {link}"
        if found is None:
            self._files.add(source)
        output = found.output if found else _output(source)
        address = os.path.relpath(output, PurePosixPath(page.output).parent)
        token.attrSet(attribute, f"{address}#{anchor}" if anchor else address)
        return None

    def _read_index(self) -> None:
        """The shelves are the headings of the index; under each, what a link says and its page."""
        by_output = {page.output: page for page in self.pages.values()}
        shelf: list[tuple[str, Page]] = []
        for (_, token), (_, following) in pairwise(self.pages[INDEX].parts()):
            if token.type == "heading_open":
                shelf = self._shelves[self.pages[INDEX].headings[str(token.attrs["id"])]] = []
            elif token.type == "link_open" and token.attrs["href"] in by_output:
                shelf.append((following.content, by_output[str(token.attrs["href"])]))

    def write(self, target: Path) -> None:
        """Write every page, and every file that a page links to."""
        environment = Environment(loader=FileSystemLoader(HERE), autoescape=True)
        template = environment.get_template("site_page.html")
        shelves = {name: pages for name, pages in self._shelves.items() if pages}
        for page in self.pages.values():
            body = MARKDOWN.renderer.render(page.tokens, MARKDOWN.options, {})
            up = "../" * page.output.count("/")
            html = template.render(page=page, body=body, shelves=shelves, up=up)
            _made(target / page.output).write_text(html, "utf-8")
        for file in self._files:
            shutil.copyfile(self._root / file, _made(target / _output(file)))


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Render the docs into a static site.")
    parser.add_argument("target", type=Path, nargs="?", default=HERE.parent / "site")
    parser.add_argument("--root", type=Path, default=HERE.parent, help="the folder with docs/")
    arguments = parser.parse_args()
    site = Site(arguments.root)
    if problems := site.check():
        sys.exit("\n".join(problems))
    site.write(arguments.target)
    sys.stdout.write(f"wrote {len(site.pages)} pages into {arguments.target}\n")


if __name__ == "__main__":
    main()
