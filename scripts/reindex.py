"""Bring the index up to date: `semsearch reindex`, for those who look for a script."""

import sys

from semsearch.cli import main

main(["reindex", *sys.argv[1:]])
