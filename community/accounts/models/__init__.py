"""The tables of people."""

from community.accounts.models.alerts import EmailChange, SecurityAlert
from community.accounts.models.joining import Invitation, InvitationUse, JoiningRule
from community.accounts.models.leaving import DataExport, DeletionRequest, RetiredName
from community.accounts.models.names import FormerUsername
from community.accounts.models.people import Preferences, Profile, User, UserManager, UserQuerySet
from community.accounts.models.registration import (
    CodeChallenge,
    NameReservation,
    Referral,
    ReferralCode,
    TermsAgreement,
)
from community.accounts.models.security import LoginAttempt
from community.accounts.models.staff import Impersonation, StaffSafety
from community.accounts.models.tokens import PersonalAccessToken, StatusChange

__all__ = [
    "CodeChallenge",
    "DataExport",
    "DeletionRequest",
    "EmailChange",
    "FormerUsername",
    "Impersonation",
    "Invitation",
    "InvitationUse",
    "JoiningRule",
    "LoginAttempt",
    "NameReservation",
    "PersonalAccessToken",
    "Preferences",
    "Profile",
    "Referral",
    "ReferralCode",
    "RetiredName",
    "SecurityAlert",
    "StaffSafety",
    "StatusChange",
    "TermsAgreement",
    "User",
    "UserManager",
    "UserQuerySet",
]
