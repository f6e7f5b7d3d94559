"""The API of the machinery, for administrators."""
