"""WordPress exports (WXR): the file becomes records, its texts become pieces of a body.

WXR is RSS 2.0 with elements of WordPress's own; it is described by the program that writes it
(https://github.com/WordPress/WordPress/blob/master/wp-admin/includes/export.php).
"""

from cms.importers.wordpress.comments import COMMENT_CONVERSION, comment_text
from cms.importers.wordpress.convert import CONVERSION, Code, OtherHtml, Piece, RichText, Video, convert
from cms.importers.wordpress.reader import read_export
from cms.importers.wordpress.records import (
    CATEGORY,
    PAGE,
    POST,
    TAG,
    AuthorRecord,
    CommentRecord,
    CommentsRecord,
    EntryRecord,
    OtherRecord,
    Record,
    RemarkRecord,
    SiteRecord,
    TermRecord,
)

__all__ = [
    "CATEGORY",
    "COMMENT_CONVERSION",
    "CONVERSION",
    "PAGE",
    "POST",
    "TAG",
    "AuthorRecord",
    "Code",
    "CommentRecord",
    "CommentsRecord",
    "EntryRecord",
    "OtherHtml",
    "OtherRecord",
    "Piece",
    "Record",
    "RemarkRecord",
    "RichText",
    "SiteRecord",
    "TermRecord",
    "Video",
    "comment_text",
    "convert",
    "read_export",
]
