"""WordPress texts as pieces of a body: paragraphs, shortcodes, blocks, media, code."""

from __future__ import annotations

import time
from collections import Counter

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.importers import Notes
from cms.importers.wordpress import Code, OtherHtml, Piece, RichText, Video, convert
from community.core.text import clean_html


def pieces(source: str, notes: Notes | None = None) -> list[Piece]:
    return convert(source, site="https://old.example", notes=Counter() if notes is None else notes)


def html(source: str) -> str:
    """The HTML of a text that becomes nothing but HTML, without what the policy adds to links."""
    found = pieces(source)
    assert all(isinstance(piece, RichText | OtherHtml) for piece in found), found
    return "".join(piece.html for piece in found).replace(' rel="noopener nofollow ugc"', "")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("One.\n\nTwo,\nand a line.", "<p>One.</p><p>Two,<br>and a line.</p>"),
        ("One.\r\n\r\n\r\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One<br /><br>Two<br />\nthree", "<p>One</p><p>Two<br>three</p>"),
        ("<b>One.\n\nTwo.</b>", "<p><b>One.</b></p><p><b>Two.</b></p>"),
        ("<div>One</div><div>Two</div>", "<p>One</p><p>Two</p>"),
        (
            "A\n<ul>\n<li>1</li>\n<li>2\n<ol><li>3</li></ol></li>\n</ul>\nB",
            "<p>A</p><ul><li>1</li><li>2<ol><li>3</li></ol></li></ul><p>B</p>",
        ),
        ("<ul><li>1</li><ul><li>2</li></ul></ul>", "<ul><li>1<ul><li>2</li></ul></li></ul>"),
        ("<blockquote>One.</blockquote>", "<blockquote>One.</blockquote>"),
        ("<blockquote>One.\n\nTwo.</blockquote>", "<blockquote><p>One.</p><p>Two.</p></blockquote>"),
        ("<h1>A <span>title</span></h1>text", "<h2>A title</h2><p>text</p>"),
        ("<pre>a\n\n  b &lt;i&gt;</pre>", "<pre>a\n\n  b &lt;i&gt;</pre>"),
        ("Some <code>x &lt; 1</code> here", "<p>Some <code>x &lt; 1</code> here</p>"),
        ("Before<!--more-->After<!--nextpage-->Last", "<p>Before</p><p>After</p><p>Last</p>"),
        ("<p>&nbsp;</p><p></p>Words<p> </p>", "<p>Words</p>"),
        (
            "<table><tr><td>1<br>2</td><td></td></tr></table>",
            "<table><tbody><tr><td>1<br>2</td><td></td></tr></tbody></table>",
        ),
        ("<dl><dt>T</dt><dd>D</dd></dl>", "<dl><dt>T</dt><dd>D</dd></dl>"),
        (
            "<a href='/about/'>us</a> <a href='#note'>note</a>",
            '<p><a href="https://old.example/about/">us</a> note</p>',
        ),
        ("<a href='javascript:alert(1)'>x</a>", "<p>x</p>"),
        (
            "<a href='https://x.example/'><h3>Card</h3>Text</a>",
            '<h3><a href="https://x.example/">Card</a></h3><p><a href="https://x.example/">Text</a></p>',
        ),
        ("<script>alert(1)</script><p onclick='x()'>ok</p>", "<p>ok</p>"),
        ("<p>a<object><p>b</object>", "<p>a</p><p>b</p>"),
        ("https://example.org/page", '<p><a href="https://example.org/page">https://example.org/page</a></p>'),
        (
            "<acronym title='T'>A</acronym> <tt>t</tt> <strike>s</strike>",
            '<p><abbr title="T">A</abbr> <code>t</code> <s>s</s></p>',
        ),
        ("", ""),
        ("<p></p>\n<!-- nothing -->", ""),
    ],
)  # fmt: skip
def test_texts_of_the_old_editor_become_paragraphs(source: str, expected: str) -> None:
    assert html(source) == expected


def test_blocks_are_taken_as_they_are_and_the_rest_as_in_the_old_editor() -> None:
    source = (
        '<!-- wp:paragraph {"align":"left"} -->\n<p>One\nline</p>\n<!-- /wp:paragraph -->\n\n'
        "Loose\n\nwords\n\n"
        '<!-- wp:group --><div class="wp-block-group"><!-- wp:heading --><h2>Head</h2><!-- /wp:heading --></div>'
        "<!-- /wp:group -->"
        '<!-- wp:latest-posts {"postsToShow":3} /-->'
    )
    notes: Notes = Counter()

    found = pieces(source, notes)

    assert found == [RichText("<p>One\nline</p><p>Loose</p><p>words</p><h2>Head</h2>")]
    assert notes == {("blocks that WordPress fills itself were left out", "latest-posts"): 1}


