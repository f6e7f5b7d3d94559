"""The API of the app."""
