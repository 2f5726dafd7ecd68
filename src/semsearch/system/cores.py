"""How many processor cores this process may use."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

__all__ = ["cores"]


def cores(root: Path = Path("/")) -> int:
    """Cores that this process may keep busy, at least 1.

    The cores that it may run on (its affinity, where the system has such a thing), or fewer where
    a control group of Linux limits its processor time, as containers do: 1.5 cores' time counts as
    2 cores. `root` is the folder below which /proc and /sys are looked for.
    """
    allowed = (math.ceil(limit) for limit in _limits(root))
    return max(1, min([_schedulable(), *allowed]))


def _schedulable() -> int:
    found: int | None
    if sys.version_info >= (3, 13):
        found = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        found = len(os.sched_getaffinity(0))
    else:
        found = os.cpu_count()
    return found or 1


def _limits(root: Path) -> Iterator[float]:
    """The limits of all control groups that this process is in, in cores."""
    mounted = root / "sys/fs/cgroup"
    for group in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, name = group.split(":", 2)
        for inside in _and_above(name):
            if not controllers:  # version 2
                yield from _limit(_text(mounted / inside / "cpu.max"))
            elif "cpu" in controllers.split(","):  # version 1
                folder = mounted / "cpu" / inside
                quota = _text(folder / "cpu.cfs_quota_us")
                yield from _limit(f"{quota} {_text(folder / 'cpu.cfs_period_us')}")


def _and_above(name: str) -> Iterator[PurePosixPath]:
    """A group and those that it is in, relative to where they are mounted.

    Each of them may set a limit. A container may see only the outer end of the path.
    """
    path = PurePosixPath(name)
    return (one.relative_to("/") for one in (path, *path.parents))


def _limit(text: str) -> Iterator[float]:
    """Cores out of "QUOTA PERIOD"; nothing where there is no limit, which is "max" or -1."""
    match text.split():
        case [quota, period] if quota not in ("max", "-1"):
            yield int(quota) / int(period)


def _text(path: Path) -> str:
    """A file of the system; "" where there is none."""
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
