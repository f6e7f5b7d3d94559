"""All page types, snippets and pictures."""

from cms.models.confined import is_confined
from cms.models.creators import CreatorGround, CreatorIndexPage, CreatorPage
from cms.models.feed import CategoryRead, FeedPreference, ListedPost
from cms.models.frame import SiteFrame
from cms.models.home import FeaturedPost, HomePage
from cms.models.images import CustomDocument, CustomImage, CustomRendition
from cms.models.imports import ImportedObject
from cms.models.posts import PostPage, PostTag
from cms.models.search import EmptySearch
from cms.models.sections import SectionPage
from cms.models.series import SeriesPage
from cms.models.snippets import Announcement, Category, ReusableContent
from cms.models.standard import StandardPage

__all__ = [
    "Announcement",
    "Category",
    "CategoryRead",
    "CreatorGround",
    "CreatorIndexPage",
    "CreatorPage",
    "CustomDocument",
    "CustomImage",
    "CustomRendition",
    "EmptySearch",
    "FeaturedPost",
    "FeedPreference",
    "HomePage",
    "ImportedObject",
    "ListedPost",
    "PostPage",
    "PostTag",
    "ReusableContent",
    "SectionPage",
    "SeriesPage",
    "SiteFrame",
    "StandardPage",
    "is_confined",
]
