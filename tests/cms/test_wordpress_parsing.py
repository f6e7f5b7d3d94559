"""WordPress exports as records, and their characters and dates; broken files are refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.importers import UnreadableExport
from cms.importers.characters import clean_characters, one_line
from cms.importers.wordpress import (
    AuthorRecord,
    CommentRecord,
    CommentsRecord,
    EntryRecord,
    OtherRecord,
    RemarkRecord,
    SiteRecord,
    TermRecord,
    read_export,
)
from cms.importers.wordpress.dates import moment
from tests.cms.wxr import builder

VERSION_1_0 = Path(__file__).parent / "wxr" / "version_1_0.xml"


def entries(path: Path) -> list[EntryRecord]:
    return [record for record in read_export(path) if isinstance(record, EntryRecord)]


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
    said = CommentRecord("2", "", "", "A neighbour", "", None, "Mine came up already.", "1", "")
    assert found[5:] == [CommentsRecord((said,))]


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
def test_dates_come_from_the_best_of_three_places(gmt: str, local: str, feed: str, expected: datetime | None) -> None:
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
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "utf8"),
        ("latin-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
        ("utf-16", "UTF-16"),
    ],
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
    for path, fragment in [
        (tmp_path, "folder"),
        (tmp_path / "none.xml", "no file"),
        (Path("a\x00b"), "cannot be read"),
    ]:
        with pytest.raises(UnreadableExport, match=fragment):
            list(read_export(path))


def test_a_file_beyond_all_measure_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    with path.open("wb") as file:
        file.write(b"<?xml version='1.0'?>")
        file.truncate(2 * 1024**3)

    with pytest.raises(UnreadableExport, match="too big"):
        list(read_export(path))


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
