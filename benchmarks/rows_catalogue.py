"""What a page of the catalogue costs: CPU of the web process and of its PostgreSQL backend, no page cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext, instrumented_test_render
from django.utils import timezone, translation

from benchmarks.harness import Measure, benchmark, cpu_of, quiet_ratio
from benchmarks.pages import Visitor
from benchmarks.spaces import Space, space_with
from benchmarks.urls import ONE_QUERY
from kernel.call_stack import with_room
from tenants.database.readonly import read_only
from tests.tenants.database.wire import statements_sent

PAGE = "/services/"
CARDS = b'<article class="service">'
REPEAT = 10


def visitor_of(space: Space, *, signed_in: bool) -> Visitor:
    """A visitor without a session, or the space's entrepreneur with a party and a cart."""
    return Visitor(space, cookies={settings.SESSION_COOKIE_NAME: space.session} if signed_in else {})


def page_to_one_query(amount: str, *, signed_in: bool) -> Measure:
    """The page through all of its middleware against the smallest page through the same."""
    space = space_with(amount)
    visitor = visitor_of(space, signed_in=signed_in)
    warm_up(visitor)
    ratio, page, smallest = quiet_ratio(
        lambda: cpu_of(lambda: visitor.get(PAGE), REPEAT),
        lambda: cpu_of(lambda: visitor.get(ONE_QUERY), REPEAT),
    )
    return Measure(ratio, f"{page * 1000:.2f} ms / {smallest * 1000:.2f} ms, {space.services} services")


def page_to_template(amount: str, *, signed_in: bool) -> Measure:
    """The page through all of its middleware against its mere template and its mere statements."""
    space = space_with(amount)
    visitor = visitor_of(space, signed_in=signed_in)
    warm_up(visitor)
    ready = ready_page(visitor)
    ratio, page, least = quiet_ratio(
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

    @with_room
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

    with statements_sent() as sent:
        ready()
    asked = [statement for statement in sent if statement.startswith("SELECT")]
    assert len(asked) == len(statements), "the template asks the database again"
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


for _name, _amount, _signed_in, _words in (
    ("some", "some", False, "24 of 60 services or more"),
    ("many", "many", False, "24 of 100 services or more"),
    ("signed_in", "many", True, "24 of 100 services or more, with a party and a cart"),
):

    def _one_query(amount: str = _amount, signed_in: bool = _signed_in) -> Measure:
        return page_to_one_query(amount, signed_in=signed_in)

    def _template(amount: str = _amount, signed_in: bool = _signed_in) -> Measure:
        return page_to_template(amount, signed_in=signed_in)

    benchmark(
        name=f"catalogue_to_one_query_{_name}",
        unit="×",
        ratio_to=f"a page of one statement through the same middleware ({_words})",
        aim=12,
    )(_one_query)
    benchmark(
        name=f"catalogue_to_template_{_name}",
        unit="×",
        ratio_to=f"the same template from ready objects and the same SQL ({_words})",
        aim=1.3,
    )(_template)
