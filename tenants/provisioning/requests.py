"""The platform owner asks for a tenant; a worker builds it and tells its first administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django_tenants.utils import tenant_context

from kernel.outbox.operations import enqueue
from kernel.web.sites import site_for
from tenants.accounts.models import StaffRole, User
from tenants.directory.mail import sender_address
from tenants.directory.models import Domain, Tenant
from tenants.provisioning.errors import NothingToResume
from tenants.provisioning.operations import make_ready, register_tenant

PREPARE = "provisioning.prepare_tenant"


@transaction.atomic
def request_tenant(*, administrator_email: str, administrator_name: str, **values: Any) -> Tenant:
    """Register a tenant (see `register_tenant`) and have a worker prepare it. Raises ValidationError."""
    tenant = register_tenant(**values)
    _enqueue_preparation(tenant, administrator_email, administrator_name)
    return tenant


@transaction.atomic
def resume_preparation(*, tenant_id: int, administrator_email: str, administrator_name: str) -> Tenant:
    """Try again after an interruption. Raises NothingToResume."""
    tenant = Tenant.objects.select_for_update(of=("self",)).get(pk=tenant_id)
    if tenant.state != Tenant.State.FAILED:
        raise NothingToResume(tenant=tenant.name)
    tenant.state = Tenant.State.PROVISIONING
    tenant.save(update_fields=["state"])
    _enqueue_preparation(tenant, administrator_email, administrator_name)
    return tenant


def prepare_tenant(*, tenant_id: int, administrator_email: str, administrator_name: str) -> None:
    """Build the schema and invite the administrator; a second run changes and sends nothing more."""
    tenant = make_ready(tenant_id=tenant_id)
    with tenant_context(tenant):
        invite_administrator(email=administrator_email, full_name=administrator_name, tenant=tenant)
    connection.set_schema_to_public()


@transaction.atomic
def invite_administrator(*, email: str, full_name: str, tenant: Tenant) -> User:
    """Make the first administrator of the current tenant and write how to choose a password, once."""
    address = email.strip().lower()
    user = User.objects.filter(email=address).first()
    if user is not None:
        return user
    user = User.objects.create_user(address, None, full_name=full_name, language=tenant.language)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMINISTRATOR)
    _send_invitation(user, tenant)
    return user


def _enqueue_preparation(tenant: Tenant, email: str, name: str) -> None:
    enqueue(
        PREPARE,
        dedupe_key=f"prepare-tenant:{tenant.pk}",
        tenant_id=tenant.pk,
        administrator_email=email,
        administrator_name=name,
    )


def _send_invitation(user: User, tenant: Tenant) -> None:
    host = Domain.objects.get(tenant=tenant, is_primary=True).domain
    origin = settings.ENVIRONMENT.origin(host)
    context = {
        "here": site_for(tenant),
        "user": user,
        "tenant": tenant,
        "origin": origin,
        "password_url": f"{origin}/compte/password/reset/",
    }
    with translation.override(user.language):
        subject = " ".join(render_to_string("provisioning/mail/invitation.subject.txt", context).split())
        message = EmailMultiAlternatives(
            subject,
            render_to_string("provisioning/mail/invitation.txt", context),
            sender_address(tenant),
            [user.email],
        )
        message.attach_alternative(
            render_to_string("provisioning/mail/invitation.html", context), "text/html"
        )
    message.send()
