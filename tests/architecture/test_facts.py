"""Facts are declared, and what is declared happens: nobody records what is unknown, and none waits for a recorder."""

from __future__ import annotations

from pathlib import Path

from community.core.management.commands.write_docs import declared_facts, recorders
from tests.architecture.layers import PROJECT

SOURCE = '''"""Planted."""


class Shop:
    def sell(self):
        if self.open:
            outbox.record(
                Sold(thing_id=1),
                actor_id=2,
            )


def hide(fact):
    outbox.record(fact)


def speak():
    print(outbox.recorded(Silent()))
'''


def classes() -> set[str]:
    """The names of the declared classes; facts that share one could not be told apart in the page."""
    names = [fact.__name__ for fact in declared_facts().values()]
    assert sorted(names) == sorted(set(names))
    return set(names)


def test_every_declared_fact_is_recorded_somewhere() -> None:
    assert classes() - set(recorders(PROJECT)) == set()


def test_every_recorded_fact_is_declared() -> None:
    assert set(recorders(PROJECT)) - classes() == set()


def test_recorders_are_found_by_their_dotted_names(tmp_path: Path) -> None:
    folder = tmp_path / "community" / "shop"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("outbox.record(Opened())\n")
    (folder / "services.py").write_text(SOURCE)
    assert recorders(tmp_path) == {
        "Opened": {"community.shop"},
        "Sold": {"community.shop.services.Shop.sell"},
        "?": {"community.shop.services.hide"},
    }
