"""Things that tests need, made through the services where there are some."""

from tests.factories.accounts import PASSWORD, Cast, make_user
from tests.factories.content import make_category, make_image, make_post, make_section, make_series
from tests.factories.copies import copy_posts, growing

__all__ = [
    "PASSWORD",
    "Cast",
    "copy_posts",
    "growing",
    "make_category",
    "make_image",
    "make_post",
    "make_section",
    "make_series",
    "make_user",
]
