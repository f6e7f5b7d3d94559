"""What the styleguide shows its pieces with: people, posts, a drawn picture, and a form with a field of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.utils.translation import gettext_lazy as _

from community.core.pictures import Picture

NAMES = ("Ada Fan", "Bo Lind", "Cem Acar", "Dora Weiss", "Emil Noor", "Fay Moss", "Gil Ortega", "Hana Ito")
DUNES = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" width="1600" height="900">
<linearGradient id="s" x2="0" y2="1"><stop stop-color="#20123f"/><stop offset=".7" stop-color="#b2476f"/>
<stop offset="1" stop-color="#f2a65a"/></linearGradient><rect width="1600" height="900" fill="url(#s)"/>
<circle cx="1130" cy="360" r="120" fill="#ffe3b8"/>
<path d="M0 620q420-190 820-20t780-90v390H0z" fill="#5b2a63"/>
<path d="M0 740q360-130 700 0t900-110v270H0z" fill="#331a4a"/></svg>"""

MOODS = [("calm", _("Calm")), ("bright", _("Bright")), ("loud", _("Loud"))]


class SampleForm(forms.Form):
    """One field of each kind. The first is left empty on purpose: it shows what an error looks like."""

    use_required_attribute = False

    title = forms.CharField(label=_("Title"), error_messages={"required": _("A post needs a title.")})
    email = forms.EmailField(label=_("E-mail"), help_text=_("Nobody else sees it."), required=False)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters."),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    about = forms.CharField(label=_("About you"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    mood = forms.ChoiceField(label=_("Mood"), choices=MOODS, required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    seats = forms.IntegerField(label=_("Seats"), required=False)
    visible = forms.ChoiceField(
        label=_("Who may see it"),
        choices=[("all", _("Everybody")), ("followers", _("Followers")), ("me", _("Only me"))],
        required=False,
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"), choices=MOODS, required=False, widget=forms.CheckboxSelectMultiple
    )
    cover = forms.FileField(label=_("Cover"), help_text=_("JPEG, PNG or WebP, up to 10 MB."), required=False)
    rules = forms.BooleanField(label=_("I have read the rules"), required=False)
    mails = forms.BooleanField(
        label=_("Tell me by mail"), required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )
    owner = forms.CharField(
        label=_("Owner"), disabled=True, initial="@mira_kay", help_text=_("Only an admin can change it.")
    )


def sample_picture(svg: str = DUNES) -> Picture:
    """A drawn picture that needs no file."""
    return Picture(f"data:image/svg+xml,{quote(svg)}", "", 1600, 900, "", "#5b2a63")


def person(name: str, index: int, *, picture: bool = False, progress: int = 0) -> dict[str, Any]:
    """Somebody as cards show them."""
    return {
        "username": name.lower().replace(" ", "_"),
        "display_name": name,
        "url": "#people",
        "avatar": sample_picture() if picture else None,
        "initials": "".join(part[0] for part in name.split()),
        "colour_index": index,
        "verified": index == 0,
        "level_progress": progress,
    }


def post(title: str, author: dict[str, Any], *, cover: bool = True, video: bool = False) -> dict[str, Any]:
    """A post as cards show it."""
    return {
        "title": title,
        "url": "#cards",
        "excerpt": "Nobody had lit the old projector in years. Then somebody found the key, and the room filled up.",
        "cover": sample_picture() if cover else None,
        "author": author,
        "published_at": datetime(2026, 3, 14, 20, tzinfo=UTC),
        "reading_minutes": 6,
        "comments": 38,
        "reactions": 1240,
        "has_video": video,
    }


def comments(first_id: int) -> list[dict[str, Any]]:
    """A comment, its answer, one of a guest, one that is gone, and what another site says, as pages show them."""
    now = datetime(2026, 3, 14, 20, tzinfo=UTC)

    def one(number: int, words: str, **more: Any) -> dict[str, Any]:
        shown = {"id": first_id + number, "html": f"<p>{words}</p>", "created_at": now, "state": "", "level": 0}
        return {**shown, "guest_name": "", "reactions": 0, **more}

    moment = '<a class="moment" href="#talk">1:23</a>'
    mention = '<a class="mention" href="#talk">@ada_fan</a>'
    return [
        one(0, f"At {moment} the lamp goes out, and nobody says a word.", author=person(NAMES[0], 0, progress=60),
            reactions=12, pinned=True),
        one(1, f'{mention} It was <span class="spoiler" tabindex="0">the fuse</span>. I held the other half.',
            author=person(NAMES[1], 3), level=1, edited=True, reactions=1),
        one(2, "We had the same lamp in the cellar.", guest_name="Zora", guest_url="https://zora.example/"),
        one(3, "", state="deleted"),
        one(4, "[…] as somebody wrote elsewhere […]", guest_name="Lamps and more", ping=True,
            guest_url="https://lamps.example/"),
    ]  # fmt: skip


def reactions() -> list[tuple[dict[str, Any], int, bool]]:
    """A bar of reactions, one of them given."""
    given = (("LIKE", _("Like"), 48, True), ("LOVE", _("Love"), 12, False), ("WOW", _("Wow"), 0, False))
    return [
        ({"code": code, "label": label, "icon": f"react-{code.lower()}", "active": True}, count, own)
        for code, label, count, own in given
    ]  # fmt: skip
