"""Facts about posts."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("post.created", aggregate="post", by="post_id")
class PostCreated(Fact):
    """A post was made, as a draft or at once live."""

    post_id: int
    author_id: int | None


@fact_class("post.updated", aggregate="post", by="post_id")
class PostUpdated(Fact):
    """A new version of the text was stored."""

    post_id: int


@fact_class("post.published", aggregate="post", by="post_id")
class PostPublished(Fact):
    """A version went live; `first` when the post was never live before."""

    post_id: int
    author_id: int | None
    first: bool


@fact_class("post.unpublished", aggregate="post", by="post_id")
class PostUnpublished(Fact):
    """The post was taken off the site."""

    post_id: int


@fact_class("post.hidden", aggregate="post", by="post_id")
class PostHidden(Fact):
    """A moderator took the post out of sight; `post.unpublished` says the same to whom the reason does not matter."""

    post_id: int
    author_id: int | None


@fact_class("post.brought_back", aggregate="post", by="post_id")
class PostBroughtBack(Fact):
    """A moderator showed a hidden post again, as it was: nothing new, so nobody is told of a post."""

    post_id: int
    author_id: int | None


@fact_class("post.deleted", aggregate="post", by="post_id")
class PostDeleted(Fact):
    """The post went to the bin, or (`for_good`) out of it."""

    post_id: int
    for_good: bool = False


@fact_class("post.restored", aggregate="post", by="post_id")
class PostRestored(Fact):
    """The post came back out of the bin, as a draft."""

    post_id: int


@fact_class("post.shared", aggregate="user", by="user_id")
class PostShared(Fact):
    """Somebody shared a post, told once a day; `to_followers` with those who follow them, else elsewhere."""

    user_id: int
    share_id: int
    post_id: int
    author_id: int | None
    to_followers: bool
