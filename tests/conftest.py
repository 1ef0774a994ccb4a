"""The ground of all tests: tenants shared by a worker process, and tenants of a test's own.

- `tenant` (and `other_tenant`): the test runs in the shared tenant, inside one transaction that is
  rolled back; deferred constraints are checked before. `django_capture_on_commit_callbacks` of
  pytest-django captures what waits for the commit.
- `committing_tenant`: a tenant of the test's own, in which everything commits; dropped afterwards.
  Such tests are marked `committing` (the fixture marks them).
- `tenant_client`, `platform_client`: Django's test client with the right host.
"""

from __future__ import annotations

import os
import re
import secrets
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

from tests.live.stack import live

__all__ = ["live"]

SHARED = ("alpha", "beta")
# For whoever wants to know that a test fails, not with how little.
hypothesis_settings.register_profile("unshrunk", phases=(Phase.explicit, Phase.generate))


@pytest.fixture(scope="session")
def django_db_createdb(django_db_createdb: bool) -> bool:
    """Make the kept test database anew when the migrations are others than it was made with."""
    return django_db_createdb or not made_with().exists()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, django_db_createdb: bool) -> None:
    """The test database, with the shared tenants in it."""
    from django.db import connection
    from django.test.utils import setup_databases

    from tenants.directory.models import Tenant

    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):
            # pytest-django sets up what its own fixtures ask for; here only committing tests were chosen.
            setup_databases(
                verbosity=0, interactive=False, keepdb=not django_db_createdb, aliases={"default"}
            )
        for slug in SHARED:
            if not Tenant.objects.filter(slug=slug).exists():
                new_tenant(slug=slug, number_code=slug[:2].upper(), is_demo=True)
    mark = made_with()
    for older in mark.parent.glob(mark.with_suffix(".*").name):
        older.unlink()
    mark.touch()


def made_with() -> Path:
    """The mark that the test database of this process was made with the present migrations and seeds."""
    from django.conf import settings

    from tenants.provisioning.migration_files import migrations_fingerprint

    folder = Path(settings.STATE_DIR) / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    database = settings.DATABASES["default"]
    name = re.sub(r"\W", "_", f"{database['HOST']}_{database['PORT']}_{database['NAME']}_{worker_name()}")
    return folder / f"{name}.{migrations_fingerprint()[:32]}"


def worker_name() -> str:
    """The name of this process among those of pytest-xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def new_tenant(*, slug: str, number_code: str, **values: Any) -> Any:
    """A ready tenant at `<slug>.localhost`."""
    from tenants.provisioning.operations import provision_tenant

    values.setdefault("name", slug.capitalize())
    return provision_tenant(slug=slug, host=f"{slug}.localhost", number_code=number_code, **values)


def shared_tenant(slug: str) -> Any:
    """One of the tenants that all tests of this process share."""
    from tenants.directory.models import Tenant

    return Tenant.objects.get(slug=slug)


@pytest.fixture(autouse=True)
def own_cache_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis does not roll back: each test has keys of its own, so that no rate limit is inherited."""
    from django.core.cache import caches

    monkeypatch.setattr(caches["default"], "key_prefix", f"test-{secrets.token_hex(8)}")


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request leaves its language behind in the thread: each test begins in French."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def tenant(db: None) -> Iterator[Any]:
    """The shared tenant; the connection is in it until the test ends."""
    from django.db import connection

    found = shared_tenant("alpha")
    connection.set_tenant(found)
    yield found
    connection.set_schema_to_public()


@pytest.fixture
def other_tenant(db: None) -> Any:
    """A second tenant, for showing that nothing crosses; enter it with `tenant_context(other_tenant)`."""
    return shared_tenant("beta")


@pytest.fixture
def client_for(db: None) -> Callable[[Any], Any]:
    """Makes a test client that speaks to the host of a tenant."""
    from django.test import Client

    from tenants.directory.hosts import forget_hosts

    # What an earlier test rolled back must not be remembered.
    forget_hosts()
    return lambda tenant: Client(SERVER_NAME=f"{tenant.slug}.localhost")


@pytest.fixture
def tenant_client(tenant: Any, client_for: Callable[[Any], Any]) -> Any:
    """A test client on the shared tenant's site."""
    return client_for(tenant)


@pytest.fixture
def platform_client(db: None) -> Any:
    """A test client on the platform's own site."""
    from django.conf import settings
    from django.test import Client

    return Client(SERVER_NAME=settings.PLATFORM_HOST)


@pytest.fixture
def committing_tenant(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A tenant of this test's own, without a transaction around the test; dropped afterwards."""
    from django.db import connection

    from tenants.provisioning.operations import discard_tenant

    with django_db_blocker.unblock():
        code = "".join(secrets.choice(string.ascii_uppercase) for _ in range(4))
        own = new_tenant(slug=f"own-{secrets.token_hex(4)}", number_code=code, is_demo=True)
        connection.set_tenant(own)
        try:
            yield own
        finally:
            connection.set_schema_to_public()
            discard_tenant(tenant=own)
            connection.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what commits by the fixture it uses; leave the long ones out unless they are asked for.

    Files that need a whole stack come first: processes side by side then end at about the same time.
    """
    for item in items:
        if "live" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.committing)
        if "committing_tenant" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.committing)
    if not config.getoption("--soak"):
        kept = [item for item in items if item.get_closest_marker("soak") is None]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    staged = {item.path for item in items if "live" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path not in staged)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--soak` adds the long tests."""
    parser.addoption("--soak", action="store_true", help="run the tests marked soak as well")
