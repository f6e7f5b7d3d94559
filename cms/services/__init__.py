"""Changing content."""

from cms.services.bootstrap import creator_index, ensure_site_structure, site_root
from cms.services.feed import note_reads, set_for_you
from cms.services.grounds import give_ground
from cms.services.hiding import bring_post_back, hide_post
from cms.services.posts import (
    CategoryUnknown,
    StaleVersion,
    clean_again,
    create_post,
    delete_post,
    purge_bin,
    restore_post,
    unpublish_post,
    update_post,
)
from cms.services.series import create_series, delete_series, order_parts, update_series
from cms.services.tree import add_page, ensure_author_page, unique_slug

__all__ = [
    "CategoryUnknown",
    "StaleVersion",
    "add_page",
    "bring_post_back",
    "clean_again",
    "create_post",
    "create_series",
    "creator_index",
    "delete_post",
    "delete_series",
    "ensure_author_page",
    "ensure_site_structure",
    "give_ground",
    "hide_post",
    "note_reads",
    "order_parts",
    "purge_bin",
    "restore_post",
    "set_for_you",
    "site_root",
    "unique_slug",
    "unpublish_post",
    "update_post",
    "update_series",
]
