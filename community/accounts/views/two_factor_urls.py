"""Addresses of the second factor's pages that stand before allauth's own, under account/2fa/."""

from __future__ import annotations

from django.urls import path

from community.accounts.views import two_factor as views

urlpatterns = [
    path("authenticate/", views.SecondStepView.as_view(), name="mfa_authenticate"),
    path("totp/activate/", views.SetUpAppView.as_view(), name="mfa_activate_totp"),
    path("totp/deactivate/", views.TurnOffAppView.as_view(), name="mfa_deactivate_totp"),
    path("webauthn/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("webauthn/keys/<int:pk>/edit/", views.RenamePasskeyView.as_view(), name="mfa_edit_webauthn"),
    path("webauthn/keys/<int:pk>/remove/", views.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path("recovery-codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", views.NewRecoveryCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", views.no_such_page, name="mfa_download_recovery_codes"),
]
