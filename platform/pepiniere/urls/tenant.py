"""A tenant's site: shop, workshop and console. Each subject writes its paths from the site's root."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from pepiniere.urls.inclusion import subjects

urlpatterns = [
    # What is asked for most stands first: an address is looked for from here downwards.
    *subjects("services.catalogue.urls"),
    path("compte/", include("allauth.urls")),
    *subjects("pepiniere.urls.api", prefix="api/v1/"),
    *subjects(
        "kernel.web.urls",
        "tenants.accounts.urls",
        "tenants.identity.urls",
        "tenants.parties.urls",
        "tenants.calendar.urls",
        "billing.payments.urls",
        "billing.payouts.urls",
        "billing.funding.urls",
        "billing.invoicing.urls",
        "billing.claims.urls",
        "billing.vat_reviews.urls",
        "billing.ledger.urls",
        "billing.commission.urls",
        "services.orders.urls",
        "services.fulfilment.urls",
        "pepiniere.site.console_urls",
        "pepiniere.site.urls",
    ),
    *(subjects("pepiniere.demonstration.urls") if settings.DEMONSTRATION else []),
]

handler400 = "kernel.web.views.bad_request"
handler403 = "kernel.web.views.permission_denied"
handler404 = "kernel.web.views.page_not_found"
handler500 = "kernel.web.views.server_error"
