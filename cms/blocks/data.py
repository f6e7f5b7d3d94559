"""Blocks of code, tables and questions."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock as WagtailTableBlock

from cms.choices import CODE_LANGUAGES, TABLE_CELLS_MAX
from community.polls.choices import ANSWER_MAX, LONGEST, OPTIONS_MAX, OPTIONS_MIN, QUESTION_MAX, Results


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

    question = blocks.CharBlock(label=_("question"), max_length=QUESTION_MAX)
    options = blocks.ListBlock(
        blocks.CharBlock(label=_("answer"), max_length=ANSWER_MAX),
        label=_("answers"),
        min_num=OPTIONS_MIN,
        max_num=OPTIONS_MAX,
        help_text=_("When somebody has voted, the answers stay as they are until the poll is over."),
    )
    multiple = blocks.BooleanBlock(label=_("several answers may be chosen"), required=False)
    ends_at = blocks.DateTimeBlock(label=_("ends"), required=False, help_text=_("Empty: it stays open."))
    results = blocks.ChoiceBlock(
        label=_("readers see the numbers"),
        choices=Results.choices,
        default=Results.VOTED,
        help_text=_("You always see them."),
    )

    def clean(self, value: Any) -> Any:
        """Refuses two answers that are the same, and an end that is too far away; drops seconds.

        Whether the end is over is asked when the poll is published: what was over then may be stored again.
        """
        cleaned = super().clean(value)
        answers = [str(answer).strip().casefold() for answer in cleaned["options"]]
        if len(set(answers)) < len(answers):
            raise blocks.StructBlockValidationError(
                block_errors={"options": ValidationError(_("Two answers are the same."))}
            )
        end = cleaned.get("ends_at")
        if end is not None:
            aware = timezone.make_aware(end) if timezone.is_naive(end) else end
            cleaned["ends_at"] = aware.astimezone(UTC).replace(second=0, microsecond=0)
            if cleaned["ends_at"] > timezone.now() + LONGEST:
                raise blocks.StructBlockValidationError(
                    block_errors={"ends_at": ValidationError(_("A poll ends within ten years."))}
                )
        return cleaned

    class Meta:
        icon = "list-ul"
        label = _("Poll")
        template = "cms/blocks/poll.html"
