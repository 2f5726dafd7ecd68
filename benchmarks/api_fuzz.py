"""Does any request break the API? schemathesis against the real server, thousands of requests.

    python benchmarks/api_fuzz.py [--examples 250]

Builds an index of the seeds with the tiny encoder, serves it with a key that may write, and runs
schemathesis with all its checks, the stateful phase included. Prints its summary.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from semsearch.indexer import reindex
from semsearch.settings import Settings
from semsearch.web.keys import KeyRing

ROOT = Path(__file__).resolve().parents[1]
PORT = 18433


def main() -> None:
    """Run, print the summary, and exit as schemathesis does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=250, help="per operation")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        values: dict[str, Any] = {
            "index_dir": Path(folder) / "index",
            "seeds": (ROOT / "seeds",),
            "model": "tiny",
            "port": PORT,
        }
        settings = Settings(**values)
        reindex(settings)
        _, key = KeyRing(settings.index_dir).add("fuzz", ["write"])
        log = Path(folder) / "server.log"
        server = start(settings, log)
        try:
            run = fuzz(key, chosen.examples, folder)
        finally:
            server.terminate()
            server.wait()
        output = run.stdout
        print(output[output.find("=== SUMMARY") :] if run.returncode == 0 else output)
        print(f"unforeseen errors in the log: {log.read_text().count('unforeseen error')}")
        sys.exit(run.returncode)


def start(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    environ = {
        **os.environ,
        "SEMSEARCH_INDEX_DIR": str(settings.index_dir),
        "SEMSEARCH_MODEL": settings.model,
        "SEMSEARCH_PORT": str(settings.port),
    }
    command = [sys.executable, "-m", "semsearch", "serve"]
    process = subprocess.Popen(command, env=environ, stderr=log.open("wb"))
    while process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{PORT}/readyz")
            return process
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text())


def fuzz(key: str, examples: int, folder: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(ROOT / "tests/schemathesis.toml")),
            *("run", f"http://127.0.0.1:{PORT}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {key}"),
            *("--checks", "all", "--max-examples", str(examples), "--warnings", "off"),
            # A change is answered with 202: taken, and seen by readers when its job is done.
            *("--exclude-checks", "ensure_resource_availability"),
            "--continue-on-failure",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    main()
