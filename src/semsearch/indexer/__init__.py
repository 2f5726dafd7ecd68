"""Builds generations: files and journal in, one complete new generation out, or nothing at all.

`reindex` brings the index up to date with its sources and publishes atomically; `rollback`
returns to the generation before. The old generation answers until the new one is published, and
a run that is killed at any moment leaves nothing that the next run would not clean up; what it
had encoded by then is taken over.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semsearch.indexer.progress import Progress, Summary
    from semsearch.indexer.run import Options, reindex, rollback, roots

__all__ = ["Options", "Progress", "Summary", "reindex", "rollback", "roots"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # Late: the processes of `pool` come through this package too, and need none of it.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from semsearch.indexer import run

        return getattr(run, name)
