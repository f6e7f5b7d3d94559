"""Shapes of posts, categories and tags, as the API's contract has them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cms.api.blocks import BodyField
from cms.api.listings import image_at
from cms.choices import CONTENT_MAX, EXCERPT_MAX, TAG_MAX, TAGS_MAX, TITLE_MAX
from cms.models import Category, CustomImage, PostPage
from cms.selectors import ORDERS, WINDOWS, Part
from cms.validators import TAG_MISSING
from community.core.api.fields import (
    IdField,
    InstantField,
    RawJSONField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictIntegerField,
)
from community.core.api.links import absolute
from community.core.api.pagination import FAR_ENOUGH, GrowingPageQuery
from community.core.api.serializers import Input, Shape
from community.core.api.shapes import AuthorShape, PictureField, ViewerShape

ADDRESS_MAX = 2000
SLUG_FILTER_MAX = 255


class NamedShape(Shape):
    """A category or tag beside a post."""

    id = IdField(source="pk")
    name = serializers.CharField()
    slug = serializers.CharField()


class CategoryShape(NamedShape):
    """A category."""

    description = serializers.CharField(allow_blank=True)
    colour = serializers.CharField(allow_blank=True, help_text="#rrggbb, or empty.")
    icon = serializers.CharField(allow_blank=True)
    parent_id = IdField(allow_null=True)
    posts = serializers.IntegerField(source="live_posts", help_text="Live posts.")
    url = serializers.SerializerMethodField()

    def get_url(self, category: Category) -> str:
        """The list on the site."""
        return absolute(category.get_absolute_url())


class TagShape(NamedShape):
    """A tag."""

    posts = serializers.IntegerField(source="live_posts", help_text="Live posts.")
    url = serializers.SerializerMethodField()

    def get_url(self, tag: Any) -> str:
        """The list on the site."""
        return absolute(f"/tags/{tag.slug}/")


class PostCountShape(Shape):
    """Numbers of a post."""

    comments = serializers.IntegerField()
    reactions = serializers.IntegerField()


class PostShape(Shape):
    """A post in a list."""

    id = IdField(source="post.pk")
    slug = serializers.CharField(source="post.slug")
    title = serializers.CharField(source="post.title")
    excerpt = serializers.CharField(source="post.excerpt", allow_blank=True)
    cover_image = serializers.URLField(source="cover", allow_null=True)
    cover_blurhash = serializers.CharField(
        source="post.cover_image.blurhash", allow_null=True, help_text="For showing the cover before it is there."
    )
    cover_colour = serializers.CharField(
        source="post.cover_image.dominant_colour", allow_null=True, help_text="#rrggbb, or empty."
    )
    published = serializers.BooleanField(source="post.live")
    views = serializers.IntegerField()
    author = AuthorShape(allow_null=True)
    _count = PostCountShape(source="*")
    reactions = RawJSONField(source="by_type", help_text='How many of each type: `{"LIKE": 3}`.')
    viewer = ViewerShape(allow_null=True, help_text="What oneself did to it; null for guests.")
    created_at = InstantField()
    published_at = InstantField(source="post.first_published_at", allow_null=True)
    updated_at = InstantField()
    version = serializers.IntegerField(source="post.version", help_text="Goes back with a change.")
    url = serializers.URLField()


class VideoShape(Shape):
    """A video of YouTube, with what this site has fetched of it."""

    id = serializers.CharField(help_text="The 11 characters of YouTube.")
    title = serializers.CharField(allow_blank=True, help_text="The author's, else YouTube's; empty when unknown.")
    thumbnail = PictureField(help_text="A picture of this site; null when there is none yet.")


class BlockShape(Shape):
    """One block of a body."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"video"})

    id = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    value = RawJSONField()
    video = VideoShape(required=False, help_text="Beside blocks of the type `video` only; ignored when it comes back.")


class PartShape(Shape):
    """A part of a series beside another."""

    id = IdField()
    title = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, part: Part) -> str:
        """The page on the site."""
        return absolute(part.url)


