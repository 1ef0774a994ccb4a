"""The production with containers, judged without an engine: schema, health, volumes, secrets, names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import get_commands
from jsonschema import Draft202012Validator

from pepiniere.celery import QUEUES, app
from pepiniere.command.system.libraries import PACKAGES
from pepiniere.health import READY_PATH
from pepiniere.settings.environment import read_environment
from tests.architecture import compose

# A service without a health check, and why.
WITHOUT_HEALTH = {"migrate": "it ends; what needs it waits for its end"}
# The other images: a name, and a version in front of whatever else the tag says.
VERSION = re.compile(r"[a-z0-9/._-]+:v?\d+[a-z0-9.-]*")
SECRET = re.compile(r"SECRET|PASSWORD|KEY|TOKEN|_URL$")
FILLED = {
    "PEPINIERE_BASE_DOMAIN": "pepiniere.example",
    "PEPINIERE_MAIL_FROM": "pepiniere@example.org",
    "SECRET_KEY": "".join(map(chr, range(40, 100))),
    "PEPINIERE_DATA_KEYS": Fernet.generate_key().decode(),
    "POSTGRES_PASSWORD": "only-in-this-test",
}


class Noting(dict[str, str]):
    """Variables that note which of them were asked for."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """The value, after a note."""
        self.asked.add(name)
        return super().get(name, default)


def words(service: dict[str, Any]) -> list[str]:
    """The command of a service."""
    return [str(word) for word in service.get("command", [])]


def after(command: list[str], option: str) -> str:
    """The value of an option in a command."""
    return command[command.index(option) + 1]


def test_the_file_is_as_the_specification_says() -> None:
    """With every anchor merged."""
    errors = Draft202012Validator(compose.schema()).iter_errors(compose.composition())
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_the_schema_refuses_what_is_wrong() -> None:
    """Otherwise the test above would say nothing."""
    wrong = compose.composition()
    wrong["services"]["web"]["helthcheck"] = {}
    assert not Draft202012Validator(compose.schema()).is_valid(wrong)


def test_every_service_tells_whether_it_is_well() -> None:
    """But for those that have a reason."""
    silent = {name for name, each in compose.services().items() if "healthcheck" not in each}
    assert silent == set(WITHOUT_HEALTH)
    for name in silent:
        assert compose.services()[name]["restart"] == "no"
    for name, each in compose.services().items():
        if name not in silent:
            assert each["restart"] == "unless-stopped", name
            assert {"test", "interval", "timeout", "retries"} <= set(each["healthcheck"]), name


def test_the_web_is_asked_at_an_address_that_exists() -> None:
    """The readiness of the product."""
    (address,) = re.findall(r"127\.0\.0\.1:8000(/[a-z/]*)", str(compose.services()["web"]["healthcheck"]))
    assert address == READY_PATH


def test_one_worker_a_queue_and_one_scheduler() -> None:
    """Nothing waits for a worker that nobody starts."""
    commands = {name: words(each) for name, each in compose.product_services().items()}
    celery = {name: command for name, command in commands.items() if command[:1] == ["celery"]}
    for command in celery.values():
        assert after(command, "-A") == "pepiniere.celery:app"
    assert app.main == "pepiniere"
    workers = {
        name: after(command, "-Q").split(",") for name, command in celery.items() if "worker" in command
    }
    assert workers == {f"worker-{queue}": [queue] for queue in QUEUES}
    assert [name for name, command in celery.items() if "beat" in command] == ["scheduler"]
    assert set(compose.services()) == {"postgres", "redis", "migrate", "web", "scheduler", "mail", *workers}


def test_documents_are_rendered_by_one_process_at_a_time() -> None:
    """Each further process would hold WeasyPrint once more."""
    assert after(words(compose.services()["worker-documents"]), "--pool") == "solo"


def test_what_a_worker_says_of_itself_is_where_its_health_is_asked() -> None:
    """And a killed worker's pid file does not outlive its container."""
    for name, each in compose.product_services().items():
        if words(each)[:1] == ["celery"]:
            assert after(words(each), "--pidfile") in str(each["healthcheck"]["test"]), name
            assert each["tmpfs"] == ["/tmp"], name


def test_nothing_starts_before_what_it_needs() -> None:
    """Migrated, and the servers healthy."""
    servers = {name: {"condition": "service_healthy"} for name in ("postgres", "redis")}
    for name, each in compose.product_services().items():
        migrated = {} if name == "migrate" else {"migrate": {"condition": "service_completed_successfully"}}
        assert each["depends_on"] == {**servers, **migrated}, name
    for command in re.findall(r"-m django ([a-z_]+)", " ".join(words(compose.services()["migrate"]))):
        assert command in get_commands()


