"""Pictures and documents of the site."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from community.core import images
from community.core.errors import Invalid

_OF_THE_FILE = (
    "file",
    "width",
    "height",
    "file_size",
    "file_hash",
    "blurhash",
    "dominant_colour",
    "variants",
    "variants_version",
)


class CustomImage(AbstractImage):
    """A picture with credit and the colour shown while it loads."""

    credit = models.CharField(_("credit"), max_length=255, blank=True)
    dominant_colour = models.CharField(max_length=7, blank=True, editable=False)
    blurhash = models.CharField(max_length=40, blank=True, editable=False)
    variants = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="What has been made of the picture, by preset: pages show it without a query.",
    )
    variants_version = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="The version of the presets that the variants were made by."
    )

    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    @property
    def focal_key(self) -> str:
        """Names the focal point: what was cut out around another one is no longer right."""
        point = (self.focal_point_x, self.focal_point_y, self.focal_point_width, self.focal_point_height)
        return "middle" if None in point else "-".join(map(str, point))

    def clean(self) -> None:
        """Refuses, in the form, a new file that is no picture."""
        super().clean()
        try:
            self._accept_file()
        except Invalid as error:
            raise ValidationError({"file": str(error)}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new file is cleaned and its colours are found, whatever door it came through.

        What was made of another file, or around another focal point, is forgotten. Raises core.images.Refused.
        """
        changed = self._accept_file()
        focal = self.focal_key
        kept = {preset: made for preset, made in self.variants.items() if made.get("focal", focal) == focal}
        if kept != self.variants:
            self.variants, self.variants_version = kept, 0
            changed |= {"variants", "variants_version"}
        if changed and kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *changed}
        super().save(*args, **kwargs)

    def _accept_file(self) -> set[str]:
        """Cleans a file that was not stored yet; the fields that this changed."""
        if not self.file or getattr(self.file, "_committed", True) or hasattr(self.file.file, "accepted"):
            return set()
        clean = images.normalise(self.file.file)
        stem = PurePath(self.file.name).stem[:80] or "picture"
        content = ContentFile(clean.data, name=f"{stem}.{clean.extension}")
        content.accepted = True  # type: ignore[attr-defined]
        self._meta.get_field("file").save_form_data(self, content)
        self._set_image_file_metadata()
        self.blurhash, self.dominant_colour = images.placeholders(clean.data)
        self.variants, self.variants_version = {}, 0
        if clean.animated:
            # Renditions stand still; in texts, where nothing is cut off, the file itself moves.
            self.variants = {"article": {"moves": True}}
        return set(_OF_THE_FILE)


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
