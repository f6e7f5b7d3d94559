"""The kernel of the JSON API: envelope, errors, strict input, lists, versions, limits and the document.

It stands on base classes of its own, never on REST_FRAMEWORK's defaults: those would change Wagtail's API.
"""
