"""How fast and how well languages are detected: `python benchmarks/language.py [COLLECTION]`.

The collection is a BEIR folder of English articles.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path

from semsearch.text.language import detect

DEFAULT = Path(__file__).resolve().parents[1] / "../shared/newsqa-2022"

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    start = time.process_time()
    detect("The first call loads the model.")
    print(f"first call: {1000 * (time.process_time() - start):.0f} ms")
    for name, texts in (
        ("articles", [row["text"] for row in rows]),
        ("titles", [row["title"] for row in rows]),
    ):
        start = time.process_time()
        found = Counter(map(detect, texts))
        each = 1000 * (time.process_time() - start) / len(texts)
        print(f"{len(texts)} {name}: {each:.2f} ms of processor time each; {found.most_common(5)}")
