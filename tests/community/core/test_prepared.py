"""Statements that are composed once and prepared: they answer as Django would, and are one plan of the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.utils import DataError
from django.test.utils import CaptureQueriesContext

from cms.models import PostPage
from community.accounts.models import User
from community.core.postgres import prepared

BY_NAME = "SELECT id, username FROM accounts_user WHERE username = %s"
COLUMNS = ("username", "id", "email")


def plans(beginning: str) -> list[tuple[Any, ...]]:
    """How often each prepared statement with this beginning ran: by the one plan, and by plans of its own."""
    return prepared.rows(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s", [f"{beginning}%"]
    )


def test_a_statement_is_planned_once_and_runs_with_other_values(cast: Any) -> None:
    for person in (cast.fan, cast.editor, cast.fan):
        assert prepared.row(BY_NAME, [person.username]) == (person.pk, person.username)
    assert prepared.row(BY_NAME, ["nobody"]) is None
    assert plans("SELECT id, username") == [(4, 0)]


def test_values_have_names_where_they_stand_twice(cast: Any) -> None:
    sql = "SELECT id FROM accounts_user WHERE username = %(name)s OR email = %(name)s"
    assert prepared.rows(sql, {"name": cast.fan.email}) == [(cast.fan.pk,)]


def test_a_value_is_no_sql(cast: Any) -> None:
    assert prepared.rows(BY_NAME, ["' OR true --"]) == []
    assert prepared.rows(BY_NAME, ["%s %(a)s $1"]) == []
    with pytest.raises((DataError, ValueError)):
        prepared.rows(BY_NAME, ["\0"])


def test_what_ran_is_told_with_its_values_and_counted_once(cast: Any) -> None:
    name = cast.fan.username
    with CaptureQueriesContext(connection) as captured:
        prepared.row(BY_NAME, [name])
    assert [query["sql"] for query in captured] == [BY_NAME.replace("%s", f"'{name}'")]


def test_a_query_of_django_is_composed_once_and_makes_the_same_objects(cast: Any) -> None:
    made: list[int] = []

    def person(pk: int) -> Any:
        made.append(pk)
        return User.objects.select_related("profile").filter(pk=pk)

    query = prepared.Composed(person, 0)
    for who in (cast.fan, cast.editor):
        with CaptureQueriesContext(connection) as captured:
            found = query.first(who.pk)
            assert found is not None
            same = {field.attname: getattr(who, field.attname) for field in User._meta.concrete_fields}
            assert {name: getattr(found, name) for name in same} == {**same, "last_login": found.last_login}
            assert found.profile.pk == who.profile.pk
            assert found.profile.display_name == who.profile.display_name
            assert not found._state.adding
        assert len(captured) == 1
    assert query.all(0) == []
    assert made == [0]


def test_a_query_that_does_not_use_its_values_as_given_is_refused() -> None:
    with pytest.raises(ValueError, match="uses"):
        prepared.Composed(lambda pk: User.objects.filter(pk=7), 0).all(1)


def test_objects_of_some_columns_read_the_others_when_asked(cast: Any, django_assert_num_queries: Any) -> None:
    found = prepared.rows("SELECT username, id, email, 'more' FROM accounts_user WHERE id = %s", [cast.fan.pk])
    [(person, rest)] = prepared.instances(User, COLUMNS, found)
    with django_assert_num_queries(0):
        assert (person.pk, person.username, person.email, rest) == (
            cast.fan.pk, cast.fan.username, cast.fan.email, ("more",),
        )  # fmt: skip
    with django_assert_num_queries(1):
        assert person.role == cast.fan.role


def test_a_column_that_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="PostPage"):
        prepared.instances(PostPage, ("id", "nothing"), [])


def test_without_prepared_statements_the_answers_are_the_same(cast: Any) -> None:
    connection.ensure_connection()
    threshold = connection.connection.prepare_threshold
    connection.connection.prepare_threshold = None
    try:
        assert prepared.row("SELECT id FROM accounts_user WHERE username = %s", [cast.fan.username]) == (cast.fan.pk,)
        assert plans("SELECT id FROM accounts_user WHERE username = $1") == []
    finally:
        connection.connection.prepare_threshold = threshold
