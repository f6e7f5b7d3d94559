"""The facts of the whole site: what happened, as frozen dataclasses with ids only. No Django here."""

from community.facts.base import REGISTRY, Fact, fact_class

__all__ = ["REGISTRY", "Fact", "fact_class"]
