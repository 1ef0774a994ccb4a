"""The address to which the gateway posts its events."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.payments.errors import EndpointUnknown, SecretUnreadable, SignatureInvalid
from billing.payments.operations.deliveries import receive_delivery

LARGEST_BODY_BYTES = 512 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """200 once the event is stored, 404 for an unknown address, 400 if the gateway did not sign it."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
        body = request.body if length <= LARGEST_BODY_BYTES else None
    except (RequestDataTooBig, ValueError):
        body = None
    if body is None:
        return HttpResponse(status=413)
    try:
        receive_delivery(
            endpoint_id=endpoint_id, body=body, signature=request.headers.get("Stripe-Signature", "")
        )
    except EndpointUnknown:
        return HttpResponse(status=404)
    except SignatureInvalid:
        return HttpResponse(status=400)
    except SecretUnreadable:
        # Ours to repair: the gateway tries again meanwhile.
        return HttpResponse(status=503)
    return HttpResponse("ok", content_type="text/plain")
