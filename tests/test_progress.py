"""What `reindex` shows while it runs: lines in a file or a pipe, a bar on a terminal."""

from __future__ import annotations

from io import StringIO

from click import unstyle

from semsearch.cli.progress_display import ProgressLines, progress_on
from semsearch.indexer.progress import Progress


class Terminal(StringIO):
    """A stream that bars are drawn on."""

    def isatty(self) -> bool:
        return True


def test_each_stage_is_a_line_and_so_is_each_half_minute_within_it() -> None:
    stream, now = StringIO(), [1000.0]
    lines = ProgressLines(stream, lambda: now[0])
    lines.tick()  # nothing has begun
    for seconds, progress in (
        (0.0, Progress("reading", 0, None)),
        (10.0, Progress("reading", 1200, None)),
        (19.9, Progress("reading", 2400, None)),
        (0.1, Progress("reading", 2401, None)),
        (5.0, Progress("embedding", 0, 54_517)),
        (29.0, Progress("embedding", 2048, 54_517)),
        (1.5, Progress("embedding", 2112, 54_517)),
    ):
        now[0] += seconds
        lines(progress)
        lines.tick()
    now[0] += 30.0
    lines.tick()  # though nothing was reported in between
    assert stream.getvalue().splitlines() == [
        "reading articles: 0",
        "reading articles: 2,401",
        "embedding passages: 0 of 54,517",
        "embedding passages: 2,112 of 54,517",
        "embedding passages: 2,112 of 54,517",
    ]


def test_a_pipe_gets_lines_and_no_control_characters() -> None:
    stream = StringIO()
    with progress_on(stream) as listener:
        listener(Progress("reading", 1, None))
        listener(Progress("checking", 0, 1))
    assert stream.getvalue() == "reading articles: 1\nchecking: 0 of 1\n"


def test_a_terminal_gets_a_bar_for_each_stage() -> None:
    terminal = Terminal()
    with progress_on(terminal) as listener:
        for done in (0, 7, 23):
            listener(Progress("reading", done, None))
        for done in range(5):
            listener(Progress("writing", done, 4))
    reading, writing, rest = unstyle(terminal.getvalue()).split("\n")
    assert [line.strip() for line in reading.split("\r")] == [
        "",
        "reading articles  0",
        "reading articles  23",
    ]
    assert writing.split("\r")[-1].strip() == f"writing parts  [{'#' * 36}]  4/4"
    assert rest == ""
