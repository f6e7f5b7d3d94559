"""People: the user and the profile made with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import CLOSED_STATUSES, Role, Status
from community.accounts.rules import trust_level
from community.accounts.validators import (
    problem_with_birthday,
    problem_with_words,
    time_zones,
    username_validators,
)
from community.core.reasons import REASON_MAX
from community.core.text import has_visible


class UserQuerySet(models.QuerySet["User"]):
    """Small filters that chain."""

    def known(self) -> UserQuerySet:
        """People the public may know of: neither banned nor deleted."""
        return self.exclude(status__in=CLOSED_STATUSES)

    def named(self, username: str) -> UserQuerySet:
        """The person of this name, in whatever letter case."""
        return self.annotate(_username=Lower("username")).filter(_username=username.lower())

    def among(self, usernames: Iterable[str]) -> UserQuerySet:
        """The people of these names, in whatever letter case."""
        return self.annotate(_username=Lower("username")).filter(_username__in=[name.lower() for name in usernames])

    def creators(self) -> UserQuerySet:
        """Role CREATOR and above."""
        return self.filter(role__in=[role for role in Role if role.at_least(Role.CREATOR)])


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager with our filters; user names are found in any letter case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person of this name, in any letter case; raises DoesNotExist."""
        return self.named(username or "").get()

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> User:
        """A superuser: made by command only, active at once, with role ADMIN.

        Raises ValidationError for a password that no other door takes; the command looks at it only when it asks.
        """
        if password is not None:
            validate_password(password, self.model(username=username, email=email or ""))
        extra = {"status": Status.ACTIVE, "role": Role.ADMIN, **extra}
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """Anyone with an account. Changes go through community.accounts.services."""

    username = models.CharField(
        _("user name"),
        max_length=50,
        unique=True,
        validators=username_validators[:1],
        error_messages={"unique": _("This name is taken.")},
    )
    email = models.EmailField(_("e-mail"), max_length=255)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.USER)
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.PENDING_VERIFICATION, db_index=True
    )
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    verified = models.BooleanField(_("verified"), default=False, help_text=_("The tick beside the name."))
    trust_level = models.PositiveSmallIntegerField(_("trust level"), default=0)
    trust_fixed = models.PositiveSmallIntegerField(
        _("trust level set by staff"), null=True, blank=True, help_text=_("It stands above what was reached.")
    )
    level = models.PositiveIntegerField(_("level"), default=1)
    experience = models.PositiveBigIntegerField(_("experience"), default=0)
    version = models.PositiveIntegerField(default=1)
    #: The latest version of the terms with a TermsAgreement: every act of writing asks for it.
    terms_version = models.CharField(max_length=40, blank=True, default="", db_default="")
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    created_at = models.DateTimeField(_("joined"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[UserManager] = UserManager()

    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.UniqueConstraint(
                Lower("email"), name="user_email_any_case", violation_error_message=_("This address is taken.")
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="user_status_known"),
            # Django, Wagtail and allauth ask is_active: it can never say something else than the status.
            models.CheckConstraint(
                condition=models.Q(is_active=True, status__in=["PENDING_VERIFICATION", "ACTIVE", "SUSPENDED"])
                | models.Q(is_active=False, status__in=["BANNED", "DELETED"]),
                name="user_active_as_status",
            ),
            models.CheckConstraint(condition=models.Q(trust_level__lte=4), name="user_trust_level_range"),
            models.CheckConstraint(condition=models.Q(trust_fixed__lte=4), name="user_trust_fixed_range"),
        ]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new row, and what the receiver adds to it (profile, preferences, fact), stand or fall together."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The profile's address, `/@name/`."""
        return reverse("profile", args=[self.username])

    @property
    def trust(self) -> int:
        """From 0 to 4; whoever wants to know asks `selectors.trust_level_of`."""
        confirmed = self.status != Status.PENDING_VERIFICATION
        return trust_level(
            fixed=self.trust_fixed, reached=self.trust_level, confirmed=confirmed, age=timezone.now() - self.created_at
        )

    @property
    def rank(self) -> int:
        """The place among those who decide about others: that of the role; superusers stand above all."""
        return len(Role) if self.is_superuser else Role(self.role).rank

    def has_role(self, role: Role) -> bool:
        """Is this person's role `role` or above it?"""
        return Role(self.role).at_least(role)


class Profile(models.Model):
    """What a person tells about themselves; made with the user."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everybody")
        FOLLOWERS = "followers", _("followers")
        PRIVATE = "private", _("only me")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(_("display name"), max_length=100)
    bio = models.TextField(_("about me"), max_length=5000, blank=True)
    location = models.CharField(_("place"), max_length=100, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    twitter = models.CharField("X", max_length=100, blank=True)
    instagram = models.CharField("Instagram", max_length=100, blank=True)
    tiktok = models.CharField("TikTok", max_length=100, blank=True)
    discord = models.CharField("Discord", max_length=100, blank=True)
    youtube = models.CharField(_("YouTube channel"), max_length=200, blank=True)
    interests = models.JSONField(_("interests"), default=list, blank=True)
    skills = models.JSONField(_("skills"), default=list, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    visibility = models.CharField(
        _("who sees my profile"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    avatar = models.ImageField(
        _("picture"), upload_to="avatars/%Y/%m/", blank=True, width_field="avatar_width", height_field="avatar_height"
    )
    avatar_width = models.PositiveIntegerField(null=True, editable=False)
    avatar_height = models.PositiveIntegerField(null=True, editable=False)
    avatar_colour = models.CharField(max_length=7, blank=True, editable=False)
    avatar_blurhash = models.CharField(max_length=40, blank=True, editable=False)
    avatar_variants = models.JSONField(default=dict, blank=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    hidden_at = models.DateTimeField(null=True, editable=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="hidden_profiles"
    )
    hidden_reason = models.CharField(_("reason"), max_length=REASON_MAX, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(condition=~models.Q(display_name=""), name="profile_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_reason="")
                | models.Q(hidden_at__isnull=False) & ~models.Q(hidden_reason=""),
                name="profile_hidden_why",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        """Refuses a name of which nothing is seen."""
        super().clean()
        if self.display_name and not has_visible(self.display_name):
            raise ValidationError({"display_name": _("A name needs letters, numbers or signs.")})
        problems = {name: problem for name, problem in self._problems() if problem}
        if problems:
            raise ValidationError(problems)

    def _problems(self) -> Iterator[tuple[str, object]]:
        for name in ("interests", "skills"):
            yield name, problem_with_words(getattr(self, name))
        yield "birthday", problem_with_birthday(self.birthday)
        if self.time_zone not in time_zones():
            yield "time_zone", _("There is no such time zone.")
        if self.language not in dict(settings.LANGUAGES):
            yield "language", _("There is no such language.")


class Preferences(models.Model):
    """A person's choices about the site; made with the user."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferences")
    theme = models.CharField(
        _("theme"),
        max_length=10,
        default="dark",
        choices=[("dark", _("dark")), ("light", _("light")), ("system", _("as the device"))],
    )

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
