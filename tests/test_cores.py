"""Counting cores: affinity for real, limits of control groups out of files as Linux has them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.system.cores import cores

GROUPS = "proc/self/cgroup"
SLICE = "sys/fs/cgroup/system.slice"
OLD = "sys/fs/cgroup/cpu/docker"
ALL = len(os.sched_getaffinity(0))


def system(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", "utf-8")
    return root


def test_without_limits_all_cores_of_the_affinity_count(tmp_path: Path) -> None:
    assert cores(tmp_path) == ALL
    told = {GROUPS: "0::/system.slice", f"{SLICE}/cpu.max": "max 100000"}
    assert cores(system(tmp_path, told)) == ALL


@pytest.mark.parametrize(
    ("limit", "files"),
    [
        # Version 2: the group's own limit; that of the group around it; a part of a core is one.
        (1, {GROUPS: "0::/system.slice", f"{SLICE}/cpu.max": "100000 100000"}),
        (
            1,
            {
                GROUPS: "0::/system.slice/search.service",
                f"{SLICE}/search.service/cpu.max": "max 100000",
                f"{SLICE}/cpu.max": "100000 100000",
            },
        ),
        (1, {GROUPS: "0::/", "sys/fs/cgroup/cpu.max": "50000 100000"}),
        (2, {GROUPS: "0::/", "sys/fs/cgroup/cpu.max": "101000 100000"}),
        # Version 1, and as a container sees it: its own group is where the path's root would be.
        (
            1,
            {
                GROUPS: "3:memory:/docker\n2:cpu,cpuacct:/docker",
                f"{OLD}/cpu.cfs_quota_us": "100000",
                f"{OLD}/cpu.cfs_period_us": "100000",
            },
        ),
        (
            2,
            {
                GROUPS: "2:cpu,cpuacct:/docker/3f1c",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "75000",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "50000",
            },
        ),
    ],
)
def test_the_least_limit_of_the_groups_counts(
    tmp_path: Path, limit: int, files: dict[str, str]
) -> None:
    assert cores(system(tmp_path, files)) == min(limit, ALL)


@pytest.mark.parametrize("quota", ["-1", "100000000"])
def test_no_limit_and_one_beyond_the_machine_change_nothing(tmp_path: Path, quota: str) -> None:
    files = {
        GROUPS: "2:cpu,cpuacct:/docker",
        f"{OLD}/cpu.cfs_quota_us": quota,
        f"{OLD}/cpu.cfs_period_us": "100000",
    }
    assert cores(system(tmp_path, files)) == ALL


def test_a_process_bound_to_one_core_counts_one() -> None:
    program = """
import os
from semsearch.system.cores import cores
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
print(cores())
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
