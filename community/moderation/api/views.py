"""The API of reports."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from community.core.api.authentication import SignedIn
from community.core.api.operations import operation
from community.core.api.views import ApiView
from community.moderation import services
from community.moderation.api.serializers import ReportInput, ReportShape
from community.moderation.models import Report


class ReportListView(ApiView):
    """Telling moderators of something."""

    permission_classes = [SignedIn]

    @operation(
        "createReport",
        tag="Moderation",
        access="signed-in",
        body=ReportInput,
        answer=ReportShape,
        status=201,
        errors=[404, 409],
    )
    def post(self, request: Request, body: dict[str, Any]) -> Report:
        """Report something

        A post, comment or person that should not be there; moderators decide. Once per person and thing: the
        second time is 409. What one may not see cannot be reported (404), nor what is one's own (403).
        """
        made = services.report(actor=request.user, **body)
        made.refresh_from_db(fields=["created_at"])
        return made
