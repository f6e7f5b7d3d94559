"""Reports: made once, decided by moderators, on pages, in the API and in the admin."""

from __future__ import annotations

import pytest

from community.comments.models import Comment
from community.comments.services import add_comment
from community.core.models import AuditEntry
from community.moderation.choices import State
from community.moderation.models import Report
from community.moderation.services import report
from tests.factories import make_post, make_user
from tests.support.api import data_of, error_of, fields_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def comment(cast):
    post = make_post(cast.creator, "Talk")
    return add_comment(actor=cast.fan, target_kind="post", target_id=post.pk, content="Buy <b>this</b>")


def tell(client, kind, target_id, **body):
    said = {"targetKind": kind, "targetId": str(target_id), "reason": "spam", **body}
    return send(client, "post", "/api/reports", said)


def test_something_is_reported_once_through_the_api(client_for, client, cast, comment):
    other = client_for(cast.other_fan)
    made = data_of(tell(other, "comment", comment.pk, note="Look"), 201)
    assert (made["state"], made["reason"], made["note"]) == ("open", "spam", "Look")
    assert error_of(tell(other, "comment", comment.pk)) == (409, "CONFLICT")
    assert tell(other, "post", comment.target_id).status_code == 201
    assert tell(other, "user", cast.fan.pk).status_code == 201
    assert tell(client_for(cast.fan), "comment", comment.pk).status_code == 403, "one's own"
    assert tell(other, "user", cast.other_fan.pk).status_code == 403, "oneself"
    for kind, number in (("comment", 0), ("comment", 10**17), ("nothing", 1), ("user", 10**17)):
        assert tell(other, kind, number).status_code == 404, (kind, number)
    draft = make_post(cast.creator, published=False)
    assert tell(other, "post", draft.pk).status_code == 404
    assert set(fields_of(tell(other, "comment", comment.pk, reason="odd"))) == {"reason"}
    assert set(fields_of(tell(other, "comment", comment.pk, note="x" * 1001))) == {"note"}
    assert tell(client, "comment", comment.pk).status_code == 401
    assert Report.objects.count() == 3


def test_a_post_leads_to_its_report_but_not_its_author(client_for, client, cast):
    post = make_post(cast.creator)
    link = f'href="/report/post/{post.pk}/"'
    assert link in client_for(cast.fan).get(post.url).content.decode()
    for somebody in (client, client_for(cast.creator), client_for(cast.new_fan)):
        assert link not in somebody.get(post.url).content.decode()


def test_something_is_reported_on_a_page(client_for, cast, comment):
    other = client_for(cast.other_fan)
    path = f"/report/comment/{comment.pk}/"
    assert "Report" in other.get(path).content.decode()
    assert other.post(path, {"note": "x"}).status_code == 400
    assert other.post(path, {"reason": "spam"})["Location"] == f"/comments/{comment.pk}/"
    assert "already" in other.get(path).content.decode()
    assert other.post(path, {"reason": "spam"}).status_code == 409
    assert client_for(cast.fan).post(path, {"reason": "spam"}).status_code == 403
    for wrong in ("/report/comment/0/", "/report/nothing/1/", f"/report/user/{2**70}/"):
        assert other.get(wrong).status_code == 404, wrong


def test_moderators_decide_in_the_admin(client_for, cast, comment):
    for reporter in (cast.other_fan, cast.creator):
        report(actor=reporter, target_kind="comment", target_id=comment.pk, reason="spam")
    report(actor=cast.other_fan, target_kind="post", target_id=comment.target_id, reason="other", note="<i>odd</i>")
    assert client_for(cast.fan).get("/cms/reports/open/").status_code == 302
    moderator = client_for(cast.moderator)
    page = moderator.get("/cms/reports/open/").content.decode()
    assert "Buy &lt;b&gt;this&lt;/b&gt;" in page
    assert "&lt;i&gt;odd&lt;/i&gt;" in page
    first, _second, about_post = Report.objects.order_by("pk")
    moderator.post("/cms/reports/open/", {"hide": first.pk, "decision": ""})
    assert Report.objects.filter(state=State.OPEN).count() == 3, "hiding needs a reason"
    moderator.post("/cms/reports/open/", {"hide": first.pk, "decision": "Advertising"})
    assert Comment.objects.get().hidden_reason == "Advertising"
    assert set(Report.objects.filter(target_kind="comment").values_list("state", flat=True)) == {State.UPHELD}
    moderator.post("/cms/reports/open/", {"dismiss": about_post.pk})
    assert Report.objects.get(pk=about_post.pk).state == State.DISMISSED
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-3:] == ["comment.hidden", "report.upheld", "report.dismissed"]
    for wrong in ("x", "0", "99999999999999999999", str(first.pk)):
        assert moderator.post("/cms/reports/open/", {"dismiss": wrong}).status_code == 302


def test_the_list_costs_the_same_however_long(flat_cost, client_for, cast, comment):
    def grow(many: int) -> None:
        for _number in range(many):
            person = make_user()
            for kind, target in (("comment", comment.pk), ("post", comment.target_id)):
                report(actor=person, target_kind=kind, target_id=target, reason="spam")

    flat_cost("/cms/reports/open/", grow=grow, by=client_for(cast.moderator))
