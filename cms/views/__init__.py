"""The pages of the site."""

from cms.views.lists import category, latest, tag
from cms.views.machines import robots, sitemap
from cms.views.pages import serve_page
from cms.views.people import profile
from cms.views.search import search

__all__ = ["category", "latest", "profile", "robots", "search", "serve_page", "sitemap", "tag"]
