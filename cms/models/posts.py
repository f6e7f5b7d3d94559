"""Posts: the one content type that fans, creators and editors publish."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PagePermissionTester
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms.blocks import BodyBlock
from cms.choices import EXCERPT_MAX, POST, READ_BLOCKS, SEARCHED_LENGTH, SUMMARY_LENGTH
from cms.models.confined import GroundForm
from cms.models.creators import AuthorsGround
from cms.models.serving import ServedPage
from cms.rules import poll_in
from cms.validators import clean_tags
from community.core import text
from community.core.errors import Conflict
from community.core.reasons import REASON_MAX
from community.polls.services import find_refusals


class HiddenByModerators(Conflict):
    """While moderators hide a post, nobody publishes it."""

    message = _("Moderators have hidden this post. It cannot be published until they bring it back.")


class PostTag(TaggedItemBase):
    """A tag on a post."""

    content_object = ParentalKey("cms.PostPage", on_delete=models.CASCADE, related_name="tagged_items")


class PostForm(GroundForm):
    """The editor's form: its tags are those that services take."""

    kept_by_staff = (*GroundForm.kept_by_staff, "author", "featured_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields.get("category")
        if self.confined and category is not None:
            # Creators do not look after categories: they get a plain list in the place of the chooser.
            self.fields["category"] = forms.ModelChoiceField(
                queryset=category.queryset, label=category.label, required=False
            )

    def clean_tags(self) -> list[str]:
        """The names of the tags."""
        return clean_tags(self.cleaned_data["tags"])

    def clean(self) -> dict[str, Any]:
        """As Wagtail's. What is to go out has no other poll than the one in which people vote."""
        cleaned: dict[str, Any] = super().clean()
        goes_out = not {"action-publish", "action-submit"}.isdisjoint(self.data)
        found = poll_in(cleaned["body"]) if goes_out and cleaned.get("body") else None
        if found is not None:
            place, wanted = found
            refused = find_refusals(kind=POST, target_id=self.instance.pk, wanted=wanted)
            if refused:
                messages = {name: ValidationError(str(message)) for name, message in refused.items()}
                in_poll = StructBlockValidationError(block_errors=messages)
                self.add_error("body", StreamBlockValidationError(block_errors={place: in_poll}))
        return cleaned


class PostQuerySet(PageQuerySet):
    """Small filters that chain."""

    def existing(self) -> PostQuerySet:
        """Not in the bin."""
        return self.filter(deleted_at__isnull=True)

    def published(self) -> PostQuerySet:
        """What everybody may see."""
        return self.existing().live()


class PostPage(AuthorsGround, ServedPage, Page):
    """A post. Made and changed by cms.services, in the admin as through the API."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posts",
        help_text=_("Empty: you."),
    )
    excerpt = models.CharField(
        _("excerpt"), max_length=EXCERPT_MAX, blank=True, help_text=_("Empty: the first words of the text.")
    )
    cover_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("cover"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    video = models.CharField(
        _("YouTube video"), max_length=200, blank=True, help_text=_("Address or id. It is shown instead of the cover.")
    )
    category = models.ForeignKey(
        "cms.Category",
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="posts",
    )
    tags = ClusterTaggableManager(verbose_name=_("tags"), through=PostTag, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    content_warning = models.CharField(_("content warning"), max_length=200, blank=True)
    original_url = models.URLField(
        _("first published at"), max_length=500, blank=True, help_text=_("The address search engines should prefer.")
    )
    comments_enabled = models.BooleanField(_("comments"), default=True)
    featured_until = models.DateTimeField(_("featured until"), null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    hidden_reason = models.CharField(max_length=REASON_MAX, blank=True, editable=False)
    summary = models.CharField(
        max_length=EXCERPT_MAX, blank=True, editable=False, help_text="The excerpt, or the first words of the text."
    )
    word_count = models.PositiveIntegerField(default=0, editable=False)
    reading_minutes = models.PositiveIntegerField(default=0, editable=False)
    policy_version = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="The cleaning policy the stored text has passed."
    )

    objects = PageManager.from_queryset(PostQuerySet)()
    base_form_class = PostForm

    content_panels = [
        *Page.content_panels,
        FieldPanel("excerpt"),
        FieldPanel("cover_image"),
        FieldPanel("video"),
        FieldPanel("body"),
        MultiFieldPanel(["category", "tags", "language", "content_warning"], heading=_("Where it belongs")),
    ]
    promote_panels = [*Page.promote_panels, FieldPanel("original_url"), FieldPanel("featured_until")]
    settings_panels = [PublishingPanel(), FieldPanel("author"), FieldPanel("comments_enabled")]
    search_fields = [
        *Page.search_fields,
        index.SearchField("excerpt"),
        index.SearchField("searchable_text"),
        index.RelatedFields("tags", [index.SearchField("name")]),
        index.FilterField("author_id"),
        index.FilterField("category_id"),
        index.FilterField("deleted_at"),
        index.FilterField("language"),
    ]
    parent_page_types = ["cms.CreatorPage", "cms.SectionPage", "cms.SeriesPage"]
    subpage_types: list[str] = []
    #: what a reader's page needs besides the row
    served_with = ("author__profile", "category", "cover_image")
    template = "cms/pages/post_page.html"
    page_description = _("A text, a video, a picture story.")
    admin_icon = "doc-full"
    title_missing = _("A post needs a title.")
    show_in_menus_default = False
    #: `cms.receivers` does it: once, when a service has stored all of a post.
    search_auto_update = False

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [
            models.Index(fields=["author", "deleted_at"], name="post_author"),
            models.Index(
                fields=["featured_until"], name="post_featured", condition=models.Q(featured_until__isnull=False)
            ),
            models.Index(fields=["deleted_at"], name="post_bin", condition=models.Q(deleted_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_reason="")
                | models.Q(hidden_at__isnull=False) & ~models.Q(hidden_reason=""),
                name="post_hidden_why",
            )
        ]

    @property
    def version(self) -> int:
        """The number of the newest revision: what an optimistic save is compared with."""
        return self.latest_revision_id or 0

    @property
    def video_id(self) -> str:
        """The 11 characters of YouTube, or an empty text."""
        return text.youtube_id(self.video) or ""

    def clean(self) -> None:
        """Refuses what is not a video; fills what is derived from the text."""
        super().clean()
        if self.video and not self.video_id:
            raise ValidationError({"video": _("This is not the address of a YouTube video.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores the numbers that belong to the text with the text."""
        if kwargs.get("update_fields") is None:
            if self.author is None:
                self.author = self.owner
            self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Summary, words, reading time and the policy the body passes when it is stored."""
        plain = " ".join(self.plain_text().split())
        words = text.count_words(plain)
        self.summary = self.excerpt or text.truncate(plain, SUMMARY_LENGTH)
        self.word_count = words
        self.reading_minutes = text.reading_minutes(words)
        self.policy_version = text.POLICY_VERSION

    def searchable_text(self) -> str:
        """The beginning of the words: PostgreSQL's index takes at most a megabyte of a text."""
        return self.plain_text()[:SEARCHED_LENGTH]

    def plain_text(self) -> str:
        """The words somebody reads in the body: not its code, addresses and captions."""
        return " ".join(
            " ".join(str(part) for part in child.block.get_searchable_content(child.value))
            for child in self.body
            if child.block_type in READ_BLOCKS
        )

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """As Wagtail's; what moderators have hidden is not published from the admin."""
        tester = super().permissions_for_user(user)
        if self.hidden_at is not None and hasattr(tester, "permissions"):
            tester.permissions = set(tester.permissions) - {"publish"}
        return tester

    def with_content_json(self, content: dict[str, Any]) -> PostPage:
        """A stored version of the post; whether moderators have hidden it is not a thing of versions."""
        post: PostPage = super().with_content_json(content)
        for name in ("hidden_at", "hidden_by_id", "hidden_reason"):
            setattr(post, name, getattr(self, name))
        return post

    @transaction.atomic
    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """As Wagtail's, in one transaction with the fact that its receiver records. Raises Conflict while hidden."""
        if PostPage.objects.filter(pk=self.pk, hidden_at__isnull=False).exists():
            raise HiddenByModerators()
        return super().publish(revision, *args, **kwargs)

    @transaction.atomic
    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        """As Wagtail's, in one transaction with the fact that its receiver records."""
        return super().unpublish(*args, **kwargs)