def test_what_the_editor_cannot_show_is_html_and_the_rest_stays_rich() -> None:
    found = pieces("Words\n<table><tr><td>1</td></tr></table>\nMore <u>words</u>\n\nEnd")

    assert [type(piece) for piece in found] == [RichText, OtherHtml, RichText]


def test_a_text_that_changes_all_the_time_is_one_piece() -> None:
    assert len(pieces("<p>a</p><p><u>b</u></p>" * 20)) == 1


@pytest.mark.parametrize(
    ("source", "start"),
    [
        ("https://www.youtube.com/watch?v=SQEQr7c0-dw", 0),
        ("Words\nhttps://youtu.be/SQEQr7c0-dw?t=1m30s\nwords", 90),
        ("<p>http://www.youtube.com/watch?v=SQEQr7c0-dw&amp;start=5</p>", 5),
        ("[embed width=3]https://youtu.be/SQEQr7c0-dw[/embed]", 0),
        ("[youtube=http://www.youtube.com/watch?v=SQEQr7c0-dw&amp;w=640&amp;h=385]", 0),
        ('[youtube id="SQEQr7c0-dw"]', 0),
        ("[youtube]SQEQr7c0-dw[/youtube]", 0),
        ('<div><iframe src="//www.youtube.com/embed/SQEQr7c0-dw?start=7"></iframe></div>', 7),
        ('<object><param name="movie" value="http://www.youtube.com/v/SQEQr7c0-dw"></object>', 0),
        (
            '<!-- wp:core-embed/youtube {"url":"https://youtu.be/SQEQr7c0-dw"} --><figure><div>\nhttps://youtu.be/SQEQr7c0-dw\n'
            "</div></figure><!-- /wp:core-embed/youtube -->",
            0,
        ),
        ('<!-- wp:embed {"url":"https://youtu.be/SQEQr7c0-dw"} /-->', 0),
    ],
)
def test_youtube_becomes_a_video(source: str, start: int) -> None:
    assert [piece for piece in pieces(source) if isinstance(piece, Video)] == [Video("SQEQr7c0-dw", "", start)]


def test_a_video_inside_a_list_is_a_link_and_in_a_sentence_an_address() -> None:
    assert html("<ul><li>https://youtu.be/SQEQr7c0-dw</li></ul>").startswith('<ul><li><a href="https://')
    assert html("See https://youtu.be/SQEQr7c0-dw there") == "<p>See https://youtu.be/SQEQr7c0-dw there</p>"


