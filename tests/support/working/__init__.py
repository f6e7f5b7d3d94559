"""An app with jobs for tests that run worker processes."""
