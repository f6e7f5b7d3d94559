"""A second factor in a real browser: an app with recovery codes, and a passkey."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from community.accounts import services
from community.accounts.models import User
from tests.browser import world
from tests.browser.conftest import Site, Visitor
from tests.browser.test_access import EVERYTHING, violations
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(site: Site) -> Iterator[User]:
    """Somebody nobody else meets."""
    somebody = make_user()
    yield somebody
    somebody.delete()


@pytest.fixture
def local(site: Site, browser: Browser) -> Iterator[Visitor]:
    """Somebody at `localhost`: browsers give passkeys to no bare address."""
    somebody = Visitor(browser, site)
    somebody.site = Site.__new__(Site)
    somebody.site.__dict__ = {**site.__dict__, "address": site.address.replace("127.0.0.1", "localhost")}
    yield somebody
    somebody.leave()
    assert not somebody.unexpected(), "\n".join(["Something went wrong on the page:", *somebody.unexpected()])


def sign_in(page: Page, person: User) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail or user name").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def show_it_is_me(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def is_signed_in(page: Page, person: User) -> None:
    expect(page.get_by_label(f"Menu of {person.username}")).to_be_visible()


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
def test_an_app_is_set_up_and_a_recovery_code_lets_in(visitor: Visitor, person: User, width: int) -> None:
    page = visitor.open("/account/login/", width=width)
    sign_in(page, person)
    is_signed_in(page, person)
    page.goto("/account/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    show_it_is_me(page)
    expect(page.get_by_alt_text("The secret as a picture")).to_be_visible()
    page.get_by_text("You cannot scan it?").click()
    app = pyotp.TOTP(page.locator(".codes pre").inner_text().strip())
    used = app.now()
    page.get_by_label("Code").fill(used)
    page.get_by_role("button", name="Turn it on").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    codes = page.locator(".codes pre").inner_text().split()
    assert len(codes) == 10
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    assert saved.value.path().read_text().split() == codes
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing stands out of the page"
    page.reload()
    expect(page.locator(".codes")).to_have_count(0)

    page.context.clear_cookies()
    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_label("Code").fill(used)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("Code").fill(codes[0].lower())
    page.get_by_role("button", name="Sign in", exact=True).click()
    is_signed_in(page, person)


def test_a_passkey_lets_in_after_the_password_and_alone(local: Visitor, person: User) -> None:
    page = local.open("/account/login/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    sign_in(page, person)
    is_signed_in(page, person)
    page.goto("/account/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    show_it_is_me(page)
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="See your passkeys").click()
    expect(page.get_by_role("row").filter(has_text="My phone")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, person)
    page.get_by_role("button", name="Use your passkey").click()
    is_signed_in(page, person)

    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    is_signed_in(page, person)


#: What the page of somebody else's making would do: the device, between two requests to the API.
MAKE_BY_API = """async ({ token, password }) => {
  const ask = (address, body) => fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  }).then((answer) => answer.json());
  const { data } = await ask("/api/auth/passkeys/setup", { password });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(data.options.publicKey);
  const made = await navigator.credentials.create({ publicKey });
  return ask("/api/auth/passkeys", { token: data.token, credential: made.toJSON(), name: "By program" });
}"""


@pytest.mark.long
def test_a_passkey_made_through_the_api_lets_in(local: Visitor, person: User) -> None:
    page = local.open("/account/login/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    sign_in(page, person)
    is_signed_in(page, person)
    page.goto("/account/tokens/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.evaluate(MAKE_BY_API, {"token": token, "password": PASSWORD})
    assert answer["success"], answer
    assert (answer["data"]["name"], len(answer["data"]["recoveryCodes"])) == ("By program", 10)
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("row").filter(has_text="By program")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    is_signed_in(page, person)


def test_a_passkey_that_does_not_come_is_told_in_words(local: Visitor) -> None:
    page = local.open("/account/login/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    page.get_by_role("button", name="Sign in with a passkey").click()
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
    expect(page.get_by_text("That did not work. You can try it again.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


@pytest.mark.parametrize(
    "path",
    [
        "webauthn/",
        "recovery-codes/",
        *(
            pytest.param(path, marks=pytest.mark.long)
            for path in ("", "webauthn/keys/{key}/remove/", "totp/deactivate/")
        ),
    ],
)
def test_axe_finds_nothing_on_the_pages_of_the_second_factor(visitor: Visitor, person: User, path: str) -> None:
    services.set_up_totp(person=person, secret=pyotp.random_base32())
    services.make_recovery_codes(person=person)
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Phone", "credential": credential})
    page = visitor.open(f"/account/2fa/{path.format(key=key.pk)}", session=world.session_of(person.username))
    expect(page.locator("nav.account__nav")).to_be_visible()
    page.evaluate(Axe().axe_script)
    for theme in ("dark", "light"):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
            assert not violations(page, EVERYTHING)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
