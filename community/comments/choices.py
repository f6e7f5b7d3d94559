"""Numbers and words of comments."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

COMMENT = "comment"
CONTENT_MAX = 5000
#: Of somebody without an account.
NAME_MAX, ADDRESS_MAX = 100, 500
#: How long an author may change a text.
EDITABLE = timedelta(hours=24)
#: So many people of a text hear of it.
MENTIONS_MAX = 10
#: Threads on a page, and the first replies shown of each; the rest comes when asked for.
PAGE_SIZE, REPLIES_SHOWN = 20, 3
#: Replies of a thread at a time.
THREAD_SIZE = 50
#: Comment, reply, reply to a reply: what lies deeper is shown at the third level, with the name it answers.
LEVELS = 3
#: Moments of a video shown beside it.
MOMENTS = 200
#: 99:59:59, where nobody knows how long a video is.
LONGEST_VIDEO = 359_999
#: From this trust on, links are followed by search engines.
LINKS_FOLLOWED_FROM = 2
#: Added to the score of the one that is pinned: it stands above all others.
PINNED_SCORE = 1_000_000_000
#: Added to the score of what another site says of itself: it stands below all that people said.
PING_SCORE = -PINNED_SCORE
#: Deleted texts are wiped after this time.
DELETED_KEPT = timedelta(days=30)


class Sort(models.TextChoices):
    """The orders of a list of comments."""

    BEST = "best", _("Best")
    NEWEST = "newest", _("Newest")
    OLDEST = "oldest", _("Oldest")


#: Names of columns for each order, all one direction, the last unique: what a cursor goes by.
ORDERINGS: dict[str, tuple[str, str]] = {
    Sort.BEST: ("-score", "-pk"),
    Sort.NEWEST: ("-created_at", "-pk"),
    Sort.OLDEST: ("created_at", "pk"),
}
