"""What an entry was checked with, so that most starts need not check it as closely again.

Whether a compiled network agrees with torch depends on the network's and the tokenizer's files, on
the processor (each kind gets other kernels and another precision), and on the versions of the two
libraries that run them. A certificate names all of these. It is written after the close check and
believed as long as everything that it names is as it was; whatever differs, the check is made
again. It is no protection from files that rot without a change of size or time stamp, nor from
memory that fails: for these one question is still compared at every start (`open_entry`).
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import tokenizers

from semsearch.encoder.runtime import openvino
from semsearch.system.files import replace_text

__all__ = ["Certificate", "certify", "read_certificate"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """`variant` is the number in `choosing.VARIANTS` that was chosen, for all of the rest.

    `files` are [size in bytes, modification time in ns] by the path inside the entry.
    """

    variant: int
    processor: str
    versions: dict[str, str]
    files: dict[str, list[int]]


def certify(entry: Path, variant: int) -> None:
    """Note that this entry agreed here and now; a note that cannot be written is done without."""
    folder = entry / "checked"
    try:
        folder.mkdir(exist_ok=True)
        replace_text(_path(entry), json.dumps(asdict(_certificate(entry, variant))), durable=False)
    except OSError:  # a cache that may only be read: each start checks
        return


def read_certificate(entry: Path) -> Certificate | None:
    """The certificate of this machine, if all that it names is still so."""
    try:
        found = Certificate(**json.loads(_path(entry).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found == _certificate(entry, found.variant) else None


def _certificate(entry: Path, variant: int) -> Certificate:
    return Certificate(variant, _processor(), _versions(), _files(entry))


def _path(entry: Path) -> Path:
    """Machines that share a cache have a certificate each."""
    named = json.dumps([_processor(), _versions()]).encode()
    return entry / "checked" / f"{hashlib.sha256(named).hexdigest()[:16]}.json"


def _files(entry: Path) -> dict[str, list[int]]:
    stamps = {}
    for path in (*entry.glob("*.*"), *(entry / "compiled").glob("*")):
        status = path.stat()
        stamps[path.relative_to(entry).as_posix()] = [status.st_size, status.st_mtime_ns]
    return stamps


@cache
def _versions() -> dict[str, str]:
    return {"openvino": openvino().__version__, "tokenizers": tokenizers.__version__}


@cache
def _processor() -> str:
    """The processor's model and the instructions it has, which a virtual machine may hide."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            told = dict(line.split(":", 1) for line in iter(lines.readline, "\n") if ":" in line)
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    facts = {name.strip(): value.strip() for name, value in told.items()}
    flags = " ".join(sorted(facts.get("flags", facts.get("Features", "")).split()))
    instructions = hashlib.sha256(flags.encode()).hexdigest()[:16]
    return f"{facts.get('model name', platform.machine())}, instructions {instructions}"
