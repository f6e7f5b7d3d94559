"""Content: posts through the services, pictures from Pillow."""

from __future__ import annotations

import io
import itertools
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image

from cms import services
from cms.models import Category, CustomImage, PostPage, SectionPage, SeriesPage
from community.accounts.models import User

_numbers = itertools.count(1)


def make_post(author: User, title: str = "", *, published: bool = True, **values: Any) -> PostPage:
    """A post by `author`, live unless told otherwise."""
    number = next(_numbers)
    return services.create_post(
        actor=author,
        title=title or f"Post {number}",
        published=published,
        **{"content": f"<p>The text of post {number}.</p>", **values},
    )


def make_category(name: str = "", **values: Any) -> Category:
    """A category."""
    number = next(_numbers)
    return Category.objects.create(**{"name": name or f"Category {number}", "slug": f"category-{number}", **values})


def make_section(title: str = "News", **values: Any) -> SectionPage:
    """A live section below the home page."""
    return services.add_page(parent=services.site_root(), page=SectionPage(title=title, show_in_menus=True, **values))


def make_series(author: User, title: str = "Series", **values: Any) -> SeriesPage:
    """A live series on the author page of `author`."""
    return services.add_page(parent=services.ensure_author_page(person=author), page=SeriesPage(title=title, **values))


def make_image(title: str = "Picture", *, size: tuple[int, int] = (640, 360), colour: str = "#7c4df0") -> CustomImage:
    """A stored picture in one colour."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    data.seek(0)
    return CustomImage.objects.create(title=title, file=ImageFile(data, name=f"{title.lower()}.png"))
