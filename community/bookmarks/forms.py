"""What pages of bookmarks and shares take in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.bookmarks.choices import FOLDER_NAME_MAX, NOTE_MAX
from community.bookmarks.models import Folder


class FolderForm(forms.Form):
    """The name of a folder."""

    name = forms.CharField(label=_("Name of the folder"), max_length=FOLDER_NAME_MAX)


class BookmarkForm(forms.Form):
    """Where a bookmark lies, and a note."""

    folder = forms.ChoiceField(label=_("Folder"), required=False)
    note = forms.CharField(
        label=_("Note"), help_text=_("Only you see it."), required=False, max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, folders: Iterable[Folder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folder"].choices = [("", _("No folder")), *((str(each.pk), each.name) for each in folders)]  # type: ignore[attr-defined] # a choice field's

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        chosen = self.cleaned_data["folder"]
        return {"folder_id": int(chosen) if chosen else None, "note": self.cleaned_data["note"]}


class ShareForm(forms.Form):
    """A note for those who follow."""

    note = forms.CharField(
        label=_("Your note"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )
