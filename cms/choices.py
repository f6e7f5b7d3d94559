"""Constants of the content."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: The kind under which others point to a post.
POST = "post"

TITLE_MAX = 255
EXCERPT_MAX = 500
SUMMARY_LENGTH = 240
SEARCHED_LENGTH = 100_000
#: Blocks whose words are read: they count for the reading time and make the summary.
READ_BLOCKS = frozenset({"rich_text", "html", "quote", "callout"})
TABLE_CELLS_MAX = 4_000
SLUG_MAX = 100
TAG_MAX = 100
TAGS_MAX = 40
CONTENT_MAX = 500_000
INTRODUCTION_MAX = 500
#: How many parts of a series can be put in order at once.
PARTS_MAX = 200

#: Top-level addresses of the site itself: no page may take them.
RESERVED_ROOT_SLUGS = frozenset(
    [
        "_allauth",
        "account",
        "achievements",
        "admin",
        "api",
        "api-docs",
        "bookmarks",
        "categories",
        "cms",
        "creators-index",
        "de",
        "dev",
        "django-admin",
        "documents",
        "en",
        "events",
        "feed",
        "feeds",
        "groups",
        "healthz",
        "latest",
        "leaderboard",
        "media",
        "messages",
        "notifications",
        "offline",
        "quests",
        "reactions",
        "readyz",
        "robots.txt",
        "search",
        "settings",
        "shares",
        "shop",
        "sitemap.xml",
        "static",
        "styleguide",
        "tags",
        "trades",
        "watch",
        "ws",
    ]
)

CODE_LANGUAGES = [
    ("text", "Plain text"),
    ("bash", "Shell"),
    ("c", "C"),
    ("cpp", "C++"),
    ("csharp", "C#"),
    ("css", "CSS"),
    ("go", "Go"),
    ("html", "HTML"),
    ("java", "Java"),
    ("javascript", "JavaScript"),
    ("json", "JSON"),
    ("kotlin", "Kotlin"),
    ("lua", "Lua"),
    ("php", "PHP"),
    ("python", "Python"),
    ("ruby", "Ruby"),
    ("rust", "Rust"),
    ("sql", "SQL"),
    ("swift", "Swift"),
    ("toml", "TOML"),
    ("typescript", "TypeScript"),
    ("xml", "XML"),
    ("yaml", "YAML"),
]

CALLOUT_KINDS = [("note", _("Note")), ("tip", _("Tip")), ("warning", _("Warning"))]

#: How a row of posts is laid out.
ROW_RHYTHMS = [("pair", _("two beside each other")), ("trio", _("three beside each other")), ("lines", _("lines"))]

#: The ground of a page in each theme, which browsers take for their own bars (css/tokens.css).
THEME_COLOURS = {"dark": "#0f0c16", "light": "#fbfafd"}

#: Icons of the sprite that a menu may use.
MENU_ICONS = [
    ("home", _("House")),
    ("compass", _("Compass")),
    ("star", _("Star")),
    ("users", _("People")),
    ("calendar", _("Calendar")),
    ("play", _("Screen")),
    ("trophy", _("Cup")),
    ("news", _("Newspaper")),
    ("book", _("Book")),
    ("folder", _("Folder")),
    ("tag", _("Tag")),
    ("info", _("Information")),
    ("page", _("Page")),
    ("search", _("Magnifier")),
    ("spark", _("Spark")),
]

RICH_TEXT_FEATURES = [
    "h2", "h3", "h4", "bold", "italic", "strikethrough", "superscript", "subscript", "ol", "ul", "hr", "link",
    "document-link", "blockquote", "code", "image",
]  # fmt: skip
"""What the editor's toolbar offers. HTML with anything else goes into an `html` block, which keeps it all."""

#: Elements Draftail reads and writes without loss, given the features above.
RICH_TEXT_TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "embed",
        "h2",
        "h3",
        "h4",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "s",
        "strong",
        "sub",
        "sup",
        "ul",
    ]
)
