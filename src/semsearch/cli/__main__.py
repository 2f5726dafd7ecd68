"""`python -m semsearch.cli`."""

from semsearch.cli import main

main()
