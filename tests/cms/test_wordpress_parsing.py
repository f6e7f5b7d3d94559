"""WordPress exports as records, WordPress texts as pieces: no database."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.importers import Notes, UnreadableExport
from cms.importers.characters import clean_characters, one_line
from cms.importers.wordpress import (
    AuthorRecord,
    Code,
    CommentsRecord,
    EntryRecord,
    OtherHtml,
    OtherRecord,
    Piece,
    RemarkRecord,
    RichText,
    SiteRecord,
    TermRecord,
    Video,
    convert,
    read_export,
)
from cms.importers.wordpress.dates import moment
from community.core.text import clean_html
from tests.cms.wxr import builder

VERSION_1_0 = Path(__file__).parent / "wxr" / "version_1_0.xml"


def entries(path: Path) -> list[EntryRecord]:
    return [record for record in read_export(path) if isinstance(record, EntryRecord)]


def pieces(source: str, notes: Notes | None = None) -> list[Piece]:
    return convert(source, site="https://old.example", notes=Counter() if notes is None else notes)


def html(source: str) -> str:
    """The HTML of a text that becomes nothing but HTML, without what the policy adds to links."""
    found = pieces(source)
    assert all(isinstance(piece, RichText | OtherHtml) for piece in found), found
    return "".join(piece.html for piece in found).replace(' rel="noopener nofollow ugc"', "")  # type: ignore[union-attr]


# --- the file ---------------------------------------------------------------------------------------------------


def test_the_oldest_format_is_read(tmp_path: Path) -> None:
    found = list(read_export(VERSION_1_0))

    assert found[0] == SiteRecord("http://garden.example", "Garden notes", "en", "1.0")
    assert found[1:4] == [
        TermRecord("category", "vegetables", "Vegetables"),
        TermRecord("category", "roots", "Roots & tubers", "vegetables"),
        TermRecord("post_tag", "spring", "Spring"),
    ]
    entry = found[4]
    assert isinstance(entry, EntryRecord)
    assert (entry.title, entry.slug, entry.author) == ("Carrots & more", "carrots", "hilde haas")
    # Each term is written twice in this format, and counts once.
    assert [(term.taxonomy, term.slug) for term in entry.terms] == [("category", "roots"), ("post_tag", "spring")]
    assert entry.published_at == datetime(2010, 4, 11, 8, 30, tzinfo=UTC)
    assert found[5:] == [CommentsRecord(1)]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_version_has_its_own_namespace(tmp_path: Path, version: str) -> None:
    path = builder.write(tmp_path, builder.author("anna", "Anna A."), builder.item(1), version=version)

    found = list(read_export(path))

    assert found[1] == AuthorRecord("anna", "anna", "Anna A.")
    assert isinstance(found[2], EntryRecord)


def test_a_later_version_is_read_with_a_remark(tmp_path: Path) -> None:
    found = list(read_export(builder.write(tmp_path, version="1.7")))

    assert isinstance(found[1], RemarkRecord)


def test_other_items_are_named_by_their_kind(tmp_path: Path) -> None:
    path = builder.write(tmp_path, builder.item(1, wp__post_type="nav_menu_item", without=("wp:status",)))

    assert list(read_export(path))[1] == OtherRecord("nav_menu_item")


@pytest.mark.parametrize("login", ["Anna", ">anna", "anna ", "<b>anna</b>"])
def test_spellings_of_a_login_are_one_author(tmp_path: Path, login: str) -> None:
    assert entries(builder.write(tmp_path, builder.item(1, dc__creator=login)))[0].author == "anna"


def test_terms_are_decoded_and_the_general_form_is_a_category_too(tmp_path: Path) -> None:
    term = builder.element_of(
        "wp:term",
        builder.element("wp:term_taxonomy", "category")
        + builder.element("wp:term_slug", "%CF%83%CE%BF%CF%86%CE%AF%CE%B1")
        + builder.element("wp:term_name", "Σοφία &amp; <b>more</b>"),
    )
    menu = builder.element_of("wp:term", builder.element("wp:term_taxonomy", "nav_menu"))

    found = list(read_export(builder.write(tmp_path, menu, term)))

    assert found[1:] == [TermRecord("category", "σοφία", "Σοφία & more")]


@pytest.mark.parametrize(
    ("gmt", "local", "feed", "expected"),
    [
        ("2013-04-09 18:20:39", "2013-04-09 11:20:39", "", datetime(2013, 4, 9, 18, 20, 39, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "2013-04-09 11:20:39", "", datetime(2013, 4, 9, 11, 20, 39, tzinfo=UTC)),
        (
            "0000-00-00 00:00:00",
            "2013-04-09 11:20:39",
            "Tue, 09 Apr 2013 18:20:39 +0000",
            datetime(2013, 4, 9, 18, 20, 39, tzinfo=UTC),
        ),
        ("", "2013-04-09 11:20:39", "Wed, 30 Nov -0001 00:00:00 +0000", datetime(2013, 4, 9, 11, 20, 39, tzinfo=UTC)),
        ("2013-02-30 10:00:00", "", "", None),
        ("soon", "0000-00-00 00:00:00", "never", None),
        ("", "", "", None),
        ("-0001-11-30 00:00:00", "", "", None),
    ],
)
def test_dates_come_from_the_best_of_three_places(
    gmt: str, local: str, feed: str, expected: datetime | None
) -> None:
    assert moment(gmt, local, feed) == expected


def test_characters_that_xml_forbids_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    text = builder.export(builder.item(1, title="TIT\x08LE\x00", content__encoded="a\x0bb")).replace(
        "TIT", "&#8;TIT&#x1F;"
    )
    path.write_bytes(text.encode())

    *_, entry, remark = read_export(path)

    assert isinstance(entry, EntryRecord)
    assert (entry.title, entry.content) == ("TITLE", "ab")
    assert remark == RemarkRecord("5 characters that XML forbids were left out")


def test_a_reference_across_two_pieces_of_the_file_is_whole(tmp_path: Path) -> None:
    for filling in range(65_400, 65_560, 7):
        path = builder.write(tmp_path, "<!--" + "x" * filling + "-->", builder.item(1, title="a&b"))
        assert entries(path)[0].title == "a&b"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "utf8"), ("latin-1", "ISO-8859-1"), ("cp1252", "windows-1252"), ("utf-16", "UTF-16")],
)
def test_encodings_are_respected(tmp_path: Path, encoding: str, declared: str) -> None:
    path = tmp_path / "export.xml"
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'
    path.write_bytes(builder.export(builder.item(1, title="Grün"), declaration=declaration).encode(encoding))

    assert entries(path)[0].title == "Grün"


def test_blank_lines_before_the_declaration_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text("\n\n \n" + builder.export(builder.item(1)), encoding="utf-8")

    assert len(entries(path)) == 1


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<rss><channel><title>&b;</title></channel></rss>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>&a;</channel></rss>'
WHOLE = builder.export(builder.item(1), builder.item(2))


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"Dear reader", "is not XML"),
        (b"\x1f\x8b\x08rest", "compressed"),
        (b"<html><body>Sign in</body></html>", "<html>"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>', "begins with <rss>"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "no <channel>"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><item/></channel></rss>', "wxr_version"),
        (BOMB.encode(), "refused"),
        (OUTSIDE.encode(), "refused"),
        (WHOLE[: len(WHOLE) // 2].encode(), "ends too early"),
        (WHOLE.replace("</title>", "</titel>", 1).encode(), "not sound XML"),
        (WHOLE.replace("Some words.", "a & b", 1).encode(), "not sound XML"),
        (WHOLE.replace("Some words.", "Gr\xfcn", 1).encode("latin-1"), "should be UTF-8"),
        (WHOLE.replace("UTF-8", "klingon", 1).encode(), "klingon"),
        (WHOLE.replace("UTF-8", "zlib", 1).encode(), "zlib"),
        (WHOLE.replace("UTF-8", "UTF-16", 1).encode(), "UTF-16"),
        (builder.export("<a>" * 5000 + "</a>" * 5000).encode(), "nested"),
        (builder.export(builder.item(1, without=("wp:post_type",))).encode(), "wp:post_type"),
        (builder.export(builder.item(1, title="Broken", without=("wp:post_id",))).encode(), "“Broken”"),
        (builder.export(builder.item(1, without=("wp:status",))).encode(), "wp:status"),
        (builder.export(builder.item(1, without=("content:encoded",))).encode(), "content:encoded"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(tmp_path: Path, content: bytes, fragment: str) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(content)

    with pytest.raises(UnreadableExport) as refused:
        list(read_export(path))

    assert fragment in str(refused.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path, fragment in [(tmp_path, "folder"), (tmp_path / "none.xml", "no file"), (Path("a\x00b"), "cannot be read")]:
        with pytest.raises(UnreadableExport, match=fragment):
            list(read_export(path))


def test_a_file_beyond_all_measure_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    with path.open("wb") as file:
        file.write(b"<?xml version='1.0'?>")
        file.truncate(2 * 1024**3)

    with pytest.raises(UnreadableExport, match="too big"):
        list(read_export(path))


# --- characters ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Title <em>With</em> <b>Mark<sup>up</sup></b>", "Title With Markup"),
        ("Tips &amp; Tricks &#8211; 2", "Tips & Tricks – 2"),
        ("a < b > c", "a < b > c"),
        ("one<br>two\n\tthree", "one two three"),
        ("it\x92s\x00 here\x1b", "it’s here"),
        ("שלום &lrm;עולם", "שלום \u200eעולם"),
        ("e\u0301", "é"),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_titles_are_one_line_of_words(source: str, expected: str) -> None:
    assert one_line(source) == expected


@given(st.text())
def test_cleaned_characters_are_those_that_html_allows(text: str) -> None:
    cleaned = clean_characters(text)

    assert clean_characters(cleaned) == cleaned
    html5lib.HTMLParser(strict=True).parse(f"<!DOCTYPE html><title>x</title><p>{one_line(cleaned).translate(ESCAPES)}")


ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


# --- texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("One.\n\nTwo,\nand a line.", "<p>One.</p><p>Two,<br>and a line.</p>"),
        ("One.\r\n\r\n\r\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One<br /><br>Two<br />\nthree", "<p>One</p><p>Two<br>three</p>"),
        ("<b>One.\n\nTwo.</b>", "<p><b>One.</b></p><p><b>Two.</b></p>"),
        ("<div>One</div><div>Two</div>", "<p>One</p><p>Two</p>"),
        ("A\n<ul>\n<li>1</li>\n<li>2\n<ol><li>3</li></ol></li>\n</ul>\nB", "<p>A</p><ul><li>1</li><li>2<ol><li>3</li></ol></li></ul><p>B</p>"),
        ("<ul><li>1</li><ul><li>2</li></ul></ul>", "<ul><li>1<ul><li>2</li></ul></li></ul>"),
        ("<blockquote>One.</blockquote>", "<blockquote>One.</blockquote>"),
        ("<blockquote>One.\n\nTwo.</blockquote>", "<blockquote><p>One.</p><p>Two.</p></blockquote>"),
        ("<h1>A <span>title</span></h1>text", "<h2>A title</h2><p>text</p>"),
        ("<pre>a\n\n  b &lt;i&gt;</pre>", "<pre>a\n\n  b &lt;i&gt;</pre>"),
        ("Some <code>x &lt; 1</code> here", "<p>Some <code>x &lt; 1</code> here</p>"),
        ("Before<!--more-->After<!--nextpage-->Last", "<p>Before</p><p>After</p><p>Last</p>"),
        ("<p>&nbsp;</p><p></p>Words<p> </p>", "<p>Words</p>"),
        ("<table><tr><td>1<br>2</td><td></td></tr></table>", "<table><tbody><tr><td>1<br>2</td><td></td></tr></tbody></table>"),
        ("<dl><dt>T</dt><dd>D</dd></dl>", "<dl><dt>T</dt><dd>D</dd></dl>"),
        ("<a href='/about/'>us</a> <a href='#note'>note</a>", '<p><a href="https://old.example/about/">us</a> note</p>'),
        ("<a href='javascript:alert(1)'>x</a>", "<p>x</p>"),
        ("<a href='https://x.example/'><h3>Card</h3>Text</a>", '<h3><a href="https://x.example/">Card</a></h3><p><a href="https://x.example/">Text</a></p>'),
        ("<script>alert(1)</script><p onclick='x()'>ok</p>", "<p>ok</p>"),
        ("<p>a<object><p>b</object>", "<p>a</p><p>b</p>"),
        ("https://example.org/page", '<p><a href="https://example.org/page">https://example.org/page</a></p>'),
        ("<acronym title='T'>A</acronym> <tt>t</tt> <strike>s</strike>", '<p><abbr title="T">A</abbr> <code>t</code> <s>s</s></p>'),
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
        '<!-- wp:group --><div class="wp-block-group"><!-- wp:heading --><h2>Head</h2><!-- /wp:heading --></div><!-- /wp:group -->'
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
    source = "<figure><iframe src='https://www.youtube.com/embed/SQEQr7c0-dw'></iframe><figcaption>My <b>film</b></figcaption></figure>"

    assert pieces(source) == [Video("SQEQr7c0-dw", "My film", 0)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<img src="https://x.example/a/b.jpg" alt="A cat">', '<p><a href="https://x.example/a/b.jpg">A cat</a></p>'),
        ('<img src="/files/b.jpg?w=3">', '<p><a href="https://old.example/files/b.jpg?w=3">b.jpg</a></p>'),
        ('<a href="https://x.example/"><img src="b.jpg" alt="Cat"></a>', '<p><a href="https://x.example/">Cat</a></p>'),
        ('<a href="https://x.example/"><img src="https://x.example/b.jpg"></a>', '<p><a href="https://x.example/">b.jpg</a></p>'),
        ('<img src="data:image/gif;base64,R0" alt="Dot">', "<p>Dot</p>"),
        ('Hi <img src="https://x.example/s.gif" class="wp-smiley" alt=":)">', "<p>Hi :)</p>"),
        ('Hi <img src="https://x.example/t.gif" width="1" height="1">', "<p>Hi</p>"),
        ('[caption width="3" caption="Old way"]<img src="https://x.example/b.jpg">[/caption]', '<p><a href="https://x.example/b.jpg">Old way</a></p>'),
        ('[caption width="3"]<img src="https://x.example/b.jpg" alt="Cat"> My <i>cat</i>[/caption]', '<p><a href="https://x.example/b.jpg">Cat</a><br>My <i>cat</i></p>'),
        ('<iframe src="https://maps.example/x" title="Map"></iframe>', '<p><a href="https://maps.example/x">Map</a></p>'),
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
        ('<a href="https://x.example/?a[b]=1" title="[gallery]">x</a>', '<p><a href="https://x.example/?a[b]=1" title="[gallery]">x</a></p>'),
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


FRAGMENTS = st.sampled_from(
    "<p> </p> <div> </div> <b> </b> <a\xa0href='http://x.example/'> </a> <object> </object> <table> <tr> <td> </table> "
    "<ul> <li> </ul> <h2> </h2> <h3> <span> </span> <pre> </pre> <code> </code> <blockquote> </blockquote> <br> <hr> "
    "<button> <dl> <dt> <dd> <svg> <math> <select> <option> <template> <figure> <figcaption> <caption> <form> "
    "[caption\xa0a='1'] [/caption] [gallery] <img\xa0src=a.jpg> https://youtu.be/SQEQr7c0-dw <!--more--> "
    "<!--\xa0wp:x\xa0--> <!--\xa0/wp:x\xa0--> &amp; &#1; < > & word".replace(" ", "\n").replace("\xa0", " ").split("\n")
    + ["\n", "\n\n"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=30).map("".join))
def test_whatever_comes_in_what_comes_out_is_clean_and_valid(source: str) -> None:
    for piece in pieces(source):
        if isinstance(piece, RichText | OtherHtml):
            assert clean_html(piece.html) == piece.html
            html5lib.HTMLParser(strict=True).parse(f"<!DOCTYPE html><title>x</title><div>{piece.html}</div>")


@pytest.mark.parametrize(
    "part", ["<div>", "<b>", "<p><b>", "<ul><li>", "[x]", "[caption a=b]", "<pre>", "<!--", "<!-- wp:p -->", "word\n\n", "["]
)
def test_hostile_repetition_takes_no_long_time(part: str) -> None:
    started = time.monotonic()

    pieces(part * 20_000)

    assert time.monotonic() - started < 10
