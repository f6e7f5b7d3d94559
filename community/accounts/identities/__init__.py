"""Signing in with an account elsewhere: what allauth asks of us by dotted path, and our classes in the place of its."""

from community.accounts.identities.adapter import IdentityAdapter
from community.accounts.identities.flows import install
from community.accounts.identities.providers import GitHub, Google
from community.accounts.identities.sign_up import IdentitySignUpForm

__all__ = ["GitHub", "Google", "IdentityAdapter", "IdentitySignUpForm", "install"]