class SeriesPlaceShape(Shape):
    """Where in its series a post stands."""

    id = IdField()
    title = serializers.CharField()
    position = serializers.IntegerField(help_text="From 1.")
    count = serializers.IntegerField(help_text="How many parts there are.")
    previous = PartShape(allow_null=True)
    next = PartShape(allow_null=True)


class PostDetailShape(PostShape):
    """A post with its text."""

    content = serializers.CharField(allow_blank=True, help_text="The text as cleaned HTML.")
    body = BlockShape(many=True, help_text="The same as blocks.")
    video = VideoShape(allow_null=True, help_text="The video shown instead of the cover; null for none.")
    tags = NamedShape(many=True)
    category = NamedShape(source="post.category", allow_null=True)
    series = SeriesPlaceShape(source="place", allow_null=True, help_text="Null for a post in no series.")


class PostListQuery(GrowingPageQuery):
    """Which posts, in which order."""

    sort = StrictChoiceField(choices=ORDERS, default="recent", help_text="The order.")
    window = StrictChoiceField(
        choices=tuple(WINDOWS), default="year", help_text="With `popular`: posts published so long ago at most."
    )
    category = StrictCharField(required=False, max_length=SLUG_FILTER_MAX, help_text="Slug of a category.")
    tag = StrictCharField(required=False, max_length=SLUG_FILTER_MAX, help_text="Slug of a tag.")
    author = StrictCharField(required=False, max_length=SLUG_FILTER_MAX, help_text="A user name.")
    series = IdField(required=False, help_text="Id of a series.")


@extend_schema_field({"type": "string", "format": "uri", "maxLength": ADDRESS_MAX})
class CoverField(serializers.Field[CustomImage, Any, str, Any]):
    """The address of a picture of this site."""

    default_error_messages = {"unknown": _("Only pictures of this site that you may use.")}

    def to_internal_value(self, data: Any) -> CustomImage:
        """The picture. Raises ValidationError for addresses of anything else."""
        image = image_at(data) if isinstance(data, str) and len(data) <= ADDRESS_MAX else None
        if image is None:
            self.fail("unknown")
        return image


class CategoryIdField(IdField):
    """The id of a category."""

    default_error_messages = {"invalid": _("There is no such category.")}

    def to_internal_value(self, data: Any) -> Category:
        """The category. Raises ValidationError for an unknown id."""
        category = Category.objects.filter(pk=super().to_internal_value(data)).first()
        if category is None:
            self.fail("invalid")
        return category


class _PostFields(Input):
    """What is the same for a new post and a change."""

    excerpt = StrictCharField(required=False, max_length=EXCERPT_MAX, allow_blank=True)
    cover_image = CoverField(required=False, allow_null=True, help_text="A picture of this site; null for none.")
    tags = serializers.ListField(
        child=StrictCharField(max_length=TAG_MAX, error_messages={"blank": TAG_MISSING}),
        required=False,
        max_length=TAGS_MAX,
    )
    category_id = CategoryIdField(required=False, allow_null=True, source="category")
    series_id = IdField(
        required=False, allow_null=True, help_text="A series one may write into; null for none. Newcomers come last."
    )
    series_position = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=FAR_ENOUGH,
        help_text="The place in the series, from 1, as `series.position` tells it; null for the end.",
    )


class PostChanges(_PostFields):
    """What can be changed of a post; what is left out stays as it is."""

    title = StrictCharField(required=False, max_length=TITLE_MAX, error_messages={"blank": PostPage.title_missing})
    content = StrictCharField(required=False, max_length=CONTENT_MAX, help_text="HTML; it is cleaned.")
    body = BodyField(required=False, help_text="The text as blocks, instead of `content`.")
    published = StrictBooleanField(required=False)
    version = StrictIntegerField(required=False, min_value=0, help_text="The version the change was made from.")


class PostInput(_PostFields):
    """A new post."""

    title = StrictCharField(max_length=TITLE_MAX, error_messages={"blank": PostPage.title_missing})
    content = StrictCharField(max_length=CONTENT_MAX, help_text="HTML; it is cleaned.")
    published = StrictBooleanField(default=False)
