"""Every address of the site; the pages of the tree come last."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path, reverse_lazy
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import authenticate_with_password

from cms import views as cms_views
from community.accounts.views import leaving
from community.accounts.views import profile as own_profile
from community.accounts.views.impersonating import impersonation
from community.accounts.views.referrals import join, referrals
from community.accounts.views.security import security, undo_email
from community.accounts.views.sessions import ChoosePasswordView, sessions, suspended, tokens
from community.accounts.views.terms import terms
from community.core import views as core_views
from sparkle_site import errors, health
from sparkle_site.metrics import reading

# Accounts, their addresses and second factors are changed by services only, and groups in the Wagtail admin.
for model in list(admin.site._registry):
    if model._meta.app_label in {"account", "auth", "mfa", "socialaccount", "usersessions", "accounts"}:
        admin.site.unregister(model)
# The admins have no sign-in of their own: lockout and second factor live in the site's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_sign_out = RedirectView.as_view(pattern_name="account_logout", query_string=True)

#: Machines, programs and admins: no language in the address.
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", reading.metrics, name="metrics"),
    path("robots.txt", cms_views.robots, name="robots"),
    path("favicon.ico", cms_views.favicon, name="favicon"),
    path("sitemap.xml", cms_views.sitemap, name="sitemap"),
    path("service-worker.js", cms_views.service_worker, name="service_worker"),
    path("", include("sparkle_site.api_urls")),
    path("cms/login/", cms_views.admin_door, name="cms_login"),
    path("cms/logout/", to_sign_out, name="cms_logout"),
    path("cms/reports/page-types-usage/", cms_views.page_types),
    path("cms/reports/page-types-usage/results/", cms_views.page_types_results),
    path("cms/tag-autocomplete/", cms_views.tags_to_complete, name="cms_tags"),
    path("cms/", include(wagtailadmin_urls)),
    path("django-admin/", admin.site.urls),
    path("documents/", include(wagtaildocs_urls)),
    path("_allauth/", include("community.accounts.views.headless_urls")),
    path("_allauth/", include("allauth.headless.urls")),
]

if settings.SERVE_MEDIA:
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}))
if settings.KEPT_MAIL:
    urlpatterns += [
        path("dev/mail/", core_views.kept_mail, name="kept_mail"),
        path("dev/mail/<str:name>", core_views.kept_message, name="kept_message"),
    ]

if settings.KEPT_MAIL or settings.DEBUG:
    urlpatterns += i18n_patterns(
        path("styleguide/", core_views.styleguide, name="styleguide"), prefix_default_language=False
    )

#: Where people look for their settings, and where they are.
SETTINGS = {
    "": "account_profile",
    "profile/": "account_profile",
    "account/": "account_email",
    "security/": "account_security",
    "sessions/": "usersessions_list",
    "privacy/": "account_privacy",
    "data/": "account_export",
}

#: Pages for people: English without, other languages with their code in front.
urlpatterns += i18n_patterns(
    path(
        "account/password/choose/<uidb64>/<token>/",
        ChoosePasswordView.as_view(success_url=reverse_lazy("account_login")),
        name="account_choose_password",
    ),
    path("account/2fa/", include("community.accounts.views.two_factor_urls")),
    path("account/sessions/", sessions, name="usersessions_list"),
    path("account/profile/", own_profile.profile, name="account_profile"),
    path("account/username/", own_profile.username, name="account_username"),
    path("account/privacy/", leaving.privacy, name="account_privacy"),
    path("account/export/", leaving.export, name="account_export"),
    path("account/export/download/", leaving.download, name="account_export_download"),
    path("account/delete/", leaving.delete, name="account_delete"),
    path("account/tokens/", tokens, name="account_tokens"),
    path("account/impersonation/", impersonation, name="account_impersonation"),
    path("account/security/", security, name="account_security"),
    path("account/email/undo/<str:token>/", undo_email, name="account_undo_email"),
    path("account/terms/", terms, name="account_terms"),
    path("account/referrals/", referrals, name="account_referrals"),
    re_path(r"^join/(?P<code>[A-Za-z0-9]{1,16})/$", join, name="join"),
    path("account/suspended/", suspended, name="account_suspended"),
    *(path(f"settings/{name}", RedirectView.as_view(pattern_name=to, permanent=True)) for name, to in SETTINGS.items()),
    path("account/", include("community.accounts.views.identity_urls")),
    path("account/", include("allauth.urls")),
    re_path(r"^@(?P<username>[A-Za-z0-9_]{1,50})/$", cms_views.profile, name="profile"),
    path("", include("community.follows.urls")),
    path("", include("community.moderation.urls")),
    path("", include("community.reactions.urls")),
    path("", include("community.comments.urls")),
    path("", include("community.bookmarks.urls")),
    path("", include("community.polls.urls")),
    path("feed/<slug:kind>/", cms_views.feed, name="feed"),
    path("feed/<slug:kind>/new/", cms_views.news, name="feed_news"),
    path("account/feed/", cms_views.preferences, name="account_feed"),
    path("latest/", cms_views.latest, name="latest"),
    path("categories/<str:slug>/", cms_views.category, name="category"),
    path("tags/<str:slug>/", cms_views.tag, name="tag"),
    path("search/", cms_views.search, name="search"),
    path("offline/", cms_views.offline, name="offline"),
    path("manifest.webmanifest", cms_views.manifest, name="manifest"),
    # Wagtail's sign-in page for restricted pages signs in by itself: everybody uses the site's.
    path("_util/login/", to_sign_in),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        authenticate_with_password,
        name="wagtailcore_authenticate_with_password",
    ),
    re_path(wagtail_urls.serve_pattern, cms_views.serve_page),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
