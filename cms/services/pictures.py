"""Pictures of posts, made before somebody waits for them."""

from __future__ import annotations

from cms.models import PostPage
from cms.selectors.pictures import picture

COVER_PRESETS = ("cover", "card")


def prepare_cover(*, post_id: int) -> None:
    """Makes the renditions of a post's cover that are missing; twice, or for a post that is gone, changes nothing."""
    post = PostPage.objects.select_related("cover_image").filter(pk=post_id, cover_image__isnull=False).first()
    if post is not None and post.cover_image is not None:
        for preset in COVER_PRESETS:
            picture(post.cover_image, preset)
