"""Videos of posts: which there are, and what is stored of them."""

from __future__ import annotations

from cms.models import PostPage
from cms.rules import videos_in
from community.youtube.selectors import Preview, previews


def videos_of(post: PostPage) -> list[str]:
    """The ids of the videos of a loaded post or draft, each once: that on top, and those in its text."""
    return list(dict.fromkeys([*filter(None, [post.video_id]), *videos_in(post.body)]))


def list_videos_to_show(post_id: int) -> list[str]:
    """The ids of all videos of a post, of its live version and of its newest draft; none for a post that is gone."""
    post = PostPage.objects.existing().filter(pk=post_id).first()
    if post is None:
        return []
    draft = post.get_latest_revision_as_object() if post.latest_revision_id else post
    return list(dict.fromkeys([*videos_of(post), *videos_of(draft)]))


def previews_of(post: PostPage) -> dict[str, Preview]:
    """What is stored of the videos of a loaded post, by their ids; one query, none for a post without videos."""
    return previews(videos_of(post))
