"""WordPress's dates: local and GMT columns, and zeros where there is no date."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MYSQL = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?")

#: Python reads the year of "30 Nov -0001" as 2000.
_FEED = re.compile(r"^(?:\w+,\s*)?\d{1,2} \w+ \d{4}\s")


def mysql_date(text: str) -> datetime | None:
    """A date such as "2013-04-09 18:20:39" as UTC; None for "0000-00-00 00:00:00" and what is no date."""
    match = _MYSQL.match(text.strip())
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        found = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return found


def feed_date(text: str) -> datetime | None:
    """A date of a feed (RFC 5322) as UTC; None for "Mon, 30 Nov -0001 00:00:00 +0000" and what is no date."""
    if not _FEED.match(text.strip()):
        return None
    try:
        found = parsedate_to_datetime(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def moment(gmt: str, local: str, feed: str = "") -> datetime | None:
    """When it was, in UTC: the GMT column, else the feed's date, else the local column taken as UTC.

    Drafts have no GMT date, and their feed date lies before our era.
    """
    return mysql_date(gmt) or (feed_date(feed) if feed else None) or mysql_date(local)
