"""Swaps generations under load and prints dropped requests and memory.

python benchmarks/swaps.py --swaps 100 --threads 4
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from common import options

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from swap_load import swap_under_load


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--swaps", type=int, default=100)
    parser.add_argument("--threads", type=int, default=4)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = swap_under_load(Path(folder), chosen.swaps, chosen.threads)
    memory = report.resident_mb
    print(f"swaps                      {chosen.swaps}")
    print(f"requests                   {report.requests}")
    print(f"dropped or wrong           {len(report.errors)}")
    print(f"generations that answered  {report.generations_seen}")
    print(f"slowest request            {report.slowest_ms:.0f} ms")
    print(f"open at the end            {report.open_at_end} generations")
    for place in (0, len(memory) // 4, len(memory) // 2, len(memory) * 3 // 4, len(memory) - 1):
        print(f"resident after swap {place + 1:>4}   {memory[place]:.1f} MB")
    for error in report.errors[:10]:
        print(f"  {error}")
    sys.exit(bool(report.errors))


if __name__ == "__main__":
    main()
