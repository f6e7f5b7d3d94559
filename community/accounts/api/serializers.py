"""Shapes of people and of signing in, as the API's contract has them."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from community.accounts import selectors
from community.accounts.choices import Role, Status
from community.accounts.models import Profile, User
from community.core import statistics
from community.core.api.fields import IdField, InstantField, StrictBooleanField, StrictCharField
from community.core.api.links import absolute
from community.core.api.serializers import Input, Shape

MOST_EMAIL = 255
MOST_PASSWORD = 1024
MOST_TOKEN = 4096


class ImageField(serializers.URLField):
    """The absolute address of a person's picture, null without one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"source": "*", "allow_null": True, "read_only": True, **kwargs})

    def get_attribute(self, instance: User) -> Any:
        """The picture's address; null is a value like any other."""
        avatar = instance.profile.avatar
        return absolute(avatar.url) if avatar else None


class PersonShape(Shape):
    """What everybody may know of a person."""

    id = IdField(source="pk")
    username = serializers.CharField()
    image = ImageField()
    role = serializers.ChoiceField(choices=Role.choices)
    level = serializers.IntegerField()
    experience = serializers.IntegerField()
    verified = serializers.BooleanField()
    created_at = InstantField()
    updated_at = InstantField()
    version = serializers.IntegerField()
    url = serializers.SerializerMethodField()

    def get_url(self, person: User) -> str:
        """The profile on the site."""
        return absolute(person.get_absolute_url())


class AccountShape(PersonShape):
    """A person to themselves."""

    email = serializers.EmailField()
    status = serializers.ChoiceField(choices=Status.choices)


class SocialLinksShape(Shape):
    """Names or addresses elsewhere, as the person wrote them; empty when unsaid."""

    twitter = serializers.CharField(allow_blank=True)
    instagram = serializers.CharField(allow_blank=True)
    tiktok = serializers.CharField(allow_blank=True)
    discord = serializers.CharField(allow_blank=True)
    youtube = serializers.CharField(allow_blank=True)


class ProfileDetailsShape(Shape):
    """What a person tells about themselves."""

    display_name = serializers.CharField()
    location = serializers.CharField(allow_blank=True)
    website = serializers.CharField(allow_blank=True)
    social_links = SocialLinksShape(source="*")


class StatsShape(Shape):
    """Numbers about a person."""

    posts = serializers.IntegerField()
    followers = serializers.IntegerField()
    following = serializers.IntegerField()
    reactions = serializers.IntegerField(help_text="Reactions received.")

    def to_representation(self, instance: User) -> Any:
        """The numbers, one query for each app that counts."""
        return super().to_representation(statistics.of([instance.pk])[instance.pk])


class ProfileShape(PersonShape):
    """A profile. The e-mail address is there for oneself only."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"email"})

    bio = serializers.CharField(source="profile.bio", allow_blank=True)
    profile = ProfileDetailsShape()
    stats = StatsShape(source="*")
    email = serializers.EmailField()

    def to_representation(self, instance: User) -> Any:
        """The profile as the viewer may see it."""
        values = super().to_representation(instance)
        if getattr(self.context["request"].user, "pk", None) != instance.pk:
            values.pop("email", None)
        return values


class OwnProfileShape(ProfileShape):
    """One's own profile, with what nobody else is told."""

    interests = serializers.ListField(child=serializers.CharField(), source="profile.interests")
    skills = serializers.ListField(child=serializers.CharField(), source="profile.skills")
    birthday = serializers.DateField(source="profile.birthday", allow_null=True)
    time_zone = serializers.CharField(source="profile.time_zone")
    language = serializers.CharField(source="profile.language")
    visibility = serializers.ChoiceField(choices=Profile.Visibility.choices, source="profile.visibility")
    completeness = serializers.SerializerMethodField()

    def get_completeness(self, person: User) -> int:
        """Points to 100; a profile is complete from 80 on."""
        return selectors.completeness_of(person)


class SignInInput(Input):
    """What signing in takes."""

    email = StrictCharField(max_length=MOST_EMAIL, help_text="The e-mail address or the user name.")
    password = StrictCharField(max_length=MOST_PASSWORD, trim_whitespace=False, help_text="The password.")
    remember_me = StrictBooleanField(default=False, help_text="The session lasts 90 days instead of 30.")
    two_factor_code = StrictCharField(
        required=False, max_length=20, help_text="A code of the second factor, for accounts that have one."
    )


class RefreshInput(Input):
    """What renewing the tokens takes."""

    refresh_token = StrictCharField(max_length=MOST_TOKEN)


class TokensShape(Shape):
    """A pair of tokens."""

    token = serializers.CharField(help_text="For the header Authorization: Bearer.")
    refresh_token = serializers.CharField(help_text="Gives the next pair, once.")
    expires_in = serializers.IntegerField(help_text="Seconds the token lasts.")


class SignedInShape(TokensShape):
    """Who signed in, with the tokens."""

    user = AccountShape()
