"""What has a name or title in an export that nobody can see gets the one it would get without."""

from __future__ import annotations

from pathlib import Path

import pytest
from taggit.models import Tag

from cms.models import Category, PostPage
from community.accounts.models import User
from tests.cms.wxr import builder
from tests.cms.wxr.running import run_file
from tests.support.invisible import each_invisible

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

#: What an XML file can hold.
HELD = "\u3164\u2800\u200b\ufe0f"


def test_people_terms_and_texts_fall_back_as_for_empty_ones(tmp_path: Path) -> None:
    run_file(
        builder.write(
            tmp_path,
            builder.author("anna", HELD),
            builder.author(f"{HELD}@mail.example", f"{HELD}@mail.example"),
            builder.category("films", HELD),
            builder.tag("night", HELD),
            builder.category(HELD, HELD),
            builder.item(1, title=HELD, content__encoded="<p>The first words.</p>", excerpt__encoded=HELD),
            builder.item(2, title=HELD, content__encoded=f"<p>{HELD}</p>", dc__creator=HELD),
        )
    )
    assert User.objects.get(username="anna").profile.display_name == "anna"
    assert [category.name for category in Category.objects.all()] == ["films"]
    assert [tag.name for tag in Tag.objects.all()] == ["night"]
    first, second = PostPage.objects.order_by("pk")
    assert (first.title, first.excerpt, first.summary) == ("The first words.", "", "The first words.")
    assert (second.title, second.author.profile.display_name) == ("Untitled 2", "Unknown author")


@each_invisible
def test_an_export_with_such_titles_is_read_to_its_end(tmp_path: Path, nothing: str) -> None:
    shown = "".join(sign for sign in nothing if sign > "\x9f" and ord(sign) & 0xFFFF < 0xFFFE)
    run_file(builder.write(tmp_path, builder.author("anna", shown), builder.item(7, title=shown, content__encoded="")))
    assert PostPage.objects.get().title == "Untitled 7"
