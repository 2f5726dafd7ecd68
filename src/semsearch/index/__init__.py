"""What lies on disk: generations, their parts, the journal; opened, and checked."""
