"""Mail goes out under the tenant's name; its files lie in a folder of its own without an address."""

from __future__ import annotations

import email
from email import policy

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection
from django_tenants.utils import tenant_context

from tenants.directory.current import current_tenant, in_tenant
from tenants.directory.errors import NotInTenant
from tenants.directory.mail import mailbox_directory, sender_address
from tenants.directory.models import Tenant


def test_the_current_tenant(tenant):
    assert in_tenant()
    assert current_tenant() == tenant


def test_no_tenant_on_the_public_schema(db):
    assert not in_tenant()
    with pytest.raises(NotInTenant):
        current_tenant()


def test_the_sender_is_the_tenants(tenant):
    assert sender_address() == "Alpha <ne-pas-repondre@pepiniere.localhost>"
    named = Tenant(name="Alpha", sender_name="Région Alpha", sender_email="contact@alpha.example")
    assert sender_address(named).endswith("<contact@alpha.example>")


def test_the_platform_sends_under_its_own_name(db):
    assert "ne-pas-repondre@pepiniere.localhost" in sender_address()


def test_the_mailbox_keeps_each_tenants_messages_apart(tenant, other_tenant, settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path
    for one in (tenant, other_tenant):
        with tenant_context(one):
            message = EmailMultiAlternatives(
                f"Bonjour {one.name}",
                "Texte",
                sender_address(),
                ["lea@example.org"],
                connection=get_connection("tenants.directory.mail.MailboxBackend"),
            )
            message.attach_alternative("<p>Texte</p>", "text/html")
            assert message.send() == 1
    stored = list(mailbox_directory("t_alpha").iterdir())
    assert [path.suffix for path in stored] == [".eml"]
    parsed = email.message_from_bytes(stored[0].read_bytes(), policy=policy.default)
    assert parsed["Subject"] == "Bonjour Alpha"
    assert len(list(mailbox_directory("t_beta").iterdir())) == 1


def test_files_of_tenants_lie_apart_and_have_no_address(tenant, other_tenant, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("deliverables/plan.txt", ContentFile(b"alpha"))
    assert (tmp_path / "t_alpha" / "deliverables" / "plan.txt").read_bytes() == b"alpha"
    with tenant_context(other_tenant):
        assert not default_storage.exists(name)
        with pytest.raises(SuspiciousFileOperation):
            default_storage.open("../t_alpha/deliverables/plan.txt")
    with pytest.raises(SuspiciousFileOperation):
        default_storage.url(name)
