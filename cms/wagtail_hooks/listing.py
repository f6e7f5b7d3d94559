"""Posts as a list of their own, and the explorer's columns: how something does is seen where it is found."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.utils.translation import gettext_lazy as _
from django_filters.filters import CharFilter, ChoiceFilter, ModelMultipleChoiceFilter, MultipleChoiceFilter
from wagtail import hooks
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.ui.tables.pages import PageTypeColumn, ParentPageColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, IndexView, PageFilterSet
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.models import Page

from cms import selectors
from cms.models import Category, CreatorPage, PostPage, SectionPage, SeriesPage

NUMBERS = (("views", _("Views")), ("reactions", _("Reactions")), ("comments", _("Comments")))


class NumberColumn(Column):
    """A number of a post, short as on the site; nothing for other pages. It sorts, but not among search results."""

    cell_template_name = "cms/admin/number_cell.html"

    def get_header_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Search results are in the order of relevance."""
        context = super().get_header_context_data(parent_context)
        context["is_orderable"] = bool(self.sort_key) and not parent_context.get("is_searching")
        return context

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """With the number itself: Wagtail hands over a text."""
        context = super().get_cell_context_data(instance, parent_context)
        context["number"] = self.get_value(instance) if isinstance(instance, PostPage) else None
        return context


class TypeColumn(PageTypeColumn):
    """The type of a page with its icon."""

    cell_template_name = "cms/admin/type_cell.html"


def with_icons(columns: list[BaseColumn]) -> list[BaseColumn]:
    """`columns`, the type of a page shown with its icon."""
    return [
        TypeColumn("type", label=_("Type"), accessor="page_type_display_name", sort_key=column.sort_key, width="12%")
        if isinstance(column, PageTypeColumn)
        else column
        for column in columns
    ]


def with_numbers(columns: list[BaseColumn]) -> list[BaseColumn]:
    """`columns` with those of NUMBERS before the last one, the status."""
    numbers = [
        NumberColumn(f"shown_{name}", label=label, classname="desk-number", sort_key=f"shown_{name}", width="7%")
        for name, label in NUMBERS
    ]
    return [*columns[:-1], *numbers, columns[-1]]


class WithNumbers:
    """Mixin of listings: the numbers of every post come with the rows, in the same query."""

    def annotate_queryset(self, pages: QuerySet[Page]) -> QuerySet[Page]:
        """As Wagtail's, with the numbers."""
        return super().annotate_queryset(selectors.annotate_numbers(pages))  # type: ignore[misc]

    def get_valid_orderings(self) -> list[str]:
        """The search index knows no numbers."""
        orderings = super().get_valid_orderings()  # type: ignore[misc]
        return [name for name in orderings if not (self.is_searching and "shown_" in name)]  # type: ignore[attr-defined]


class ExplorerView(ExplorableIndexView):
    """The explorer where no posts lie."""

    base_columns = with_icons(ExplorableIndexView.base_columns)


class PostsExplorerView(WithNumbers, ExplorableIndexView):
    """The explorer where posts lie."""

    base_columns = with_numbers(with_icons(ExplorableIndexView.base_columns))


class PostFilterSet(PageFilterSet):
    """What editors look for: by author, category, language, and what is not out yet."""

    author = CharFilter(label=_("By (user name)"), method="by_author")
    category = ModelMultipleChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), widget=CheckboxSelectMultiple
    )
    language = MultipleChoiceFilter(
        label=_("Language"), choices=PostPage._meta.get_field("language").choices, widget=CheckboxSelectMultiple
    )
    live = ChoiceFilter(
        label=_("Status"),
        choices=[("True", _("Live")), ("False", _("Draft"))],
        empty_label=_("Any"),
        widget=RadioSelect,
    )
    # Lists of everybody who ever wrote or edited would grow with the site.
    owner = None
    edited_by = None
    site = None
    has_child_pages = None

    class Meta:
        model = PostPage
        fields: list[str] = []

    def by_author(self, posts: QuerySet[PostPage], name: str, value: str) -> QuerySet[PostPage]:
        """The posts of the person with this user name."""
        return selectors.posts_by(posts, value.removeprefix("@"))


class PostsView(WithNumbers, IndexView):
    """Every post somebody may find in the admin."""

    base_columns = with_numbers(
        [
            ParentPageColumn("parent", label=_("Below"), classname="desk-place") if column.name == "parent" else column
            for column in IndexView.base_columns
        ]
    )
    page_title = _("Posts")


class PostListingViewSet(PageListingViewSet):
    """Posts in the main menu."""

    name = "posts"
    model = PostPage
    icon = PostPage.admin_icon
    index_view_class = PostsView
    filterset_class = PostFilterSet
    menu_label = _("Posts")
    menu_order = 90
    add_to_admin_menu = True
    list_export = ["title", "author", "category", "first_published_at", "word_count"]


class PostsExplorerViewSet(PageViewSet):
    """The explorer below authors' pages, sections and series; of all types, since sections hold series as well."""

    model = Page
    index_view_class = PostsExplorerView
    parent_models = [CreatorPage, SectionPage, SeriesPage]


class ExplorerViewSet(PageViewSet):
    """Every other page in the explorer, and all else that Wagtail does with pages."""

    model = Page
    index_view_class = ExplorerView
    parent_models = [Page]


@hooks.register("register_admin_viewset")
def listings() -> list[ViewSet]:
    """The list of posts, and the explorer's lists."""
    return [PostListingViewSet(), PostsExplorerViewSet(), ExplorerViewSet()]
