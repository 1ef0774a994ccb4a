"""What a page of the catalogue costs: CPU of the web process and of its PostgreSQL backend, no page cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.template import Context, Template
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext, instrumented_test_render
from django.utils import timezone, translation

from benchmarks.harness import Measure, benchmark, cpu_of, median_ratio
from benchmarks.pages import Visitor
from benchmarks.spaces import space_with
from benchmarks.urls import ONE_QUERY
from tenants.database.readonly import read_only

PAGE = "/services/"
CARDS = b'<article class="service">'
REPEAT = 10


def page_to_one_query(amount: str) -> Measure:
    """The page through all of its middleware against the smallest page through the same."""
    space = space_with(amount)
    visitor = Visitor(space)
    warm_up(visitor)
    ratio, page, smallest = median_ratio(
        lambda: cpu_of(lambda: visitor.get(PAGE), REPEAT),
        lambda: cpu_of(lambda: visitor.get(ONE_QUERY), REPEAT),
    )
    return Measure(ratio, f"{page * 1000:.2f} ms / {smallest * 1000:.2f} ms, {space.services} services")


def page_to_template(amount: str) -> Measure:
    """The page through all of its middleware against its mere template and its mere statements."""
    space = space_with(amount)
    visitor = Visitor(space)
    warm_up(visitor)
    ready = ready_page(visitor)
    ratio, page, least = median_ratio(
        lambda: cpu_of(lambda: visitor.get(PAGE), REPEAT),
        lambda: cpu_of(ready, REPEAT),
    )
    return Measure(ratio, f"{page * 1000:.2f} ms / {least * 1000:.2f} ms, {space.services} services")


def warm_up(visitor: Visitor) -> None:
    """Fill what a process keeps: compiled templates, translations, prices. Checks the page once."""
    for _ in range(5):
        content = visitor.get(PAGE)
        visitor.get(ONE_QUERY)
    expected = min(24, visitor.space.services)
    assert content.count(CARDS) == expected, f"{content.count(CARDS)} cards instead of {expected}"


def ready_page(visitor: Visitor) -> Callable[[], None]:
    """Renders the page's template from the very objects of one request, and sends its statements as text."""
    template, values, statements, content = _recorded(visitor)
    tenant = visitor.space.tenant

    def ready() -> None:
        connection.set_tenant(tenant)
        with read_only():
            for statement in statements:
                cursor = connection.connection.cursor()
                cursor.execute(statement)
                cursor.fetchall()
        with translation.override("fr"), timezone.override(tenant.time_zone):
            rendered = template.render(Context(values)).encode()
        assert len(rendered) == len(content), "the template alone gives another page"

    return ready


def _recorded(visitor: Visitor) -> tuple[Template, dict[str, Any], list[str], bytes]:
    """The template of the page, its whole context, its statements and its content."""
    seen: list[tuple[Template, dict[str, Any]]] = []

    def note(sender: Template, template: Template, context: Context, **_: Any) -> None:
        if not seen:
            seen.append((template, context.flatten()))

    drawing = Template._render  # noqa: SLF001 - the hook that Django's own test client uses
    Template._render = instrumented_test_render  # noqa: SLF001
    template_rendered.connect(note)
    try:
        with CaptureQueriesContext(connection) as captured:
            content = visitor.get(PAGE)
    finally:
        template_rendered.disconnect(note)
        Template._render = drawing  # noqa: SLF001
    statements = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    template, values = seen[0]
    assert template.name == "catalogue/shop/list.html"
    return template, values, statements, content


for _amount, _words in (("some", "24 of 60 services or more"), ("many", "24 of 100 services or more")):

    def _one_query(amount: str = _amount) -> Measure:
        return page_to_one_query(amount)

    def _template(amount: str = _amount) -> Measure:
        return page_to_template(amount)

    benchmark(
        name=f"catalogue_to_one_query_{_amount}",
        unit="×",
        ratio_to=f"a page of one statement through the same middleware ({_words})",
        aim=12,
    )(_one_query)
    benchmark(
        name=f"catalogue_to_template_{_amount}",
        unit="×",
        ratio_to=f"the same template from ready objects and the same SQL ({_words})",
        aim=1.3,
    )(_template)
