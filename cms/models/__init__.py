"""All page types, snippets and pictures."""

from cms.models.creators import CreatorIndexPage, CreatorPage
from cms.models.home import HomePage
from cms.models.images import CustomDocument, CustomImage, CustomRendition
from cms.models.imports import ImportedObject
from cms.models.posts import PostPage, PostTag
from cms.models.sections import SectionPage
from cms.models.snippets import Category
from cms.models.standard import StandardPage

__all__ = [
    "Category",
    "CreatorIndexPage",
    "CreatorPage",
    "CustomDocument",
    "CustomImage",
    "CustomRendition",
    "HomePage",
    "ImportedObject",
    "PostPage",
    "PostTag",
    "SectionPage",
    "StandardPage",
]
