"""What a reader takes away: files of hits, citations, feeds."""
