"""The poll in a post: a form without scripts, what guests are kept, what the author is told in the admin."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.models import PostPage
from community.core import generations
from community.polls.models import Poll
from community.polls.services import withdraw_vote
from tests.factories import make_post
from tests.support.polling import ANSWERS, ids_of, poll_of, post_with_poll, vote

pytestmark = pytest.mark.django_db


def part(client, post):
    page = client.get(post.url).content.decode()
    assert "<!--" not in page.partition('class="reader"')[2], "no marks are left"
    return page.partition('<section class="poll"')[2].partition("</section>")[0]


def send(client, post, **data):
    return client.post(f"/polls/post/{post.pk}/", data)


def test_a_form_votes_changes_and_takes_back_and_leads_to_the_poll(cast, post, client_for):
    fan, (old, new, _neither) = client_for(cast.fan), ids_of(post)
    shown = part(fan, post)
    assert (shown.count('type="radio"'), "checked" in shown, "poll__number" in shown) == (3, False, False)
    assert "You see the numbers when you have voted." in shown
    answer = send(fan, post, option=old)
    assert (answer.status_code, answer["Location"]) == (302, f"{post.url}#poll")
    shown = part(fan, post)
    assert re.search(rf'value="{old}" checked', shown)
    assert "<strong>100%</strong> 1 vote" in shown
    assert "1 person has voted." in shown
    send(fan, post, option=new)
    assert re.search(rf'value="{new}" checked', part(fan, post))
    send(fan, post, withdraw="1")
    shown = part(fan, post)
    assert "checked" not in shown
    assert "Nobody has voted yet." in shown
    assert fan.get(f"/polls/post/{post.pk}/")["Location"] == f"{post.url}#poll"


def test_a_vote_that_is_none_is_told_on_the_page(cast, client_for):
    post = post_with_poll(cast.creator, multiple=True)
    fan = client_for(cast.fan)
    assert part(fan, post).count('type="checkbox"') == 3
    for nonsense, words in (
        ({}, "Choose an answer."),
        ({"option": ["x", "\0", "1" * 500]}, "There is no such answer."),
    ):
        answer = send(fan, post, **nonsense)
        assert answer.status_code == 302
        assert words in fan.get(post.url).content.decode()
        in_place = fan.post(f"/polls/post/{post.pk}/", nonsense, headers={"X-Part": "poll"})
        assert (in_place.status_code, in_place["X-Part"]) == (400, "poll")
        assert f'role="alert" lang="en">{words}' in in_place.content.decode()
    Poll.objects.update(ends_at=timezone.now())
    answer = fan.post(f"/polls/post/{post.pk}/", {"option": ids_of(post)[0]}, headers={"X-Part": "poll"})
    assert answer.status_code == 400
    assert "The poll is over." in part(fan, post)
    assert "<form" not in part(fan, post)


def test_a_script_gets_the_poll_alone(cast, post, client_for):
    answer = client_for(cast.fan).post(
        f"/polls/post/{post.pk}/", {"option": ids_of(post)[1]}, headers={"X-Part": "poll"}
    )
    assert (answer.status_code, answer["X-Part"]) == (200, "poll")
    html = answer.content.decode()
    assert html.lstrip().startswith("<section")
    assert 'role="status"' in html
    assert "Your vote counts." in html
    assert "csrfmiddlewaretoken" in html


def test_what_guests_get_is_kept_and_holds_nothing_of_anybody(cast, client, client_for):
    post = post_with_poll(cast.creator, results="always")
    vote(cast.fan, post, 1)
    assert "checked" in part(client_for(cast.fan), post)
    answer = client.get(post.url)
    assert "s-maxage" in answer["Cache-Control"]
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    shown = part(client, post)
    assert "<form" not in shown
    assert "checked" not in shown
    assert "data-near" not in shown, "no further file for guests"
    assert "<strong>100%</strong> 1 vote" in shown
    assert f"next={post.url.replace('/', '%2F')}%23poll" in shown
    assert "checked" not in part(client_for(cast.other_fan), post)


def test_a_vote_makes_the_kept_page_old(cast, post, client, monkeypatch, django_capture_on_commit_callbacks):
    bumped = []
    monkeypatch.setattr(generations, "bump_now", lambda *tags: bumped.extend(tags))
    with django_capture_on_commit_callbacks(execute=True):
        vote(cast.fan, post, 1)
    assert bumped == [f"post:{post.pk}"]
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_vote(actor=cast.fan, kind="post", target_id=post.pk)
    assert bumped == [f"post:{post.pk}"] * 2


def test_the_author_sees_the_numbers_before_others(cast, client, client_for):
    post = post_with_poll(cast.creator, results="over")
    vote(cast.fan, post, 0)
    assert "Others do not see the numbers yet." in part(client_for(cast.creator), post)
    assert "poll__number" not in part(client_for(cast.fan), post)
    assert "The numbers are shown when it is over." in part(client, post)


def test_a_poll_costs_one_query_and_none_where_there_is_none(cast, post, client_for, django_assert_max_num_queries):
    plain, fan = make_post(cast.creator, "Nothing asked"), client_for(cast.fan)
    vote(cast.fan, post, 0)
    for page in (plain, post):
        fan.get(page.url)
    with django_assert_max_num_queries(100) as without:
        fan.get(plain.url)
    with django_assert_max_num_queries(len(without) + 1) as captured:
        fan.get(post.url)
    about_polls = [query["sql"] for query in without.captured_queries if '"poll' in query["sql"]]
    assert about_polls == []
    assert sum('FROM "poll_option"' in query["sql"] for query in captured.captured_queries) == 1


def test_words_of_a_poll_cannot_become_markup(cast, client, client_for):
    post = post_with_poll(cast.creator, "<b>old</b>", "<!--poll-->", question='"><script>x</script>', results="always")
    vote(cast.fan, post, 0)
    for shown in (part(client, post), part(client_for(cast.fan), post)):
        assert "<script" not in shown
        assert "&lt;b&gt;old" in shown


def test_polls_of_posts_that_were_there_before_are_opened(cast, post, client):
    hidden = post_with_poll(cast.creator, "Yes", "No", published=False)
    Poll.objects.all().delete()
    assert "The old one" in part(client, post), "shown all the same"
    import_module("cms.migrations.0008_polls").open_polls(apps, None)
    assert list(poll_of(post).options.values_list("text", flat=True)) == list(ANSWERS)
    assert not Poll.objects.filter(target_id=hidden.pk).exists()


def form_data(post, *answers, action="action-publish", **values):
    poll = {"question": "Which lamp?", "multiple": "", "ends_at": "", "results": "voted", **values}
    options = {
        str(number): {"value": answer, "type": "item", "deleted": "", "order": str(number), "id": ""}
        for number, answer in enumerate(answers)
    }
    poll["options"] = {"count": str(len(answers)), **options}
    return nested_form_data({
        "title": post.title, "slug": post.slug, "language": "en", "excerpt": "", "video": "", "tags": "",
        "content_warning": "", "search_description": "", "seo_title": "", "original_url": "",
        "body": streamfield([("rich_text", rich_text("<p>Words.</p>")), ("poll", poll)]),
        "comment_notifications": "", action: "1",
    })  # fmt: skip


def test_a_post_has_one_poll_only(cast, post, client_for):
    form = form_data(post, "This", "That")
    second = {
        name.replace("body-1-", "body-2-"): value for name, value in form.items() if name.startswith("body-1-")
    } | {"body-2-order": "2", "body-2-value-question": "A second?"}
    page = client_for(cast.creator).post(f"/cms/pages/{post.pk}/edit/", {**form, **second, "body-count": "3"})
    assert page.status_code == 200
    assert "The maximum number of items is 1" in page.content.decode()
    post.refresh_from_db()
    assert [block.block_type for block in post.body].count("poll") == 1
    assert "A second?" not in str(post.get_latest_revision_as_object().body)


def test_the_admin_tells_at_the_field_that_people_vote(cast, post, client_for):
    desk, url = client_for(cast.creator), f"/cms/pages/{post.pk}/edit/"
    page = desk.get(url).content.decode()
    assert "several answers may be chosen" in page
    assert desk.post(url, form_data(post, "This", "That")).status_code == 302
    assert list(poll_of(post).options.values_list("text", flat=True)) == ["This", "That"]
    vote(cast.fan, post, 0)
    page = desk.post(url, form_data(post, "This", "Another")).content.decode()
    assert "People are voting: the answers stay as they are" in page
    assert desk.post(url, form_data(post, "This", "That", multiple="on")).status_code == 200
    assert desk.post(url, form_data(post, "This", "That", ends_at="2020-01-01 10:00")).status_code == 200
    draft = desk.post(url, form_data(post, "This", "Another", action="action-draft"))
    assert draft.status_code == 302
    later = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    answer = desk.post(url, form_data(post, "This", "That", question="Which one?", ends_at=later, results="over"))
    assert answer.status_code == 302, answer.content
    poll = poll_of(post)
    assert (poll.question, poll.results, poll.voters) == ("Which one?", "over", 1)
    assert poll.ends_at is not None
    # An ended poll is no reason to refuse a typo of the text.
    over = timezone.now().replace(second=0, microsecond=0) - timedelta(days=1)
    Poll.objects.update(ends_at=over)
    assert desk.post(
        url, form_data(post, "This", "That", question="Which one?", ends_at=over.strftime("%Y-%m-%d %H:%M"))
    ).status_code == 302  # fmt: skip
    assert PostPage.objects.get(pk=post.pk).body[1].value["question"] == "Which one?"
