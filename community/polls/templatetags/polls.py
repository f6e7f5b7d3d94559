"""What other pages show of polls: the poll of a page whose text is the same for all its readers."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

register = template.Library()

#: Around the poll in a text. Nobody outside this process knows the word, so no text can hold it.
_WORD = secrets.token_hex(8)
_BEGIN, _END = f"<!--poll {_WORD}-->", f"<!--{_WORD}-->"


@register.simple_tag(takes_context=True)
def poll_begins(context: Any) -> SafeString:
    """Before a poll as everybody sees it, to whom `with_poll` shows it as their own; nothing outside of that."""
    return mark_safe(_BEGIN if context.get("poll_apart") else "")  # noqa: S308 - made here


@register.simple_tag(takes_context=True)
def poll_ends(context: Any) -> SafeString:
    """After it."""
    return mark_safe(_END if context.get("poll_apart") else "")  # noqa: S308 - made here


@register.filter
def in_words(moment: datetime) -> str:
    """How long it is until then, in one unit: "3 days"."""
    return timesince(moment, reversed=True, depth=1)


@register.tag
def with_poll(parser: Parser, token: Token) -> WithPoll:
    """`{% with_poll poll "post" page.pk url %}…{% endwith_poll %}`: the poll inside becomes that of the reader.

    What is inside may be the same for all; it is made in the sight of `poll_apart`, which says that there is a poll.
    `poll` is a card (`polls.selectors.card_of`); where it is None, everything stays as everybody sees it.
    """
    expressions = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodes = parser.parse(("endwith_poll",))
    parser.delete_first_token()
    return WithPoll(nodes, expressions)


class WithPoll(template.Node):
    """The node of `with_poll`."""

    def __init__(self, nodelist: NodeList, expressions: list[FilterExpression]) -> None:
        self.nodelist, self.expressions = nodelist, expressions

    def render(self, context: Context) -> SafeString:
        """The part with the reader's poll."""
        html = self.nodelist.render(context)
        if not context.get("poll_apart"):
            return html
        poll, kind, target_id, url = (expression.resolve(context) for expression in self.expressions)
        before, found, rest = str(html).partition(_BEGIN)
        static, _found, after = rest.partition(_END)
        if found and poll is not None:
            static = self._own(context, poll=poll, kind=kind, target_id=target_id, url=url)
        whole = before + static + after
        return mark_safe(whole.replace(_BEGIN, "").replace(_END, ""))  # noqa: S308 - rendered before

    def _own(self, context: Context, *, url: str, **values: Any) -> str:
        assert context.template is not None  # noqa: S101 - it is being rendered
        user = context.get("user")
        own = {
            **values,
            "signed_in": bool(user is not None and user.is_authenticated),
            "sign_in": f"{reverse('account_login')}?{urlencode({'next': f'{url}#poll'})}",
            "csrf_token": context.get("csrf_token"),
        }
        return context.template.engine.get_template("polls/poll.html").render(context.new(own))
