"""The tables of people."""

from community.accounts.models.people import Preferences, Profile, User, UserManager, UserQuerySet

__all__ = ["Preferences", "Profile", "User", "UserManager", "UserQuerySet"]
