"""Posts are taken out of sight by moderators, and brought back exactly as they were."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.actions.unpublish_page import UnpublishPageAction

from cms import permissions
from cms.choices import POST
from cms.models import PostPage
from cms.services.parts import lock_posts
from community.accounts.permissions import Actor, require_writer
from community.core import audit, outbox, reasons
from community.core.errors import NotAllowed, NotFound
from community.core.transactions import retried
from community.facts.posts import PostBroughtBack, PostHidden

HIDDEN = audit.declare("post.hidden", _("Post hidden"))
RESTORED = audit.declare("post.brought_back", _("Post brought back"))


@retried
def hide_post(*, actor: Actor, post: PostPage, reason: str) -> PostPage:
    """Takes a post off the site and keeps why; until it is brought back, nobody publishes it.

    Which version was live and when it was published stays. Raises Invalid, NotAllowed, or NotFound for what is not on
    the site.
    """
    moderator = require_writer(actor)
    if not permissions.can_hide_post(moderator):
        raise NotAllowed()
    said = reasons.stated(reason)
    found = lock_posts([post.pk]).get(post.pk)
    if found is None or not found.live or found.deleted_at is not None:
        raise NotFound()
    live_revision = found.live_revision_id
    changed = found.has_unpublished_changes
    UnpublishPageAction(found, user=moderator).execute(skip_permission_checks=True)
    PostPage.objects.filter(pk=post.pk).update(
        hidden_at=timezone.now(), hidden_by=moderator, hidden_reason=said,
        live_revision=live_revision, has_unpublished_changes=changed,
    )  # fmt: skip
    outbox.record(PostHidden(post_id=post.pk, author_id=found.author_id), actor_id=moderator.pk)
    audit.record(actor=moderator, act=HIDDEN, target_kind=POST, target_id=post.pk, reason=said)
    return PostPage.objects.get(pk=post.pk)


@retried
def bring_post_back(*, actor: Actor, post: PostPage) -> PostPage:
    """Shows a hidden post as it was: the same version, with its old dates, and nobody is told of a new one.

    What its author has put into the bin meanwhile stays there. Raises NotAllowed, or NotFound where nothing is hidden.
    """
    moderator = require_writer(actor)
    if not permissions.can_hide_post(moderator):
        raise NotAllowed()
    found = lock_posts([post.pk]).get(post.pk)
    if found is None or found.hidden_at is None:
        raise NotFound()
    found.hidden_at, found.hidden_by, found.hidden_reason = None, None, ""
    found.live = found.deleted_at is None
    # Stored by the model, so that menus, kept pages and the index of words learn it.
    found.save(update_fields=["hidden_at", "hidden_by", "hidden_reason", "live"], clean=False)
    outbox.record(PostBroughtBack(post_id=post.pk, author_id=found.author_id), actor_id=moderator.pk)
    audit.record(actor=moderator, act=RESTORED, target_kind=POST, target_id=post.pk)
    return found
