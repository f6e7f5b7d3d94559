"""Texts and pictures that pages must bear, and a body with every kind of block around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from wagtail.rich_text import RichText

from cms.models import CustomDocument, CustomImage, ReusableContent

#: `say(length)`: words of at most so many characters.
Words = Callable[[int], str]
WORD = "W" * 500
#: Right to left, left to right, and both in one: each ends in a sign that shows where the end is.
DIRECTIONS = {
    "Arabic": "مرحبا بالعالم!",
    "Hebrew": "שלום עולם!",
    "Arabic with Latin": "فيديو YouTube 2026 جديد من Mira!",
    "Hebrew with Latin": "סרטון YouTube (4K)!",
    "Latin with Arabic": "The word مرحبا بالعالم!",
}
EVIL = (
    "<script>window.ran = 1</script><img src='/static/icons/icon-192.png' onload='window.ran = 2'>"
    "<svg onload='window.ran = 3'></svg>"
    "<a href='javascript:window.ran = 4'>Link</a><iframe srcdoc='<script>parent.ran = 5</script>'></iframe>"
    "<details open ontoggle='window.ran = 6'>x</details><style>*{display:none}</style><b id=content name=q>Kept</b>"
)
CODE = "x = 1  # a line\n" + "y" * 5000 + "\n"


def document(title: str = "Notes") -> CustomDocument:
    """A stored document."""
    return CustomDocument.objects.create(title=title[:255], file=ContentFile(b"Words", name="notes.txt"))


def every_block(say: Words, image: CustomImage, file: CustomDocument, code: str = CODE) -> list[tuple[str, Any]]:
    """A block of each kind that a body can hold, with the longest words that `say` has for each place."""
    long = say(500)
    reusable, _created = ReusableContent.objects.update_or_create(
        slug="bad-input", defaults={"name": "Bad input", "body": [("callout", callout(say))]}
    )
    return [
        ("rich_text", RichText("<p>First some plain words.</p>" + prose(long))),
        ("image", {"image": image, "alt": say(255), "caption": say(255)}),
        ("video", {"video": "dQw4w9WgXcQ", "title": say(255), "chapters": f"0:00 {say(200)}\n1:02:03 {say(200)}"}),
        (
            "gallery",
            {"pictures": [{"image": image, "alt": say(255), "caption": say(255)}] * 3, "caption": say(255)},
        ),
        ("callout", callout(say)),
        ("spoiler", {"summary": say(160), "text": RichText(f"<p>{long}</p>")}),
        ("table", {"data": [[say(200), long], [long, "1"]], "first_row_is_table_header": True, "table_caption": long}),
        ("divider", None),
        ("poll", {"question": say(200), "options": [say(100), f"{say(95)} 2"]}),
        ("quote", {"text": long, "attribution": say(255)}),
        ("code", {"language": "python", "code": code}),
        ("html", OTHER.format(long)),
        ("file", {"document": file, "title": say(255), "description": say(300)}),
        ("embed", {"url": "https://vimeo.com/76979871", "title": say(255)}),
        ("reusable", reusable),
    ]  # fmt: skip


def callout(say: Words) -> dict[str, Any]:
    """The value of a call-out."""
    return {"kind": "tip", "title": say(120), "text": RichText(f"<p>{say(500)}</p>")}


def prose(words: str) -> str:
    """What the editor's toolbar can make, around some words."""
    return (
        f"<h2>{words}</h2><p>{words}</p><p><b>{words}</b></p><p><a href='https://example.org/'>{words}</a></p>"
        f"<h3>{words}</h3><ul><li>{words}</li></ul><ol><li>{words}<ol><li>{words}</li></ol></li></ol>"
        f"<blockquote>{words}</blockquote><p><code>{words}</code></p>"
    )


OTHER = (
    "<table><caption>{0}</caption><thead><tr><th>{0}</th><th>2</th></tr></thead>"
    "<tbody><tr><td>{0}</td><td>{0}</td></tr></tbody></table><dl><dt>{0}</dt><dd>{0}</dd></dl><pre>{0}</pre>"
    "<h5>{0}</h5><figure><figcaption>{0}</figcaption></figure>"
)

#: What other sites hold, by title.
ODD_CONTENT = {
    "": "",
    "<img src=x>": "<p><br><br></p><p>&nbsp;</p><h2></h2><h3> </h3><a href='#'></a><a href='https://a.example/'><img></a>",
    "Pictures of elsewhere": (
        "<p><img src='https://old.example/a.jpg' width='4000' height='300' alt='Wide'></p>"
        "[caption id='x' align='alignright' width='9000']<img src='http://old.example/b.png' width='9000'> Words"
        "[/caption][gallery ids='1,2,3' columns='9']"
        "<figure><img src='/wp-content/c.gif' alt=''><figcaption></figcaption></figure>"
    ),
    "Wide and deep": (
        f"<table><tr>{'<td>a_cell_of_a_table</td>' * 40}</tr></table><pre>{'x' * 3000}</pre>{'<blockquote>' * 20}Deep"
        f"{'</blockquote>' * 20}{'<ul><li>Level' * 30}{'</li></ul>' * 30}"
    ),
    "W" * 300: "<h2>" + "W" * 300 + "</h2><p>https://example.org/" + "path/" * 200 + "</p>",
    "Columns &amp; covers": (
        "<!-- wp:columns --><div style='width:4000px'><div style='position:fixed;top:0'>A</div>"
        "</div><!-- /wp:columns --><!-- wp:embed --><figure>https://www.youtube.com/watch?v=dQw4w9WgXcQ</figure>"
        "<!-- /wp:embed --><iframe src='https://player.vimeo.com/video/1' width='5000'></iframe>"
        "<center><font size='7' color='red'>Loud</font></center><marquee>Moving</marquee><input value='Form'>"
    ),
    "مرحبا بالعالم": "<p dir='rtl'>مرحبا بالعالم</p><div align='right'>שלום</div>",
    "Lists": "<dl><dt>T</dt><dd>D</dd></dl><ol start='99999'><li>Far</li></ol><ol reversed><li>A<li>B</ol><ul></ul>",
}
