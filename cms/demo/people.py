"""The demonstration's people: accounts, profiles and authors' pages."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from cms.demo.accounts import DEMO_PASSWORD, UNCONFIRMED, demo_accounts
from cms.demo.gallery import Gallery
from cms.demo.material import ADMIN, EDITOR, AuthorPage, Material, Person
from cms.demo.progress import Progress
from cms.models import CreatorPage
from cms.services import ensure_author_page
from community.accounts.choices import EDITORS, Role
from community.accounts.models import User
from community.accounts.services import agree_to_terms, create_user, store_avatar


def load_people(material: Material, gallery: Gallery, progress: Progress) -> dict[str, User]:
    """All people by user name; those who are missing are made, the administrator first."""
    names = [person.username for person in material.people]
    users = {user.username: user for user in User.objects.filter(username__in=names).select_related("profile")}
    missing = [person for person in material.people if person.username not in users]
    for person in sorted(missing, key=lambda person: person.username != ADMIN):
        users[person.username] = _make_person(person, users.get(ADMIN), gallery)
    if missing:
        progress(f"{len(missing)} people")
    return users


@transaction.atomic
def _make_person(person: Person, admin: User | None, gallery: Gallery) -> User:
    may_be_tried = person.username in {account["username"] for account in demo_accounts()}
    user = create_user(
        email=person.email,
        username=person.username,
        password=DEMO_PASSWORD if may_be_tried else None,
        role=person.role,
        verified_email=person.username != UNCONFIRMED,
        allow_reserved=True,
        **person.profile,
    )
    agree_to_terms(actor=user)
    user.verified = person.role == Role.VERIFIED_CREATOR
    if person.joined and admin is not None:
        user.created_at = admin.created_at - person.joined
    user.save(update_fields=["verified", "created_at"])
    if person.username == EDITOR:
        user.groups.add(Group.objects.get(name=EDITORS))
    if person.avatar is not None:
        user = store_avatar(person=user, file=gallery.emblem(person.avatar))
    return user


def load_author_pages(material: Material, users: dict[str, User], gallery: Gallery, progress: Progress) -> None:
    """Gives words and a banner to the authors' pages that have none."""
    done = set(CreatorPage.objects.exclude(headline="").values_list("person_id", flat=True))
    missing = [
        (person, person.page) for person in material.people if person.page and users[person.username].pk not in done
    ]
    for person, page in missing:
        gallery.order(page.banner, person.username, banner=True)
    for person, page in missing:
        _fill_author_page(person, page, users[person.username], gallery)
    if missing:
        progress(f"{len(missing)} authors' pages")


@transaction.atomic
def _fill_author_page(person: Person, words: AuthorPage, user: User, gallery: Gallery) -> None:
    page = ensure_author_page(person=user)
    page.headline, page.about = words.headline, words.about
    page.banner = gallery.add_to_library(
        words.banner, person.username, title=f"{person.display_name}, banner", alt="", owner=user, banner=True
    )
    page.full_clean()
    page.save()
