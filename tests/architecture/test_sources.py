"""The rules about files that import-linter cannot see; each is proven by a planted fault."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.architecture import pages, sources
from tests.architecture.layers import PROJECT

RULES: list[sources.Rule] = [
    sources.names_outside_the_list,
    sources.requests_below_the_faces,
    sources.long_files,
    sources.objects_fetched_in_faces,
    sources.services_called_by_position,
    sources.missing_docstrings,
    sources.banners_and_dead_code,
    sources.traces_of_a_desk,
    pages.inline_code,
    pages.wide_tables,
    pages.untranslated_words,
]

LONG_HOOK = '''"""Serving."""


class Served:
    """A page type."""

    def serve(self, request):
        """Six lines."""
        one = request
        two = one
        three = two
        four = three
        five = four
        return five
'''
SHORT_HOOK = LONG_HOOK.replace("        five = four\n        return five\n", "        return four\n")

#: rule, planted file, its text, and what the finding says
FAULTS: list[tuple[sources.Rule, str, str, str]] = [
    (sources.names_outside_the_list, "cms/gadgets.py", '"""A."""\n', "gadgets is not one of the names"),
    (
        sources.names_outside_the_list,
        "community/follows/helpers.py",
        '"""A."""\n',
        "a name that says nothing",
    ),
    (sources.names_outside_the_list, "community/core/strange.py", '"""A."""\n', "strange is not one"),
    (sources.names_outside_the_list, "sparkle_site/gadget.py", '"""A."""\n', "the project's package"),
    (sources.names_outside_the_list, "notes.txt", "Remember the milk.\n", "the project's tree"),
    (
        sources.requests_below_the_faces,
        "cms/selectors.py",
        "def list_posts(request): ...\n",
        "cms/selectors.py:1",
    ),
    (
        sources.requests_below_the_faces,
        "community/follows/services/acts.py",
        "\n\ndef f(view):\n    return view.request.user\n",
        "community/follows/services/acts.py:4",
    ),
    (sources.requests_below_the_faces, "cms/models/serving.py", LONG_HOOK, "cms/models/serving.py:7"),
    (sources.requests_below_the_faces, "cms/models/home.py", SHORT_HOOK, "cms/models/home.py:7"),
    (sources.long_files, "templates/long.html", "<p></p>\n" * 401, "401 lines"),
    (sources.long_files, "sparkle_site/static/js/long.js", "\n" * 401, "401 lines"),
    (
        sources.objects_fetched_in_faces,
        "cms/views.py",
        "page = Page.objects.live().get(pk=1)\n",
        "cms/views.py:1",
    ),
    (
        sources.objects_fetched_in_faces,
        "cms/api/views.py",
        "from django.shortcuts import get_object_or_404\n",
        "cms/api/views.py:1",
    ),
    (sources.services_called_by_position, "cms/services.py", "def add_page(page): ...\n", "add_page takes"),
    (
        sources.services_called_by_position,
        "cms/services.py",
        "def add_page(*, page, actor): ...\n",
        "the actor of add_page",
    ),
    (sources.missing_docstrings, "cms/forms.py", "A = 1\n", "cms/forms.py:1:1: D100"),
    (sources.missing_docstrings, "cms/services.py", '"""A."""\n\n\ndef act(): ...\n', "D103"),
    (sources.missing_docstrings, "community/facts/pets.py", '"""A."""\n\n\nclass Fed: ...\n', "D101"),
    (sources.banners_and_dead_code, "cms/views.py", "# ---------- pages ----------\n", "a banner line"),
    (sources.banners_and_dead_code, "cms/views.py", "# page = find(1)\n", "ERA001"),
    (sources.traces_of_a_desk, "docs/a.md", "See /root" + "/notes.\n", "docs/a.md:1"),
    (pages.inline_code, "templates/a.html", "<p>\n<script>go()</script>\n", "a.html:2: a script without src"),
    (pages.inline_code, "templates/a.html", "<style>p {}</style>\n", "a style element"),
    (pages.inline_code, "templates/a.html", '<p {% if a %}x{% endif %} onclick="go()">', "handler onclick"),
    (pages.inline_code, "templates/a.html", '<a href="javascript:go()">', "a javascript: address"),
    (pages.wide_tables, "templates/a.html", '<div>\n<table class="listing">', "a.html: a table without"),
    (pages.untranslated_words, "templates/a.html", "<p>\nHello {{ name }}</p>", "a.html:2: Hello"),
    (pages.untranslated_words, "templates/a.html", '<img alt="A cat">', "alt='A cat'"),
    (
        pages.untranslated_words,
        "templates/a.html",
        '{% include "components/empty.html" with title="Nothing" %}',
        'title="Nothing"',
    ),
]


def plant(folder: Path, name: str, text: str) -> Path:
    """A folder with the project's lists and one file."""
    shutil.copy(PROJECT / ".importlinter", folder)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: sources.Rule) -> None:
    findings = rule(PROJECT)
    assert not findings, "\n".join([rule.__doc__ or "", *findings])


@pytest.mark.parametrize(("rule", "name", "text", "finding"), FAULTS)
def test_a_planted_fault_is_found(rule: sources.Rule, name: str, text: str, finding: str, tmp_path: Path) -> None:
    findings = rule(plant(tmp_path, name, text))
    assert any(finding in found for found in findings), findings


def test_every_rule_has_its_planted_fault() -> None:
    assert {rule for rule, *_rest in FAULTS} == set(RULES)


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (sources.requests_below_the_faces, "cms/models/serving.py", SHORT_HOOK),
        (sources.requests_below_the_faces, "cms/views.py", "def home(request): ...\n"),
        (sources.objects_fetched_in_faces, "cms/services.py", "page = Page.objects.get(pk=1)\n"),
        (sources.services_called_by_position, "cms/services.py", "def _own(page): ...\n"),
        (pages.inline_code, "templates/a.html", '<script src="{% static "a.js" %}"></script>'),
        (pages.inline_code, "templates/a.html", '<script type="application/ld+json">{}</script>'),
        (pages.wide_tables, "templates/a.html", '<div class="desk-scroller"><table class="listing">'),
        (pages.untranslated_words, "templates/a.html", '<p>{% translate "Hello" %} {{ name }} · 1×</p>'),
        (pages.untranslated_words, "templates/a.html", '<p title="{% translate "Hello" %}">YouTube</p>'),
        (
            pages.untranslated_words,
            "templates/a.html",
            "{% blocktranslate count n=n %}{{ n }} post{% plural %}{{ n }} posts{% endblocktranslate %}",
        ),
    ],
)
def test_what_is_right_is_left_alone(rule: sources.Rule, name: str, text: str, tmp_path: Path) -> None:
    assert rule(plant(tmp_path, name, text)) == []
