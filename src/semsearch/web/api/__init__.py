"""The JSON API: operations, and their description in OpenAPI."""
