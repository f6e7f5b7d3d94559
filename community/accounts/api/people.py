"""The API of finding people and names, and of changing one's own profile and name."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.api.proof import ask_proof
from community.accounts.api.serializers import MOST_PASSWORD, OwnProfileShape, PersonShape, ProfileDetailsShape
from community.accounts.choices import SOCIAL_FIELDS, USERNAME_MAX, Role, Status
from community.accounts.models import Profile, User
from community.accounts.validators import LONGEST_WORD, MOST_WORDS
from community.core.api import pagination
from community.core.api.authentication import Anyone, SignedIn
from community.core.api.fields import StrictCharField, StrictChoiceField, StrictIntegerField
from community.core.api.operations import operation
from community.core.api.serializers import Input, Query, Shape
from community.core.api.versions import expected_version
from community.core.api.views import ApiView
from community.core.errors import Invalid


def _text(name: str, **kwargs: Any) -> StrictCharField:
    most = Profile._meta.get_field(name).max_length  # type: ignore[union-attr]
    return StrictCharField(required=False, allow_blank=True, max_length=most, **kwargs)


def _words(help_text: str) -> serializers.ListField:
    word = StrictCharField(max_length=LONGEST_WORD)
    return serializers.ListField(child=word, required=False, max_length=MOST_WORDS, help_text=help_text)


class SocialLinksInput(Input):
    """Names or addresses elsewhere; empty takes one away."""

    twitter = _text("twitter")
    instagram = _text("instagram")
    tiktok = _text("tiktok")
    discord = _text("discord")
    youtube = _text("youtube")


class ProfileChanges(Input):
    """What can be changed of one's profile; what is left out stays as it is."""

    display_name = StrictCharField(required=False, max_length=Profile._meta.get_field("display_name").max_length)
    bio = _text("bio")
    location = _text("location")
    website = _text("website", help_text="With http:// or https://.")
    social_links = SocialLinksInput(required=False)
    interests = _words("Words for what one likes.")
    skills = _words("Words for what one can do.")
    birthday = serializers.DateField(required=False, allow_null=True, help_text="Nobody else is told.")
    time_zone = StrictCharField(required=False, max_length=60, help_text="A name such as Europe/Berlin.")
    language = StrictCharField(required=False, max_length=10)
    visibility = StrictChoiceField(required=False, choices=Profile.Visibility.choices)
    version = StrictIntegerField(required=False, min_value=0, help_text="The version the change was made from.")


class UsernameInput(Input):
    """Another user name."""

    username = StrictCharField(max_length=USERNAME_MAX)
    password = StrictCharField(
        required=False, max_length=MOST_PASSWORD, trim_whitespace=False, help_text="Needed where one has a password."
    )


class AvailabilityQuery(Query):
    """The name asked about."""

    username = StrictCharField(max_length=50, help_text="The name somebody would like.")


class AvailabilityShape(Shape):
    """Whether a name can be chosen."""

    username = serializers.CharField()
    available = serializers.BooleanField()


class PeopleQuery(pagination.PageQuery):
    """Whom to look for."""

    q = StrictCharField(
        required=False, allow_blank=True, max_length=100, help_text="Part of user name, display name or bio."
    )
    role = StrictChoiceField(required=False, choices=Role.choices, help_text="Only people of this role.")
    status = StrictChoiceField(required=False, choices=Status.choices, help_text="For moderators only.")


class FoundPersonShape(PersonShape):
    """A person in a list."""

    bio = serializers.CharField(source="profile.bio", allow_blank=True)
    profile = ProfileDetailsShape()


def change_profile(request: Request, body: dict[str, Any]) -> User:
    """Changes one's profile by what was sent, and answers with oneself."""
    version = expected_version(request, body.pop("version", None))
    values = {**body.pop("social_links", {}), **body}
    try:
        services.update_profile(actor=request.user, person=_oneself(request), version=version, **values)
    except Invalid as error:
        raise Invalid(fields={_OUTSIDE.get(name, name): text for name, text in (error.fields or {}).items()}) from error
    return _oneself(request)


#: Where the columns of a profile stand in a body.
_OUTSIDE = {
    "display_name": "displayName",
    "time_zone": "timeZone",
    **{name: f"socialLinks.{name}" for name in SOCIAL_FIELDS},
}


class UsernameView(ApiView):
    """One's user name."""

    permission_classes = [SignedIn]

    @operation("changeUsername", tag="Me", access="signed-in", body=UsernameInput, answer=OwnProfileShape)
    def put(self, request: Request, body: dict[str, Any]) -> User:
        """Change one's user name

        For 90 days the old name leads to the person, and nobody else can take it. 409 when the name is taken, or
        after three changes within that time.
        """
        ask_proof(request, password=body.get("password", ""))
        services.change_username(actor=request.user, person=_oneself(request), username=body["username"])
        return _oneself(request)


class AvailabilityView(ApiView):
    """Whether a name is free."""

    permission_classes = [Anyone]

    @operation("isUsernameAvailable", tag="Users", access="all", query=AvailabilityQuery, answer=AvailabilityShape)
    def get(self, request: Request, query: dict[str, Any]) -> dict[str, Any]:
        """Ask whether a user name can be chosen

        Taken, reserved, former and impossible names are told alike.
        """
        return {**query, "available": selectors.is_username_available(query["username"])}


class UsersView(ApiView):
    """People."""

    @operation(
        "searchUsers",
        tag="Users",
        access="optional",
        query=PeopleQuery,
        answer=FoundPersonShape,
        wraps=pagination.pages_of,
        errors=(403,),
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """Search people

        Verified people first, then those with the most followers. Only people whose profile one may see are found.
        """
        found = selectors.search_people(
            viewer=request.user, text=query.get("q", ""), role=query.get("role"), status=query.get("status")
        )
        return pagination.page_of_rows(found, page=query["page"], limit=query["limit"])


def _oneself(request: Request) -> User:
    return selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)
