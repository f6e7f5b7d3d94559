"""Types of reactions in the admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from community.reactions.models import ReactionType


class ReactionTypeViewSet(SnippetViewSet):
    """Types of reactions, in their order. What is stored is translated by receivers.py."""

    model = ReactionType
    icon = "pick"
    menu_label = _("Reactions")
    menu_order = 265
    add_to_admin_menu = True
    list_display = ["__str__", "code", "weight", "active", "order"]
    ordering = ["order", "pk"]
    panels = [FieldPanel(name) for name in ("code", "emoji", "label", "weight", "order", "active")]

    def get_form_class(self, for_update: bool = False) -> Any:
        """The form; the code of a type that is there stays as it is."""
        form = super().get_form_class(for_update)
        if for_update:
            form.base_fields["code"].disabled = True
        return form


register_snippet(ReactionTypeViewSet)
