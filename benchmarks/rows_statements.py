"""How many statements a page of the catalogue sends to PostgreSQL, as libpq itself counts them."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from benchmarks.harness import Measure, benchmark
from benchmarks.pages import Visitor
from benchmarks.spaces import space_with
from tenants.directory.hosts import forget_hosts
from tests.tenants.database.wire import statements_sent

PAGE = "/services/"


def statements(amount: str, *, signed_in: bool) -> list[str]:
    """All statements of one page on a connection that served another tenant before, its host forgotten."""
    space = space_with(amount)
    cookies = {settings.SESSION_COOKIE_NAME: space.session} if signed_in else {}
    visitor = Visitor(space, cookies=cookies)
    visitor.get(PAGE)
    Visitor(space_with("some" if amount == "one" else "one")).get(PAGE)
    forget_hosts()
    with statements_sent() as sent:
        visitor.get(PAGE)
    connection.close()
    return sent


def _measured(*, signed_in: bool) -> Measure:
    one = statements("one", signed_in=signed_in)
    many = statements("many", signed_in=signed_in)
    return Measure(max(len(one), len(many)), _in_words(one, many))


def _in_words(one: list[str], many: list[str]) -> str:
    return f"{len(one)} with 1 service, {len(many)} with {space_with('many').services}"


@benchmark(
    name="statements_anonymous",
    unit="statements",
    ratio_to="a page of the catalogue, SET, BEGIN and COMMIT counted",
    aim=6,
)
def statements_anonymous() -> Measure:
    """A visitor without a session."""
    return _measured(signed_in=False)


@benchmark(
    name="statements_signed_in",
    unit="statements",
    ratio_to="the same for an entrepreneur with a party and a cart",
    aim=9,
)
def statements_signed_in() -> Measure:
    """An entrepreneur with a cart."""
    return _measured(signed_in=True)


@benchmark(
    name="statements_growth",
    unit="statements",
    ratio_to="difference between a catalogue of 1 and of 100 services or more",
    aim=0,
)
def statements_growth() -> Measure:
    """Whether a longer catalogue asks more, for a visitor or for an entrepreneur."""
    found = {
        signed_in: tuple(statements(amount, signed_in=signed_in) for amount in ("one", "many"))
        for signed_in in (False, True)
    }
    return Measure(
        max(abs(len(one) - len(many)) for one, many in found.values()),
        f"anonymous {_in_words(*found[False])}; signed in {_in_words(*found[True])}",
    )
