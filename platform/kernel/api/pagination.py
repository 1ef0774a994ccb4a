"""Pages by key: page 1,000 costs what page 1 costs, and nothing is shown twice while rows arrive."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import CursorPagination


class KeyPagination(CursorPagination):
    """Newest first, 50 a page, up to 200 when asked for with `page_size`.

    A subject that lists in another order subclasses it with an `ordering` that ends in a unique column.
    """

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-pk"
    cursor_query_description = "Where a page begins: part of the addresses in `next` and `previous`."
    page_size_query_description = "Rows a page, 200 at most; 50 by default."

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A page in the terms of OpenAPI 3.1."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**address, "description": "Address of the page after this one."},
                "previous": {**address, "description": "Address of the page before this one."},
                "results": schema,
            },
        }
