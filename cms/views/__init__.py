"""The pages of the site; importing this registers what answers for each type of page and snippet."""

from cms.views.doors import admin_door
from cms.views.feed import feed, news, preferences
from cms.views.lists import category, latest, tag
from cms.views.machines import favicon, robots, sitemap
from cms.views.offline import manifest, offline, service_worker
from cms.views.pages import serve_page
from cms.views.people import profile
from cms.views.previews import announcement, reusable_content
from cms.views.reports import page_types, page_types_results
from cms.views.search import search
from cms.views.tags import tags_to_complete

__all__ = [
    "admin_door",
    "announcement",
    "category",
    "favicon",
    "feed",
    "latest",
    "manifest",
    "news",
    "offline",
    "page_types",
    "page_types_results",
    "preferences",
    "profile",
    "reusable_content",
    "robots",
    "search",
    "serve_page",
    "service_worker",
    "sitemap",
    "tag",
    "tags_to_complete",
]
