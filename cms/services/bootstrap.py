"""The pages every installation has: site, home page, directory of creators; and the groups with their rights."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
)

from cms.models import CreatorIndexPage, HomePage
from cms.models.confined import GROUND_ROLES
from cms.services import grounds
from cms.services.tree import add_page
from community.accounts.choices import EDITORS, GROUP_OF_ROLE, Role
from community.core.errors import NotFound
from community.reactions.services import ensure_types

OWN_APPS = ("cms", "core", "reactions")
#: What editors look after besides pages.
EDITED_MODELS = ("announcement", "category", "reusablecontent", "siteframe")
PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page")
#: Rights on collections hang on Wagtail's own models, whatever model the site uses.
EDITORS_RIGHTS = grounds.COLLECTION_RIGHTS


def site_root() -> HomePage:
    """The home page. Raises NotFound on an installation that has none yet."""
    home = HomePage.objects.order_by("depth", "path").first()
    if home is None:
        raise NotFound()
    return home


def creator_index() -> CreatorIndexPage:
    """The directory of creators. Raises NotFound on an installation that has none yet."""
    index = CreatorIndexPage.objects.first()
    if index is None:
        raise NotFound()
    return index


@transaction.atomic
def ensure_site_structure(
    *, site_name: str = "Sparkle Universe", hostname: str = "localhost", port: int = 80
) -> HomePage:
    """Makes what is missing of site, home page, directory, groups and reactions; changes nothing that is there."""
    locale, _created = Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    root = Page.objects.select_for_update().get(pk=root.pk)
    home = HomePage.objects.first()
    if home is None:
        _remove_welcome_page(root)
        home = HomePage(title=site_name, slug="home", hero_title=site_name, locale=locale)
        root = Page.objects.get(pk=root.pk)
        root.add_child(instance=home)
        home.save_revision().publish()
        home = HomePage.objects.get(pk=home.pk)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"root_page": home},
        create_defaults={"root_page": home, "hostname": hostname, "port": port, "site_name": site_name},
    )
    if not CreatorIndexPage.objects.exists():
        index = CreatorIndexPage(title="Creators", slug="creators", show_in_menus=True, locale=locale)
        add_page(parent=home, page=index)
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    ensure_groups()
    ensure_types()
    return home


def _remove_welcome_page(root: Page) -> None:
    """Wagtail's own first page, on an installation where nobody has built anything yet."""
    welcome = root.get_children().filter(slug="home", content_type__model="page").first()
    if welcome is not None:
        Site.objects.filter(root_page=welcome).delete()
        welcome.delete()


def ensure_groups() -> None:
    """Gives the groups of the roles and of editors exactly the rights they should have, and creators their ground."""
    home = HomePage.objects.first()
    for name in (EDITORS, *GROUP_OF_ROLE.values()):
        Group.objects.get_or_create(name=name)
    admins = Group.objects.get(name=GROUP_OF_ROLE[Role.ADMIN])
    admins.permissions.set(
        Permission.objects.filter(content_type__app_label__in=OWN_APPS)
        | Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
        # People are looked at here and changed by services: Wagtail's form could make superusers.
        | Permission.objects.filter(content_type__app_label="accounts", codename__startswith="view_")
        | Permission.objects.filter(content_type__app_label="accounts", codename="change_staffsafety")
        | Permission.objects.filter(content_type__app_label__in=["wagtailredirects", "wagtailsearchpromotions"])
    )
    editors = Group.objects.get(name=EDITORS)
    editors.permissions.set(
        Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
        | Permission.objects.filter(content_type__app_label="cms", content_type__model__in=EDITED_MODELS)
        | Permission.objects.filter(content_type__app_label__in=["wagtailredirects", "wagtailsearchpromotions"])
    )
    # Wagtail's migrations give its own "Moderators" the pages; ours come to the admin for people only.
    moderators = Group.objects.get(name=GROUP_OF_ROLE[Role.MODERATOR])
    GroupPagePermission.objects.filter(group=moderators).delete()
    GroupCollectionPermission.objects.filter(group=moderators).delete()
    moderators.permissions.set(
        Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    collection = Collection.get_first_root_node()
    for group, page in ((editors, home), (admins, Page.get_first_root_node())):
        grounds.set_page_rights(group=group, page=page, codenames=PAGE_RIGHTS)
        if collection is not None:
            grounds.set_collection_rights(group=group, collection=collection, rights=EDITORS_RIGHTS)
    # The role opens the admin and nothing in it: what a creator may do hangs on a group of their own.
    for role in GROUND_ROLES:
        creators = Group.objects.get(name=GROUP_OF_ROLE[role])
        GroupPagePermission.objects.filter(group=creators).delete()
        GroupCollectionPermission.objects.filter(group=creators).delete()
        creators.permissions.set(
            Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
        )
    grounds.give_missing_grounds()
