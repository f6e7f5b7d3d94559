"""Addresses of people below /api."""

from __future__ import annotations

from django.urls import path, re_path

from community.accounts.api import (
    admin,
    identities,
    leaving,
    passkeys,
    passwords,
    people,
    registration,
    sessions,
    terms,
    two_factor,
    views,
)
from community.accounts.api.avatar import AvatarView
from community.accounts.api.security import AlertAnswerView, LoginHistoryView, SecurityAlertsView

urlpatterns = [
    path("auth/login", views.LoginView.as_view()),
    path("auth/logout", views.LogoutView.as_view()),
    path("auth/refresh", views.RefreshView.as_view()),
    path("auth/two-factor", two_factor.TwoFactorView.as_view()),
    path("auth/two-factor/setup", two_factor.SetUpView.as_view()),
    path("auth/two-factor/removal", two_factor.RemovalView.as_view()),
    path("auth/recovery-codes", two_factor.RecoveryCodesView.as_view()),
    path("auth/passkeys", passkeys.PasskeysView.as_view()),
    path("auth/passkeys/setup", passkeys.PasskeySetUpView.as_view()),
    re_path(r"^auth/passkeys/(?P<id>[0-9]{1,18})\Z", passkeys.PasskeyView.as_view()),
    path("auth/register", registration.RegisterView.as_view()),
    path("auth/password-strength", passwords.PasswordStrengthView.as_view()),
    path("auth/verify", registration.VerifyView.as_view()),
    path("auth/resend", registration.ResendView.as_view()),
    path("auth/password-reset", registration.PasswordResetView.as_view()),
    path("auth/password-reset/confirm", registration.NewPasswordView.as_view()),
    path("me/terms", terms.TermsView.as_view()),
    path("me/referrals/people", terms.BroughtView.as_view()),
    path("me/referrals", registration.ReferralsView.as_view()),
    path("me", views.MeView.as_view()),
    path("me/username", people.UsernameView.as_view()),
    path("me/login-history", LoginHistoryView.as_view()),
    path("me/security-alerts", SecurityAlertsView.as_view()),
    re_path(r"^me/security-alerts/(?P<id>[0-9]{1,18})/answer\Z", AlertAnswerView.as_view()),
    path("me/avatar", AvatarView.as_view()),
    path("me/sessions", sessions.SessionsView.as_view()),
    re_path(r"^me/sessions/(?P<id>[0-9]{1,18})\Z", sessions.SessionView.as_view()),
    path("me/tokens", sessions.TokensView.as_view()),
    re_path(r"^me/tokens/(?P<id>[0-9]{1,18})\Z", sessions.TokenView.as_view()),
    path("me/identities", identities.IdentitiesView.as_view()),
    re_path(r"^me/identities/(?P<id>[0-9]{1,18})\Z", identities.IdentityView.as_view()),
    path("me/export", leaving.ExportView.as_view()),
    path("me/deletion", leaving.DeletionView.as_view()),
    path("admin/users", admin.AccountsView.as_view()),
    re_path(r"^admin/users/(?P<username>[A-Za-z0-9_]{1,50})\Z", admin.AccountView.as_view()),
    re_path(r"^admin/users/(?P<username>[A-Za-z0-9_]{1,50})/status\Z", admin.AccountStatusView.as_view()),
    re_path(r"^admin/users/(?P<username>[A-Za-z0-9_]{1,50})/role\Z", admin.AccountRoleView.as_view()),
    path("users", people.UsersView.as_view()),
    path("users/availability", people.AvailabilityView.as_view()),
    re_path(r"^users/(?P<username>[A-Za-z0-9_]{1,50})\Z", views.UserView.as_view()),
]
