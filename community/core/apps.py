"""The core: mechanisms every app uses and that know none of them."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "community.core"
    label = "core"

    def ready(self) -> None:
        from community.core import encryption, integrity_checks, jobs, mail, outbox, slow_queries, tasks  # noqa: F401

        slow_queries.watch_connections()
        outbox.on_recorded(tasks.poke)
        jobs.on_enqueued(tasks.poke_jobs)
        encryption.register_rotation("mail", mail.rotate)
