"""Django's PostgreSQL backend for a server that may be away; `ENGINE` names this package."""
