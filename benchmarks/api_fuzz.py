"""Does any request break the API? schemathesis against the real server, thousands of requests.

    python benchmarks/api_fuzz.py [--examples 250]

Builds an index of the seeds with the tiny encoder, serves it with a key that may write, and runs
schemathesis with all its checks, the stateful phase included. Prints its summary.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from common import options
from load import Running, running

from semsearch.indexer import reindex
from semsearch.settings import load_settings
from semsearch.web.keys import KeyRing

ROOT = Path(__file__).resolve().parents[1]


def fuzz(
    server: Running, key: str, examples: int, folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(ROOT / "tests/schemathesis.toml")),
            *("run", f"{server.url}/api/v1/openapi.json"),
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


def main() -> None:
    """Run, print the summary, and exit as schemathesis does."""
    parser = options(__doc__)
    parser.add_argument("--examples", type=int, default=250, help="per operation")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = {"index_dir": folder / "index", "cache_dir": folder / "cache"}
        settings = load_settings({**places, "seeds": (ROOT / "seeds",), "model": "tiny"})
        reindex(settings)
        _, key = KeyRing(settings.index_dir).add("fuzz", ["write"])
        with running(settings) as server:
            run = fuzz(server, key, chosen.examples, folder)
        output = run.stdout
        print(output[output.find("=== SUMMARY") :] if run.returncode == 0 else output)
        print(f"unforeseen errors in the log: {server.log.read_text().count('unforeseen error')}")
        sys.exit(run.returncode)


if __name__ == "__main__":
    main()
