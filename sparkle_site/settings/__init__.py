"""Django's settings: base for all, one module more per way of running."""
