"""Pictures and documents of the site."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image as PillowImage
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class CustomImage(AbstractImage):
    """A picture with credit and the colour shown while it loads."""

    credit = models.CharField(_("credit"), max_length=255, blank=True)
    dominant_colour = models.CharField(max_length=7, blank=True, editable=False)

    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Finds the dominant colour of a new file before the row is written."""
        if self.file and (not self.dominant_colour or not getattr(self.file, "_committed", True)):
            self.dominant_colour = dominant_colour(self.file)
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "dominant_colour"}
        super().save(*args, **kwargs)


def dominant_colour(file: Any) -> str:
    """The most common of eight median-cut colours, as "#rrggbb"; empty when Pillow cannot read the file."""
    try:
        file.seek(0)
        with PillowImage.open(file) as opened:
            opened.draft("RGB", (64, 64))
            small = opened.convert("RGB")
            small.thumbnail((32, 32))
    except (OSError, ValueError, SyntaxError, PillowImage.DecompressionBombError):
        return ""
    finally:
        file.seek(0)
    palette = small.quantize(colors=8, method=PillowImage.Quantize.MEDIANCUT)
    counts: list[Any] = palette.getcolors() or [(1, 0)]
    index = max(counts)[1]
    red, green, blue = (palette.getpalette() or [0, 0, 0])[index * 3 : index * 3 + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


class CustomRendition(AbstractRendition):
    """A picture made smaller or of another format."""

    image = models.ForeignKey(CustomImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="unique_rendition")
        ]


class CustomDocument(AbstractDocument):
    """A file to read or download."""

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
