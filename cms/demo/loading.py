"""Loading the demonstration: everything is made once, by its natural key, and left alone from then on."""

from __future__ import annotations

import os

from django.conf import settings

from cms.demo import pages, people, posts, talk, ties, votes
from cms.demo.gallery import Gallery
from cms.demo.material import ADMIN, EDITOR, read_material
from cms.demo.progress import Progress, silent
from cms.models import PostPage
from cms.services import ensure_site_structure
from cms.services.pictures import prepare_post
from community.core import limits

#: So many posts have their pictures made smaller at once; the worker does the others while people look around.
FIRST_SEEN = 30


class DemoRefusedError(RuntimeError):
    """This is not a place for accounts with a public password."""


def refuse_unless_demo() -> None:
    """Raises DemoRefusedError unless the demonstration is switched on, and always in production settings."""
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        raise DemoRefusedError("The demonstration has accounts with a public password: never in production settings.")
    if not settings.DEMO:
        raise DemoRefusedError("The demonstration is switched off. To load it, set SPARKLE_DEMO=1.")


def load_demo(progress: Progress = silent, *, picture_scale: float = 0.8) -> None:
    """Makes what is missing of the demonstration; what is there stays, also when somebody has changed it.

    Dates are counted back from the moment at which the account `admin` was made: a load that was interrupted
    goes on with the same dates. Pictures of scale 1 have 1600 × 900 points. What follows from the facts of the posts
    is left to the worker. Raises DemoRefusedError.
    """
    refuse_unless_demo()
    material = read_material()
    ensure_site_structure()
    with Gallery(scale=picture_scale) as gallery, limits.lifted():
        users = people.load_people(material, gallery, progress)
        people.load_author_pages(material, users, gallery, progress)
        shelves = pages.Shelves(
            categories=pages.load_categories(material),
            sections=pages.load_sections(material, owner=users[EDITOR]),
            series=pages.load_series(material, users, gallery),
        )
        posts.load_posts(material, users, shelves, users[ADMIN].created_at, gallery, progress)
        posts.load_drafts(material, users[EDITOR], shelves, users[ADMIN].created_at)
        talk.load_talk(users, progress)
        talk.load_reactions(users, users[ADMIN].created_at, progress)
        ties.load_ties(users, progress)
        votes.load_votes(users, progress)
    pages.load_documents(material, owner=users[EDITOR])
    pages.load_announcements(material)
    pages.load_home(material, owner=users[EDITOR])
    progress("the pictures that a first visit shows")
    newest = PostPage.objects.published().order_by("-first_published_at").values_list("pk", flat=True)
    for post_id in newest[:FIRST_SEEN]:
        prepare_post(post_id=post_id)
