"""Posts as targets: others point to a post as ("post", id)."""

from __future__ import annotations

from collections.abc import Iterable

from cms import selectors, services
from cms.choices import POST
from cms.models import PostPage
from cms.rules import address
from community.accounts.permissions import Actor
from community.core import counts, targets


class PostTarget:
    """The content's answers about posts."""

    def get(self, target_id: int, viewer: Actor) -> PostPage:
        """The post, or NotFound."""
        return selectors.get_post(target_id, viewer=viewer)

    def cards(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.TargetCard]:
        """Title and address of each post that `viewer` may see."""
        rows = selectors.list_posts(viewer=viewer).filter(pk__in=list(ids)).values_list("pk", "title", "url_path")
        return {pk: targets.TargetCard(POST, pk, title, address(url_path)) for pk, title, url_path in rows}

    def hide(self, target_id: int, *, actor: Actor) -> None:
        """Takes the post off the site."""
        services.unpublish_post(actor=actor, post=selectors.get_post(target_id, viewer=actor))

    def restore(self, target_id: int, *, actor: Actor) -> None:
        """Brings a post back out of the bin."""
        services.restore_post(actor=actor, post=selectors.get_deleted_post(target_id, viewer=actor))


def register() -> None:
    """Called when the app is ready."""
    targets.register(POST, PostTarget())
    counts.register_kind(POST, PostPage.objects.all)
