"""Pages by key: page 1,000 costs what page 1 costs, and nothing is shown twice while rows arrive."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class KeyPagination(CursorPagination):
    """Newest first, 50 a page, up to 200 when asked for with `page_size`.

    A subject that lists in another order subclasses it with an `ordering` that ends in a unique column.
    """

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-pk"
