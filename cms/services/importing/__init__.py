"""Bringing content in from other programs."""

from cms.services.importing.report import ImportReport
from cms.services.importing.wordpress import ImportRunning, import_wordpress

__all__ = ["ImportReport", "ImportRunning", "import_wordpress"]
