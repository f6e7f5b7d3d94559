"""What the things that brought a post into a feed are called."""

from __future__ import annotations

from collections.abc import Mapping

from community.core.postgres import prepared

_NAMES = """
SELECT 'tag', id, name, slug, NULL FROM taggit_tag WHERE id = ANY(%(tag)s)
UNION ALL SELECT 'category', id, name, slug, NULL FROM cms_category WHERE id = ANY(%(category)s)
UNION ALL SELECT 'series', id, title, url_path, NULL FROM wagtailcore_page WHERE id = ANY(%(series)s)
UNION ALL SELECT 'user', person.id, profile.display_name, person.username, NULL FROM accounts_user person
JOIN accounts_profile profile ON profile.user_id = person.id WHERE person.id = ANY(%(user)s) AND person.is_active
UNION ALL SELECT 'share', share.id, share.note, person.username, profile.display_name FROM share
JOIN accounts_user person ON person.id = share.user_id JOIN accounts_profile profile ON profile.user_id = person.id
WHERE share.id = ANY(%(share)s) AND person.is_active
"""


def names(wanted: Mapping[str, set[int]]) -> dict[tuple[str, int], tuple[str, str, str]]:
    """By kind and id, what is known: name and slug of topics, name and user name of people, note and who of shares."""
    if not any(wanted.values()):
        return {}
    kinds = ("tag", "category", "series", "user", "share")
    found = prepared.rows(_NAMES, {kind: sorted(wanted.get(kind, ())) for kind in kinds})
    return {(kind, pk): (name, slug, more or "") for kind, pk, name, slug, more in found}
