"""The server process: gunicorn, its workers, and the process that folds the journal."""
