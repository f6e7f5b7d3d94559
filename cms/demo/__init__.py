"""The demonstration: twelve creators, forty posts with drawn pictures, and an account for each role."""

from cms.demo.accounts import DEMO_PASSWORD, DemoAccount, accounts_text, demo_accounts
from cms.demo.loading import DemoRefusedError, load_demo

__all__ = ["DEMO_PASSWORD", "DemoAccount", "DemoRefusedError", "accounts_text", "demo_accounts", "load_demo"]
