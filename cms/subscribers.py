"""What the content does when something happens elsewhere."""

from __future__ import annotations

from cms.models import CreatorPage
from cms.selectors.videos import list_videos_to_show
from cms.services.authors import rename_author_page
from cms.services.pictures import prepare_post
from community.core import generations
from community.core.outbox import Recorded, subscriber
from community.facts.accounts import ProfileHidden, ProfileRestored, UserStatusChanged, UserUpdated
from community.facts.posts import PostBroughtBack, PostDeleted, PostPublished, PostUnpublished, PostUpdated
from community.youtube.services import want_previews


@subscriber(UserUpdated)
def rename_author_page_after_profile_change(recorded: Recorded) -> None:
    """The author page carries the display name of its person."""
    if "display_name" in recorded.fact.changed:
        page = CreatorPage.objects.filter(person_id=recorded.fact.user_id).first()
        if page is not None:
            rename_author_page(page=page)


@subscriber(PostPublished)
def prepare_cover_of_published_post(recorded: Recorded) -> None:
    """The first reader does not wait for pictures to be made smaller."""
    prepare_post(post_id=recorded.fact.post_id)


@subscriber(PostPublished, PostUpdated)
def want_previews_of_videos(recorded: Recorded) -> None:
    """Titles and pictures of videos are there before the first readers, who ask YouTube for nothing."""
    want_previews(video_ids=list_videos_to_show(recorded.fact.post_id))


@subscriber(
    PostPublished, PostUnpublished, PostBroughtBack, PostDeleted,
    UserUpdated, UserStatusChanged, ProfileHidden, ProfileRestored,
)  # fmt: skip
def make_kept_pages_old(recorded: Recorded) -> None:
    """Once more than at the change itself: what bumped then may have been lost with its process."""
    generations.bump(generations.SITE)
