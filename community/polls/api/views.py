"""The API of polls: how one stands, voting, taking the vote back."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from community.core.api.fields import identity
from community.core.api.operations import PATH_ID, operation
from community.core.api.views import ApiView
from community.core.generations import SITE
from community.polls import selectors, services
from community.polls.api.serializers import PollShape, VoteInput

TAG = "Polls"
POST = "post"


class PostPollView(ApiView):
    """The poll of a post, and one's vote in it."""

    page_tags = (SITE, "post:{id}")

    @operation("getPostPoll", tag=TAG, access="optional", answer=PollShape, parameters=[PATH_ID])
    def get(self, request: Request, id: str) -> selectors.PollCard:
        """Get the poll of a post

        As it was published last, with the answers people vote on, and how many chose each as far as one may know:
        `results` says when. The post's author and moderators always know. 404 for a post without a poll.
        """
        return selectors.get_poll(POST, identity(id) or 0, viewer=request.user)

    @operation(
        "setPostVote", tag=TAG, access="signed-in", body=VoteInput, answer=PollShape, parameters=[PATH_ID], errors=[409]
    )  # fmt: skip
    def put(self, request: Request, id: str, body: dict[str, Any]) -> selectors.PollCard:
        """Vote in the poll of a post

        These answers are one's vote, in the place of what one had chosen before. Sent twice, it is one vote. After
        the end it is 409 `POLL_OVER`. The answer is how the poll stands now.
        """
        return services.set_vote(actor=request.user, kind=POST, target_id=identity(id) or 0, **body)

    @operation("withdrawPostVote", tag=TAG, access="signed-in", answer=PollShape, parameters=[PATH_ID], errors=[409])
    def delete(self, request: Request, id: str) -> selectors.PollCard:
        """Take one's vote back

        While the poll runs. Without a vote it is no error. The answer is how the poll stands now.
        """
        return services.withdraw_vote(actor=request.user, kind=POST, target_id=identity(id) or 0)
