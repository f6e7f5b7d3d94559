"""People whom nothing but their role of a creator lets into the admin: who that is, and their forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import models
from django.utils.functional import cached_property
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks.base import BlockField
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from community.accounts.choices import GROUP_OF_ROLE, Role

#: Who works on ground of their own. Moderators work in their queue, administrators everywhere.
GROUND_ROLES = (Role.CREATOR, Role.VERIFIED_CREATOR)
_GROUPS = frozenset(GROUP_OF_ROLE[role] for role in GROUND_ROLES)

Reference = tuple[type[models.Model], str]


def is_confined(user: Any) -> bool:
    """Does nothing but the role of a creator let `user` into the admin? Asked once for each `user` object.

    Editors and others whom a further group lets in keep what that group gives them.
    """
    known: bool | None = getattr(user, "_confined", None)
    if known is None:
        known = False
        if user.is_authenticated and not user.is_superuser:
            groups = Group.objects.filter(
                user=user, permissions__codename="access_admin", permissions__content_type__app_label="wagtailadmin"
            )
            names = set(groups.values_list("name", flat=True))
            known = bool(names) and names <= _GROUPS
        user._confined = known
    return known


class GroundForm(WagtailAdminPageForm):
    """The form of pages on authors' ground: creators get what is theirs to fill, and choose from what is theirs.

    A choice of anything else is refused before it is read: a form that comes back with errors would show its title.
    """

    #: Fields that creators do not get.
    kept_by_staff: tuple[str, ...] = ("show_in_menus",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.confined:
            for name in self.kept_by_staff:
                self.fields.pop(name, None)
            if not self.may_schedule:
                self.fields.pop("go_live_at", None)
                self.fields.pop("expire_at", None)

    @cached_property
    def confined(self) -> bool:
        """Is the form for somebody who works on ground of their own?"""
        return self.for_user is not None and is_confined(self.for_user)

    @cached_property
    def may_schedule(self) -> bool:
        """May the person say when the page goes out? Of creators the verified ones."""
        return not self.confined or self.for_user.has_role(Role.VERIFIED_CREATOR)

    @property
    def show_schedule_publishing_toggle(self) -> bool:
        """Is there something to schedule with?"""
        return self.may_schedule and bool(super().show_schedule_publishing_toggle)

    def full_clean(self) -> None:
        """As Wagtail's. Raises PermissionDenied for a choice of what the person may not choose."""
        if self.confined and self.is_bound:
            self._refuse_foreign()
        super().full_clean()

    def _refuse_foreign(self) -> None:
        before = set(self._stored())
        try:
            sent = dict.fromkeys(self._sent())
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise SuspiciousOperation("The form holds a choice that is none.") from error
        if any(reference not in before and not self._may_choose(*reference) for reference in sent):
            raise PermissionDenied

    def _stored(self) -> Iterator[Reference]:
        """What the page refers to already."""
        for name in self.fields:
            field = self._model_field(name)
            if field is None:
                continue
            if field.many_to_one:
                number = getattr(self.instance, field.attname)
                if number is not None:
                    yield field.related_model, str(number)
            elif hasattr(field, "extract_references"):
                value = field.value_from_object(self.instance)
                yield from ((model, str(pk)) for model, pk, *_path in field.extract_references(value))

    def _sent(self) -> Iterator[Reference]:
        """What the fields of the form refer to, valid or not."""
        for name, field in self.fields.items():
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            stored = self._model_field(name)
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                if value not in field.empty_values:
                    yield field.queryset.model, str(int(value))
            elif isinstance(field, BlockField):
                yield from ((model, str(pk)) for model, pk, *_path in field.block.extract_references(value))
            elif hasattr(stored, "extract_references") and value:
                yield from ((model, str(pk)) for model, pk, *_path in stored.extract_references(value))

    def _model_field(self, name: str) -> Any:
        return next((field for field in self.instance._meta.get_fields() if field.name == name), None)

    def _may_choose(self, model: type[models.Model], number: str) -> bool:
        """May the person put this into a page? Nothing is said about what is not there."""
        if issubclass(model, Page):
            return self._may_link(Page.objects.filter(pk=number).first())
        chosen = model._default_manager.filter(pk=number).first()
        if chosen is None:
            return True
        if issubclass(model, (get_image_model(), get_document_model())):
            policy = policy_registry.get_by_type(model)
            own = getattr(chosen, "uploaded_by_user_id", None) == self.for_user.pk
            return own or bool(policy.user_has_permission_for_instance(self.for_user, "choose", chosen))
        return model._meta.label in CHOSEN_BY_ALL

    def _may_link(self, page: Page | None) -> bool:
        """To one's own pages, and to what everybody may read."""
        if page is None:
            return True
        if page.specific_deferred.permissions_for_user(self.for_user).can_edit():
            return True
        return page.live and not page.get_view_restrictions().exists()


#: Of what editors look after, this may be chosen by everybody who writes.
CHOSEN_BY_ALL = frozenset({"cms.Category"})
