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
from cms.services.tree import add_page
from community.accounts.choices import EDITORS, GROUP_OF_ROLE, Role
from community.core.errors import NotFound

OWN_APPS = ("cms", "core")
#: What editors look after besides pages.
EDITED_MODELS = ("announcement", "category", "reusablecontent", "siteframe")
PAGE_RIGHTS = ("add", "change", "publish", "lock", "unlock", "bulk_delete")
#: Rights on collections hang on Wagtail's own models, whatever model the site uses.
COLLECTION_RIGHTS = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)


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
    """Makes what is missing of site, home page, directory and groups; changes nothing that is there."""
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
    return home


def _remove_welcome_page(root: Page) -> None:
    """Wagtail's own first page, on an installation where nobody has built anything yet."""
    welcome = root.get_children().filter(slug="home", content_type__model="page").first()
    if welcome is not None:
        Site.objects.filter(root_page=welcome).delete()
        welcome.delete()


def ensure_groups() -> None:
    """Gives the groups of editors, moderators and administrators exactly the rights they should have."""
    home = HomePage.objects.first()
    for name in (EDITORS, *GROUP_OF_ROLE.values()):
        Group.objects.get_or_create(name=name)
    admins = Group.objects.get(name=GROUP_OF_ROLE[Role.ADMIN])
    admins.permissions.set(
        Permission.objects.filter(content_type__app_label__in=OWN_APPS)
        | Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
        # People are looked at here and changed by services: Wagtail's form could make superusers.
        | Permission.objects.filter(content_type__app_label="accounts", codename__startswith="view_")
        | Permission.objects.filter(content_type__app_label__in=["wagtailredirects", "wagtailsearchpromotions"])
    )
    editors = Group.objects.get(name=EDITORS)
    editors.permissions.set(
        Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
        | Permission.objects.filter(content_type__app_label="cms", content_type__model__in=EDITED_MODELS)
        | Permission.objects.filter(content_type__app_label__in=["wagtailredirects", "wagtailsearchpromotions"])
    )
    # Wagtail's migrations give its own "Moderators" the admin; ours work on the site and in their own queue.
    moderators = Group.objects.get(name=GROUP_OF_ROLE[Role.MODERATOR])
    GroupPagePermission.objects.filter(group=moderators).delete()
    GroupCollectionPermission.objects.filter(group=moderators).delete()
    moderators.permissions.clear()
    collection = Collection.get_first_root_node()
    for group, page in ((editors, home), (admins, Page.get_first_root_node())):
        _set_page_rights(group, page)
        if collection is not None:
            _set_collection_rights(group, collection)


def _set_page_rights(group: Group, page: Page | None) -> None:
    rights = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=[f"{right}_page" for right in PAGE_RIGHTS]
    )
    GroupPagePermission.objects.filter(group=group).exclude(page=page, permission__in=rights).delete()
    if page is not None:
        for permission in rights:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _set_collection_rights(group: Group, collection: Collection) -> None:
    for app_label, codename in COLLECTION_RIGHTS:
        permission = Permission.objects.filter(content_type__app_label=app_label, codename=codename).first()
        if permission is not None:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