def test_a_caption_names_its_video() -> None:
    player = "<iframe src='https://www.youtube.com/embed/SQEQr7c0-dw'></iframe>"
    source = f"<figure>{player}<figcaption>My <b>film</b></figcaption></figure>"

    assert pieces(source) == [Video("SQEQr7c0-dw", "My film", 0)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<img src="https://x.example/a/b.jpg" alt="A cat">', '<p><a href="https://x.example/a/b.jpg">A cat</a></p>'),
        ('<img src="/files/b.jpg?w=3">', '<p><a href="https://old.example/files/b.jpg?w=3">b.jpg</a></p>'),
        ('<a href="https://x.example/"><img src="b.jpg" alt="Cat"></a>', '<p><a href="https://x.example/">Cat</a></p>'),
        (
            '<a href="https://x.example/"><img src="https://x.example/b.jpg"></a>',
            '<p><a href="https://x.example/">b.jpg</a></p>',
        ),
        ('<img src="data:image/gif;base64,R0" alt="Dot">', "<p>Dot</p>"),
        ('Hi <img src="https://x.example/s.gif" class="wp-smiley" alt=":)">', "<p>Hi :)</p>"),
        ('Hi <img src="https://x.example/t.gif" width="1" height="1">', "<p>Hi</p>"),
        (
            '[caption width="3" caption="Old way"]<img src="https://x.example/b.jpg">[/caption]',
            '<p><a href="https://x.example/b.jpg">Old way</a></p>',
        ),
        (
            '[caption width="3"]<img src="https://x.example/b.jpg" alt="Cat"> My <i>cat</i>[/caption]',
            '<p><a href="https://x.example/b.jpg">Cat</a><br>My <i>cat</i></p>',
        ),
        (
            '<iframe src="https://maps.example/x" title="Map"></iframe>',
            '<p><a href="https://maps.example/x">Map</a></p>',
        ),
        ('[audio src="https://x.example/a%20b.mp3"]', '<p><a href="https://x.example/a%20b.mp3">a%20b.mp3</a></p>'),
        ('<video><source src="/v.mp4"></video>', '<p><a href="https://old.example/v.mp4">v.mp4</a></p>'),
        ('[video src="https://youtu.be/x"]', '<p><a href="https://youtu.be/x">x</a></p>'),
    ],
)  # fmt: skip
def test_media_of_other_hosts_become_links(source: str, expected: str) -> None:
    assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('[box color="red"]Inner <b>text</b>[/box]', "<p>Inner <b>text</b></p>"),
        ('[a x="1"][b]deep[/b][/a] end', "<p>deep end</p>"),
        ("He wrote [sic] and [citation needed].", "<p>He wrote [sic] and [citation needed].</p>"),
        ("int[] a; b[0] [1]", "<p>int[] a; b[0] [1]</p>"),
        ('Form: [contact-form-7 id="3" title="x"]', "<p>Form:</p>"),
        ('[map url="https://maps.example/x"]', '<p><a href="https://maps.example/x">https://maps.example/x</a></p>'),
        ("Write [[gallery]] for one", "<p>Write [gallery] for one</p>"),
        ("A[gallery ids='1,2']B", "<p>A</p><p>B</p>"),
        ("<code>[gallery]</code> <pre>[box]x[/box]</pre>", "<p><code>[gallery]</code></p><pre>[box]x[/box]</pre>"),
        (
            '<a href="https://x.example/?a[b]=1" title="[gallery]">x</a>',
            '<p><a href="https://x.example/?a[b]=1" title="[gallery]">x</a></p>',
        ),
        ("[/box] left over", "<p>[/box] left over</p>"),
        ("[box] never closed", "<p>[box] never closed</p>"),
    ],
)  # fmt: skip
def test_shortcodes_leave_their_words(source: str, expected: str) -> None:
    assert html(source) == expected


def test_code_is_code_and_keeps_every_sign() -> None:
    assert pieces('[sourcecode language="py"]if a < b:\n    pass\n\n[x][/sourcecode]') == [
        Code("python", "if a < b:\n    pass\n\n[x]")
    ]
    assert pieces('<pre class="wp-block-code"><code class="language-js">a &amp;&amp; b</code></pre>') == [
        Code("javascript", "a && b")
    ]
    assert pieces("<code>a\n  b</code>") == [Code("text", "a\n  b")]


# One fragment between spaces; "~" is a space inside of one.
FRAGMENTS = (
    "<p> </p> <div> </div> <b> </b> <a~href='http://x.example/'> </a> <object> </object> <table> <tr> <td> </table> "
    "<ul> <li> </ul> <h2> </h2> <h3> <span> </span> <pre> </pre> <code> </code> <blockquote> </blockquote> <br> <hr> "
    "<button> <dl> <dt> <dd> <svg> <math> <select> <option> <template> <figure> <figcaption> <caption> <form> "
    "[caption~a='1'] [/caption] [gallery] <img~src=a.jpg> https://youtu.be/SQEQr7c0-dw <!--more--> "
    "<!--~wp:x~--> <!--~/wp:x~--> &amp; &#1; < > & word"
)
PIECES = st.sampled_from(["\n", "\n\n", *(part.replace("~", " ") for part in FRAGMENTS.split())])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_whatever_comes_in_what_comes_out_is_clean_and_valid(source: str) -> None:
    for piece in pieces(source):
        if isinstance(piece, RichText | OtherHtml):
            assert clean_html(piece.html) == piece.html
            html5lib.HTMLParser(strict=True).parse(f"<!DOCTYPE html><title>x</title><div>{piece.html}</div>")


@pytest.mark.parametrize(
    "part",
    ["<div>", "<b>", "<p><b>", "<ul><li>", "[x]", "[caption a=b]", "<pre>", "<!--", "<!-- wp:p -->", "word\n\n", "["],
)
def test_hostile_repetition_takes_no_long_time(part: str) -> None:
    started = time.monotonic()

    pieces(part * 20_000)

    assert time.monotonic() - started < 10
