"""Blocks of code, tables and questions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock as WagtailTableBlock

from cms.choices import CODE_LANGUAGES, POLL_OPTIONS_MAX, TABLE_CELLS_MAX


class CodeValue(blocks.StructValue):
    """Code with its colours."""

    @cached_property
    def highlighted(self) -> SafeString:
        """The code as spans with classes, by Pygments (https://pygments.org/)."""
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import get_lexer_by_name

        lexer = get_lexer_by_name(self.get("language") or "text", stripnl=False)
        return mark_safe(highlight(self.get("code") or "", lexer, HtmlFormatter(nowrap=True)))  # noqa: S308 - Pygments escapes


class CodeBlock(blocks.StructBlock):
    """A piece of a program."""

    language = blocks.ChoiceBlock(label=_("language"), choices=CODE_LANGUAGES, default="text")
    code = blocks.TextBlock(label=_("code"), max_length=50_000)

    class Meta:
        icon = "code"
        label = _("Code")
        template = "cms/blocks/code.html"
        value_class = CodeValue


#: Wagtail stores which cells are headers twice: in two marks, by (row, column), and in a word.
HEADERS = {(True, True): "both", (True, False): "row", (False, True): "column", (False, False): "neither"}


class TableBlock(WagtailTableBlock):
    """Rows and columns of plain text, with a caption and header cells."""

    def clean(self, value: Any) -> Any:
        """Refuses what no reader can follow: more than TABLE_CELLS_MAX cells."""
        cleaned = super().clean(value)
        if cleaned:
            row, column = bool(cleaned.get("first_row_is_table_header")), bool(cleaned.get("first_col_is_header"))
            cleaned |= {
                "first_row_is_table_header": row,
                "first_col_is_header": column,
                "table_header_choice": HEADERS[row, column],
                "table_caption": cleaned.get("table_caption") or "",
            }
        rows = (cleaned or {}).get("data") or []
        if sum(len(row) for row in rows) > TABLE_CELLS_MAX:
            raise ValidationError(_("This table is too large."))
        return cleaned

    class Meta:
        icon = "table"
        label = _("Table")
        template = "cms/blocks/table.html"


class PollBlock(blocks.StructBlock):
    """A question with answers to choose from."""

    question = blocks.CharBlock(label=_("question"), max_length=200)
    options = blocks.ListBlock(
        blocks.CharBlock(label=_("answer"), max_length=100), label=_("answers"), min_num=2, max_num=POLL_OPTIONS_MAX
    )

    def clean(self, value: Any) -> Any:
        """Refuses two answers that are the same."""
        cleaned = super().clean(value)
        answers = [str(answer).strip().casefold() for answer in cleaned["options"]]
        if len(set(answers)) < len(answers):
            raise blocks.StructBlockValidationError(
                block_errors={"options": ValidationError(_("Two answers are the same."))}
            )
        return cleaned

    class Meta:
        icon = "list-ul"
        label = _("Poll")
        template = "cms/blocks/poll.html"
