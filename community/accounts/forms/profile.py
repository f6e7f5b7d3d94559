"""The forms of the profile and of the user name."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import USERNAME_MAX
from community.accounts.forms.two_factor import ProofForm
from community.accounts.models import Profile
from community.accounts.validators import time_zones


class WordsField(forms.CharField):
    """Words with commas between them, as a list."""

    def prepare_value(self, value: Any) -> Any:
        """The list as it is written in the field."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The words, each once, in their order."""
        words = (" ".join(word.split()) for word in super().clean(value).split(","))
        return list(dict.fromkeys(word for word in words if word))


class ProfileForm(forms.ModelForm[Profile]):
    """What a person tells about themselves; checked here, saved by the service."""

    website = forms.URLField(
        label=_("Website"),
        max_length=Profile._meta.get_field("website").max_length,
        required=False,
        assume_scheme="https",
    )
    interests = WordsField(label=_("Interests"), required=False, help_text=_("With commas between them."))
    skills = WordsField(label=_("Skills"), required=False, help_text=_("With commas between them."))
    time_zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(label=_("Language"), choices=lambda: list(settings.LANGUAGES))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = Profile
        fields = [
            "display_name", "bio", "location", "website", "interests", "skills", "youtube", "twitter", "instagram",
            "tiktok", "discord", "birthday", "time_zone", "language", "visibility",
        ]  # fmt: skip
        widgets = {
            "bio": forms.Textarea(attrs={"rows": 6}),
            "birthday": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {"birthday": _("If you like. Nobody else is told.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = _zones()  # type: ignore[attr-defined]


class PictureForm(forms.Form):
    """One's picture."""

    file = forms.FileField(
        label=_("Your picture"),
        help_text=_("JPEG, PNG, GIF, WebP or AVIF; at most 10 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )


class UsernameForm(ProofForm):
    """Another user name, and the password."""

    username = forms.CharField(label=_("New user name"), max_length=USERNAME_MAX)
    field_order = ["username", "password"]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, with_code=False, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


@functools.cache
def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(time_zones())]
