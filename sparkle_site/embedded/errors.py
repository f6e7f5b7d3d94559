"""The one error of the private engines."""


class EngineError(Exception):
    """The engines cannot be had; the message says in plain words what to do."""
