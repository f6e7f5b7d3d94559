"""The forms of lists: whatever their fields hold, there is a list; what they cannot mean is left out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.models import Category
from cms.selectors.search import Search, tags_of
from cms.selectors.words import words_of

ANY = ("", _("all"))
SORTS = [("relevance", _("best match")), ("recent", _("newest")), ("popular", _("most popular"))]
DIRECTORY_ORDERS = [
    ("", _("verified first")),
    ("posts", _("most posts")),
    ("newest", _("newest post")),
    ("name", _("name")),
]
PERIODS = [
    ("all", _("any time")),
    ("day", _("last day")),
    ("week", _("last week")),
    ("month", _("last month")),
    ("year", _("last year")),
]


class SearchForm(forms.Form):
    """How to narrow a search. The words themselves are read by words_of, which refuses nothing."""

    sort = forms.ChoiceField(label=_("Order"), choices=SORTS, required=False)
    period = forms.ChoiceField(label=_("Published"), choices=PERIODS, required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=500, help_text=_("Several, with commas between: all of them.")
    )
    author = forms.CharField(label=_("By"), required=False, max_length=50, help_text=_("A user name."))
    language = forms.ChoiceField(label=_("Language"), choices=[ANY, *settings.LANGUAGES], required=False)
    video = forms.BooleanField(label=_("With a video"), required=False)

    def __init__(self, data: Any, *, categories: list[Category]) -> None:
        super().__init__(data, auto_id="search-%s")
        known = self.fields["category"]
        assert isinstance(known, forms.ChoiceField)  # noqa: S101 - declared above
        known.choices = [ANY, *((category.slug, category.name) for category in categories)]
        for field in self.fields.values():
            field.widget.attrs["form"] = "search-form"

    def search(self) -> Search:
        """What is looked for."""
        self.is_valid()
        asked = self.cleaned_data
        return Search(
            words=words_of(self.data.get("q", "")),
            author=asked.get("author", "").lstrip("@"),
            category=asked.get("category", ""),
            tags=tags_of(asked.get("tags", "")),
            period=asked.get("period") or "all",
            has_video=asked.get("video", False),
            language=asked.get("language", ""),
            sort=asked.get("sort") or "relevance",
        )


class DirectoryForm(forms.Form):
    """How to narrow the directory of creators."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100, strip=True)
    category = forms.ChoiceField(label=_("Writes about"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("", _("any")), *settings.LANGUAGES], required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[
            ("", _("verified first")),
            ("posts", _("most posts")),
            ("newest", _("newest post")),
            ("name", _("name")),
        ],
        required=False,
    )
    verified = forms.BooleanField(label=_("Only verified"), required=False)

    def __init__(self, data: Any, *, categories: list[Category]) -> None:
        super().__init__(data, auto_id="creators-%s")
        known = self.fields["category"]
        assert isinstance(known, forms.ChoiceField)  # noqa: S101 - declared above
        known.choices = [("", _("everything")), *((category.slug, category.name) for category in categories)]
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "maxlength": 100, "enterkeyhint": "search", "placeholder": _("Find a creator")}
        )

    def asked(self) -> dict[str, Any]:
        """The arguments of selectors.list_creators."""
        self.is_valid()
        asked = self.cleaned_data
        return {
            "search": asked.get("q", ""),
            "verified": asked.get("verified", False),
            **{name: asked.get(name, "") for name in ("category", "language", "sort")},
        }

    def query(self) -> str:
        """The beginning of a query with what was asked, for the links to other pages of the list."""
        asked = self.asked()
        kept = {"q": asked["search"], **asked, "verified": "on" if asked["verified"] else ""}
        pairs = urlencode({name: kept[name] for name in self.fields if kept[name]})
        return f"{pairs}&" if pairs else ""
