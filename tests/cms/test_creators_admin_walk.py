"""Every address of the admin, asked by a creator with the ids of other people's things: nothing opens, nothing leaks.

A new address is refused to creators until it is opened in cms/middleware.py; here it has to be named then.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.search_promotions.models import Query
from wagtail.models import Collection, Page, Site, Task, UploadedFile, Workflow

from cms import services
from cms.models import Announcement, CustomDocument, ReusableContent, SiteFrame
from community.accounts.choices import Role
from community.reactions.models import ReactionType
from tests.factories import make_category, make_image, make_post, make_section, make_series, make_user
from tests.support.admin_addresses import admin_addresses

pytestmark = pytest.mark.django_db

MARK = "Quixotry"
#: What is searched for: it finds MARK, and is not the mark when a page repeats it.
PREFIX = "Quixotr"
#: Addresses without ids that are open to creators. What is in them is theirs: MARK never is.
OPEN = {
    "cms_bin",
    "cms_login",
    "cms_logout",
    "cms_tags",
    "cms_write",
    "cms_write_series",
    "posts:index",
    "posts:index_results",
    "wagtailadmin_account",
    "wagtailadmin_block_preview",
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_anchor_link",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_dismissibles",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_pages:search",
    "wagtailadmin_pages:search_results",
    "wagtailadmin_sprite",
    "wagtailadmin_tag_autocomplete",
    "wagtaildocs:add",
    "wagtaildocs:add_multiple",
    "wagtaildocs:index",
    "wagtaildocs:index_results",
    "wagtaildocs_chooser:choose",
    "wagtaildocs_chooser:choose_results",
    "wagtaildocs_chooser:create",
    "wagtailimages:add",
    "wagtailimages:add_multiple",
    "wagtailimages:index",
    "wagtailimages:index_results",
    "wagtailimages_chooser:choose",
    "wagtailimages_chooser:choose_results",
    "wagtailimages_chooser:create",
    # Ends a session of one's own in the editor, whatever the number.
    "wagtailadmin_editing_sessions:release",
}
#: So many of the values of an address are posted to as well.
POSTED = 2
#: Where a refusal may lead.
WAYS_OUT = ("/account/", "/cms/login/", "/cms/write/")


@pytest.fixture
def world(cast):
    """Things of other people, each with MARK in its name."""
    stranger = make_user("stranger", role=Role.VERIFIED_CREATOR, display_name=f"{MARK} stranger")
    section = make_section(f"{MARK} section")
    draft = make_post(stranger, f"{MARK} draft", published=False, tags=[f"{MARK}tag"])
    live = make_post(stranger, f"{MARK} live")
    in_section = services.create_post(actor=cast.editor, title=f"{MARK} desk", content="x", parent=section)
    series = make_series(stranger, f"{MARK} series")
    for post in (draft, live):
        services.update_post(actor=stranger, post=post, title=f"{post.title} again", content=f"<p>{MARK}</p>")
    binned = make_post(cast.creator, f"{MARK} taken away")
    services.delete_post(actor=cast.moderator, post=binned)
    image = make_image(f"{MARK} picture")
    other_image = make_image(f"{MARK} other picture")
    other_image.collection = stranger.ground.collection
    other_image.uploaded_by_user = stranger
    other_image.save()
    document = CustomDocument.objects.create(title=f"{MARK} paper", file=ContentFile(b"x", name="paper.txt"))
    reusable = ReusableContent.objects.create(name=f"{MARK} words", slug="words")
    announcement = Announcement.objects.create(text=f"{MARK} soon")
    frame = SiteFrame.for_site(Site.objects.get())
    group = Group.objects.create(name=f"{MARK} group")
    collection = Collection.get_first_root_node().add_child(name=f"{MARK} collection")
    workflow = Workflow.objects.create(name=f"{MARK} workflow")
    task = Task.objects.create(name=f"{MARK} task", content_type=ContentType.objects.get_for_model(Task))
    redirect = Redirect.objects.create(old_path=f"/{MARK}", redirect_link=f"https://{MARK}.example/")
    query = Query.objects.create(query_string=f"{MARK} query")
    upload = UploadedFile.objects.create(
        for_content_type=ContentType.objects.get_for_model(type(image)),
        file=ContentFile(b"x", name=f"{MARK}.png"),
        uploaded_by_user=stranger,
    )
    session = EditingSession.objects.create(
        user=stranger,
        content_type=ContentType.objects.get_for_model(type(draft)),
        object_id=draft.pk,
        last_seen_at=timezone.now(),
    )
    pages = [page.pk for page in (draft, live, in_section, series, section, stranger.creator_page, binned)]
    pages += [Page.get_first_root_node().pk, services.creator_index().pk]
    revisions = [Page.objects.get(pk=page.pk).latest_revision_id for page in (draft, live)]
    category = make_category()
    reaction_type = ReactionType.objects.create(code="MARKED", emoji="*", label=f"{MARK} reaction")
    number = {
        "reactiontype": [reaction_type.pk],
        "category": [category.pk], "reusablecontent": [reusable.pk], "announcement": [announcement.pk],
        "wagtailimages": [image.pk, other_image.pk], "wagtaildocs": [document.pk], "documents": [document.pk],
        "images": [image.pk, other_image.pk], "people": [stranger.pk, cast.admin.pk], "groups": [group.pk],
        "sites": [Site.objects.get().pk], "collections": [collection.pk, stranger.ground.collection_id],
        "workflows": [workflow.pk, task.pk], "settings": [frame.pk], "pages": pages,
    }  # fmt: skip
    return {
        "number": number,
        "draft_url": draft.full_url,
        "values": {
            "parent_page_id": pages, "page_id": pages, "page_to_move_id": pages, "destination_id": pages,
            "page_pk": pages, "revision_id": revisions, "revision_id_a": ["live", "earliest", revisions[0]],
            "revision_id_b": ["latest", revisions[1]], "task_id": [task.pk], "task_state_id": [1],
            "workflow_state_id": [1], "workflow_pk": [workflow.pk], "collection_id": number["collections"],
            "image_id": number["images"], "document_id": [document.pk], "doc_id": [document.pk],
            "uploaded_file_id": [upload.pk], "redirect_id": [redirect.pk], "query_id": [query.pk],
            "session_id": [session.pk], "object_id": [draft.pk, live.pk], "filter_spec": ["width-100"],
            "action_name": ["publish", "copy", "approve"], "uidb64": ["x"], "token": ["x"],
            "content_type_app_name": ["cms"], "content_type_model_name": ["postpage", "seriespage"],
            "app_label": ["cms", "wagtailcore"], "model_name": ["postpage", "page", "customimage", "customdocument"],
            "app_name": ["cms", "taggit"], "action": ["delete", "publish", "unpublish", "move", "add_to_collection"],
        },
    }  # fmt: skip


def addresses_of(address, world):
    values = dict(world["values"])
    if "pk" in address.arguments:
        keys = [key for key in world["number"] if key in address.route.replace("cms/api/main/", "")]
        assert keys, f"No foreign ids are known for {address}: say what its pk names."
        values["pk"] = world["number"][keys[0]]
    if address.name.startswith("wagtailsettings"):
        values |= {"app_name": ["cms"], "model_name": ["siteframe"]}
    if "tag-autocomplete" in address.route:
        values |= {"app_name": ["taggit"], "model_name": ["tag"]}
    missing = set(address.arguments) - set(values)
    assert not missing, f"No values are known for {missing} in {address}."
    return list(address.filled(values))


@pytest.mark.timeout(300)
def test_no_address_of_the_admin_shows_a_creator_what_is_not_theirs(client_for, cast, world):
    desk = client_for(cast.verified_creator)
    desk.raise_request_exception = False
    home = f"/cms/pages/{cast.verified_creator.creator_page.pk}/"
    ids = "&".join(f"id={pk}" for pk in [*world["number"]["pages"][:3], *world["number"]["images"]])
    query = f"?q={PREFIX}&term={PREFIX}&{ids}&p=1&author=stranger&multiple=1"
    sent = {"external-link-chooser-url": world["draft_url"], "external-link-chooser-link_text": ""}
    wrong, asked = [], 0
    for address in admin_addresses():
        for turn, path in enumerate(addresses_of(address, world)):
            for method in ("get", "post") if turn < POSTED else ("get",):
                asked += 1
                answer = desk.get(path + query) if method == "get" else desk.post(path + query, sent)
                content = answer.getvalue().decode(errors="replace")
                place = answer.headers.get("Location", "")
                refused = answer.status_code in {403, 404, 405} or (
                    answer.status_code in {301, 302} and (place.startswith(WAYS_OUT) or place == home)
                )
                open_here = address.name in OPEN and answer.status_code < 500
                if MARK in content or MARK in place:
                    wrong.append(f"{method} {path} ({address.name}) shows the mark")
                elif not refused and not open_here:
                    wrong.append(f"{method} {path} ({address.name}) answers {answer.status_code} {place}")
    assert not wrong, "\n".join(wrong[:80])
    assert asked > 500
    assert desk.get("/cms/").headers["Location"] == home, "The creator was signed in to the end."
