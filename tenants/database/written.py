"""Statements of every page, written once: Django takes longer to write one than PostgreSQL to answer it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Written(Generic[M]):
    """A query that differs from one use to the next in some values only; its SQL stays in the process.

    ``build`` gets the values and returns the query, whose shape must not hang on them. ``examples`` are
    values that the query has for no other reason. The SQL names no schema: every tenant's connection
    may send it.
    """

    def __init__(self, build: Callable[..., QuerySet[M, Any]], *examples: int | str) -> None:
        self.build = build
        self.examples = examples

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """What the query's columns hold, as Django converts them."""
        written = self._statement
        with connection.cursor() as cursor:
            cursor.execute(written.sql, written.filled(values))
            rows = cursor.fetchall()
        return written.converted(rows)

    def objects(self, *values: int | str) -> list[M]:
        """The model's instances, annotations as their attributes."""
        return [self._statement.instance(row) for row in self.rows(*values)]

    @cached_property
    def _statement(self) -> _Statement:
        return _Statement(self.build(*self.examples), self.examples)


class _Statement:
    """The SQL of a query and how to read its rows."""

    def __init__(self, query: QuerySet[Any, Any], examples: tuple[int | str, ...]) -> None:
        self.compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, constants = self.compiler.as_sql()
        self.places = [
            (examples.index(value), None) if value in examples else (None, value) for value in constants
        ]
        missing = set(range(len(examples))) - {position for position, _ in self.places}
        if missing:
            raise ValueError(f"the query leaves out its values {missing}")
        columns = [column for column, *_ in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)
        self.model = query.model
        self.annotations = self.compiler.annotation_col_map or {}
        own = (self.compiler.klass_info or {}).get("select_fields", [])
        self.names = [columns[position].target.attname for position in own]

    def filled(self, values: tuple[int | str, ...]) -> list[Any]:
        """The statement's values with those of this use."""
        return [constant if position is None else values[position] for position, constant in self.places]

    def converted(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The rows after the converters that Django's fields want, if any does."""
        if not self.converters:
            return rows
        return [tuple(row) for row in self.compiler.apply_converters(rows, self.converters)]

    def instance(self, row: tuple[Any, ...]) -> Any:
        """The instance that a row stands for."""
        # Its own columns come first, in the order of their fields.
        found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[: len(self.names)])
        for name, position in self.annotations.items():
            setattr(found, name, row[position])
        return found
