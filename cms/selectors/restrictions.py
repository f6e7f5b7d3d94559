"""What lies behind a password, as a condition of other queries."""

from __future__ import annotations

from django.db.models import CharField, ExpressionWrapper, F, OuterRef, QuerySet
from wagtail.models import PageViewRestriction


def behind_password(path: str) -> QuerySet[PageViewRestriction]:
    """Restrictions of the page whose path stands in the outer query under this name, or of pages above it."""
    restrictions = PageViewRestriction.objects.annotate(_path=ExpressionWrapper(OuterRef(path), CharField()))
    return restrictions.filter(_path__startswith=F("page__path"))
