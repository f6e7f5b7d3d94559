"""Facts about people and their accounts."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("user.created", aggregate="user", by="user_id")
class UserCreated(Fact):
    """An account was made, by whichever door: form, API, command or import."""

    user_id: int


@fact_class("user.updated", aggregate="user", by="user_id")
class UserUpdated(Fact):
    """Name, profile or role changed; `changed` names the fields."""

    user_id: int
    changed: list[str]


@fact_class("user.status_changed", aggregate="user", by="user_id")
class UserStatusChanged(Fact):
    """The account went from one status to another."""

    user_id: int
    old: str
    new: str


@fact_class("profile.completed", aggregate="user", by="user_id")
class ProfileCompleted(Fact):
    """A profile reached 80 of 100 points; told once for each person."""

    user_id: int


@fact_class("profile.hidden", aggregate="user", by="user_id")
class ProfileHidden(Fact):
    """A moderator took a profile out of sight."""

    user_id: int


@fact_class("profile.restored", aggregate="user", by="user_id")
class ProfileRestored(Fact):
    """A moderator brought a hidden profile back."""

    user_id: int


@fact_class("auth.login", aggregate="user", by="user_id")
class SignedIn(Fact):
    """Somebody finished signing in."""

    user_id: int


@fact_class("auth.logout", aggregate="user", by="user_id")
class SignedOut(Fact):
    """Somebody signed out."""

    user_id: int


@fact_class("auth.email_verified", aggregate="user", by="user_id")
class EmailVerified(Fact):
    """The address was confirmed by its code."""

    user_id: int


@fact_class("auth.sessions_closed", aggregate="user", by="user_id")
class SessionsClosed(Fact):
    """Sessions of a person ended before their time; `sessions` holds their ids."""

    user_id: int
    sessions: list[int]


@fact_class("referral.confirmed", aggregate="user", by="user_id")
class ReferralConfirmed(Fact):
    """Somebody whom `user_id` brought has confirmed their address; told once for each of them."""

    user_id: int
    referred_id: int


@fact_class("security.alert_raised", aggregate="user", by="user_id")
class SecurityAlertRaised(Fact):
    """A person is warned of something; `severity` is low, medium, high or critical (mailed already)."""

    user_id: int
    alert_id: int
    kind: str
    severity: str


@fact_class("auth.password_changed", aggregate="user", by="user_id")
class PasswordChanged(Fact):
    """Somebody has another password, by whichever door."""

    user_id: int


@fact_class("auth.email_changed", aggregate="user", by="user_id")
class EmailChanged(Fact):
    """Another address is the main one of an account; `undone` when the old owner took it back by the link."""

    user_id: int
    undone: bool = False


@fact_class("auth.sign_in_failed", aggregate="user", by="user_id")
class SignInFailed(Fact):
    """Somebody failed to sign in to a known account; `attempt_id` is its row of the login history."""

    user_id: int
    attempt_id: int


@fact_class("auth.identity_linked", aggregate="user", by="user_id")
class IdentityLinked(Fact):
    """An identity elsewhere (Google, GitHub) was joined to an account that was there before."""

    user_id: int
    provider: str


@fact_class("auth.identity_removed", aggregate="user", by="user_id")
class IdentityRemoved(Fact):
    """Nobody signs in to this account with that identity any more."""

    user_id: int
    provider: str


@fact_class("user.data_exported", aggregate="user", by="user_id")
class DataExported(Fact):
    """The file with everything held about a person is ready for them."""

    user_id: int


@fact_class("user.deletion_requested", aggregate="user", by="user_id")
class DeletionRequested(Fact):
    """The account is to go once its days of grace are over."""

    user_id: int


@fact_class("user.deletion_undone", aggregate="user", by="user_id")
class DeletionUndone(Fact):
    """The person came back in time: the account stays."""

    user_id: int


@fact_class("user.deleted", aggregate="user", by="user_id")
class UserDeleted(Fact):
    """Nothing is left of the person but an account without a name; `with_content`: their posts are gone as well."""

    user_id: int
    with_content: bool
