"""Reading content: what a viewer may see, as pages, cards and lists."""

from cms.selectors.cards import CategoryChip, CreatorCard, PostCard, TagChip, post_cards
from cms.selectors.lists import Paginated, paginate
from cms.selectors.pages import (
    find_author_page,
    forget_frame,
    list_creators,
    list_featured_creators,
    list_navigation,
    list_talked_about,
    remember_site,
    talked_about,
)
from cms.selectors.posts import (
    ORDERS,
    get_category,
    get_deleted_post,
    get_post,
    get_tag,
    list_bin,
    list_hidden_from_explorer,
    list_posts,
    list_related,
    order_posts,
)

__all__ = [
    "ORDERS",
    "CategoryChip",
    "CreatorCard",
    "Paginated",
    "PostCard",
    "TagChip",
    "find_author_page",
    "forget_frame",
    "get_category",
    "get_deleted_post",
    "get_post",
    "get_tag",
    "list_bin",
    "list_creators",
    "list_featured_creators",
    "list_hidden_from_explorer",
    "list_navigation",
    "list_posts",
    "list_related",
    "list_talked_about",
    "order_posts",
    "paginate",
    "post_cards",
    "remember_site",
    "talked_about",
]
