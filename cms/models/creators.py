"""Authors' pages and their directory."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Collection, Page, PagePermissionTester
from wagtail.search import index

from cms.models.confined import GroundForm
from cms.models.serving import ServedPage
from community.core.text import clean_html

HOME_DEPTH = 2


class AuthorsGround:
    """Mixin: editorial rights on the home page do not reach into people's own pages.

    Wagtail's rights are inherited down the tree, and editors have theirs on the home page. Below the directory
    only rights given at the very root (administrators) or at the author's page itself count.
    """

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """As Wagtail's, without what was granted at the home page; nothing for what lies in the bin."""
        tester = super().permissions_for_user(user)  # type: ignore[misc]
        path = self.path  # type: ignore[attr-defined]
        if hasattr(tester, "permissions") and path[: Page.steplen * (HOME_DEPTH + 1)] in _directories(user):
            tester.permissions = {
                granted.permission.codename.rsplit("_", maxsplit=1)[0]
                for granted in tester.permission_policy.get_cached_permissions_for_user(user)
                if path.startswith(granted.page.path) and granted.page.depth != HOME_DEPTH
            }
        if hasattr(tester, "permissions") and getattr(self, "deleted_at", None) is not None:
            tester.permissions = set()
        return tester


def _directories(user: Any) -> frozenset[str]:
    """The paths of the directories, asked once for each `user` object, as Wagtail does with the user's rights."""
    known: frozenset[str] | None = getattr(user, "_directories", None)
    if known is None:
        known = frozenset(CreatorIndexPage.objects.values_list("path", flat=True))
        user._directories = known
    return known


class CreatorIndexPage(ServedPage, Page):
    """The directory of creators; authors' pages lie below it."""

    introduction = models.TextField(_("introduction"), max_length=500, blank=True)

    content_panels = [*Page.content_panels, "introduction"]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.CreatorPage"]
    template = "cms/pages/creator_index_page.html"
    page_description = _("The directory of creators. One is enough.")
    admin_icon = "group"
    max_count = 1

    class Meta:
        verbose_name = _("creator directory")
        verbose_name_plural = _("creator directories")


class CreatorPageForm(GroundForm):
    """The editor's form: the address is the user name, and whose page it is nobody changes on their own."""

    kept_by_staff = (*GroundForm.kept_by_staff, "person", "slug")


class CreatorPage(AuthorsGround, ServedPage, Page):
    """The page of somebody who publishes: made at the first post, its slug is the user name in lower case."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="creator_page"
    )
    headline = models.CharField(_("headline"), max_length=160, blank=True)
    about = RichTextField(_("about"), blank=True, features=["bold", "italic", "link", "ul", "ol"])
    banner = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("banner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    pinned_post = models.ForeignKey(
        "cms.PostPage",
        verbose_name=_("pinned post"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    content_panels = [*Page.content_panels, "headline", "about", "banner", FieldPanel("pinned_post")]
    settings_panels = [*Page.settings_panels, "person"]
    base_form_class = CreatorPageForm
    search_fields = [*Page.search_fields, index.SearchField("headline"), index.FilterField("person_id")]
    parent_page_types = ["cms.CreatorIndexPage"]
    subpage_types = ["cms.PostPage", "cms.SeriesPage"]
    #: what the page needs besides the row
    served_with = ("person__profile", "banner")
    template = "cms/pages/creator_page.html"
    page_description = _("The page of one author. It is made by itself at the first post.")
    admin_icon = "user"

    class Meta:
        verbose_name = _("author page")
        verbose_name_plural = _("author pages")

    def clean(self) -> None:
        """Cleans the text by the site's policy."""
        super().clean()
        self.about = clean_html(self.about)

    def with_content_json(self, content: dict[str, Any]) -> CreatorPage:
        """A stored version of the page, at the address of today: a draft from before another user name keeps none."""
        page: CreatorPage = super().with_content_json(content)
        page.slug = self.slug
        return page


class CreatorGround(models.Model):
    """What somebody works on in the admin: a group of one, and a collection of pictures and files.

    The group has rights at the author page and at the collection and nowhere else. It goes with the role; the
    collection stays, since posts show what is in it.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ground")
    group = models.OneToOneField("auth.Group", null=True, on_delete=models.SET_NULL, related_name="+")
    collection = models.OneToOneField(Collection, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"ground of user {self.person_id}"