def test_data_lives_in_volumes() -> None:
    """The database, the files of all processes, the mail that waits and its keys."""
    mounts = {
        name: dict(volume.split(":", 1) for volume in each.get("volumes", []))
        for name, each in compose.services().items()
    }
    assert mounts["postgres"] == {"postgres": "/var/lib/postgresql"}
    for name, each in compose.product_services().items():
        assert mounts[name] == {"state": each["environment"]["PEPINIERE_STATE_DIR"]}
    assert set(mounts["mail"].values()) == {"/etc/opendkim/keys", "/var/spool/postfix"}
    assert set().union(*mounts.values()) == set(compose.composition()["volumes"])


def test_only_the_web_is_reached_from_outside_and_only_by_the_proxy() -> None:
    """On the machine's own address."""
    ports = {name: each["ports"] for name, each in compose.services().items() if "ports" in each}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_images_have_a_version() -> None:
    """Never the latest of somebody else."""
    images = {each["image"] for each in compose.services().values()}
    ours = {image for image in images if image.startswith(compose.PRODUCT_IMAGE)}
    assert len(ours) == 1
    for image in [*images - ours, *(base for base, _ in stages())]:
        assert VERSION.fullmatch(image), image


def test_no_secret_is_inside() -> None:
    """All come from outside, and without them nothing starts."""
    for name, each in compose.services().items():
        for variable, value in each.get("environment", {}).items():
            if SECRET.search(variable):
                literal = re.sub(r"\$\{[^}]*\}", "", str(value))
                assert re.fullmatch(
                    r"(postgresql://pepiniere:@postgres:5432/pepiniere|redis://redis:6379/0)?", literal
                ), (
                    name,
                    variable,
                )
    for variable in ("SECRET_KEY", "PEPINIERE_DATA_KEYS", "POSTGRES_PASSWORD"):
        assert compose.variables_asked()[variable] == {":?"}
    assert set(compose.example_variables().values()) == {""}


def test_secrets_stay_out_of_the_image() -> None:
    """`COPY . .` takes neither the filled in example nor the state nor the history."""
    ignored = (compose.ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".env.*", "var", ".git"} <= set(ignored)
    assert ".env" in (compose.ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_the_example_names_what_the_file_asks_for() -> None:
    """No name more, none less; what is required is not marked optional."""
    asked = compose.variables_asked()
    assert set(compose.example_variables()) == set(asked)
    assert {name for name, kinds in asked.items() if ":?" in kinds} == set(FILLED)
    text = compose.EXAMPLE.read_text(encoding="utf-8")
    optional = set(re.findall(r"^# Optional: .*\n([A-Z_]+)=", text, re.MULTILINE))
    assert optional == set(asked) - set(FILLED)


def test_the_settings_know_and_accept_every_variable() -> None:
    """Those of the web, of the workers and of the image, with the example filled in."""
    built = dict(
        pair.split("=", 1)
        for each in compose.instructions()
        if each.word == "ENV"
        for pair in each.rest.split()
    )
    for name, each in compose.product_services().items():
        given = {
            variable: compose.filled_in(str(value), FILLED) for variable, value in each["environment"].items()
        }
        variables = Noting(given)
        environment = read_environment(variables)
        assert environment.mode == "production"
        assert set(given) <= variables.asked, name
        ours = {variable for variable in built if variable.startswith("PEPINIERE_")}
        assert {variable: built[variable] for variable in ours} == {
            variable: given[variable] for variable in ours
        }


@pytest.mark.parametrize("missing", sorted(FILLED))
def test_without_one_of_the_required_nothing_starts(missing: str) -> None:
    """The engine itself says which one is missing."""
    with pytest.raises(KeyError, match=missing):
        compose.filled_in(
            compose.COMPOSE.read_text(encoding="utf-8").replace("$$", ""), {**FILLED, missing: ""}
        )


def stages() -> list[tuple[str, str | None]]:
    """Base image and name of each stage of the Dockerfile."""
    bases = (each.rest.split() for each in compose.instructions() if each.word == "FROM")
    return [(words[0], words[2] if len(words) > 1 else None) for words in bases]


def test_the_stages_copy_what_exists() -> None:
    """Files of this tree, or of a stage before."""
    known: set[str] = set()
    for each in compose.instructions():
        if each.word == "FROM":
            known.update(re.findall(r" AS (\S+)", each.rest))
        if each.word == "COPY":
            options = dict(re.findall(r"--(\w+)=(\S+)", each.rest))
            *sources, _target = re.sub(r"--\w+=\S+\s*", "", each.rest).split()
            if "from" in options:
                assert options["from"] in known
            else:
                assert [source for source in sources if not (compose.ROOT / source).exists()] == []


def test_the_image_has_what_the_product_needs() -> None:
    """The system's libraries, pinned packages, an account without rights, the product's server."""
    text = "\n".join(f"{each.word} {each.rest}" for each in compose.instructions())
    for package in (*PACKAGES, "postgresql-client"):
        assert re.search(rf"\s{re.escape(package)}\s", text), package
    assert "--require-hashes --only-binary :all: -r runtime.txt" in text
    assert [each.rest for each in compose.instructions() if each.word == "USER"] == ["pepiniere"]
    assert '"pepiniere.wsgi:application"' in text
    assert "--respawn-failed-workers" in text
