"""The index as tools for assistants, over the Model Context Protocol; see tools.py."""
