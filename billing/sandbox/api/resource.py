"""What every API address has in common: key, JSON, idempotency, one transaction, the error envelope."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from billing.sandbox.api.keys import ADMIN, authenticate
from billing.sandbox.api.parameters import Parameters
from billing.sandbox.errors import ApiError, OrderedRefusal
from billing.sandbox.knobs import TIMEOUT_AFTER_SUCCESS, take_knob
from billing.sandbox.models import Account, IdempotentAnswer

logger = logging.getLogger(__name__)
Json = dict[str, Any]

KEYS_LIVE = timedelta(hours=24)


@method_decorator(csrf_exempt, name="dispatch")
class Resource(View):
    """Subclasses define ``read`` for GET and ``write`` for POST; ``operation`` names the write for knobs."""

    operation: ClassVar[str] = ""
    for_admin: ClassVar[bool] = False
    account: Account
    session: str = ""
    """The page whose payment a write is about: knobs turned for one payment go by it."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        raise ApiError("This address answers POST only.", status=405)

    def write(self, parameters: Parameters, **ids: str) -> Json:
        raise ApiError("This address answers GET only.", status=405)

    def dispatch(self, request: HttpRequest, *args: Any, **ids: str) -> HttpResponseBase:
        try:
            account = authenticate(request)
            if account is None and not self.for_admin:
                raise ApiError("The admin key opens accounts only.", status=403, kind="permission_error")
            self.holder = account.identifier if account else ADMIN
            if account is not None:
                self.account = account
            if request.method == "GET":
                return JsonResponse(self.read(request, **ids))
            if request.method == "POST":
                return self.write_once(request, **ids)
            raise ApiError("Method not allowed.", status=405)
        except ApiError as error:
            return JsonResponse(error.as_dict(), status=error.status)

    def write_once(self, request: HttpRequest, **ids: str) -> HttpResponse:
        """Answer a repeated key with its first answer; run a new one in one transaction with its answer."""
        key = request.headers.get("Idempotency-Key", "")
        parameters = Parameters.of(request)
        print_ = hashlib.sha256(
            json.dumps([request.path, parameters.content], sort_keys=True).encode()
        ).hexdigest()
        with transaction.atomic():
            known = self.known_answer(key, print_)
            if known is not None:
                return JsonResponse(known.body, status=known.status, headers={"Idempotent-Replayed": "true"})
            status = 200
            try:
                body = self.write(parameters, **ids)
            except OrderedRefusal as refusal:
                status, body = refusal.status, refusal.as_dict()
            if key:
                IdempotentAnswer.objects.create(
                    holder=self.holder, key=key, fingerprint=print_, status=status, body=body
                )
            timeout = self.ordered_timeout()
        if timeout:
            time.sleep(min(int(timeout.get("hold_seconds") or 0), 120))
            return HttpResponse("upstream timed out", status=504, content_type="text/plain")
        return JsonResponse(body, status=status)

    def ordered_timeout(self) -> dict[str, Any] | None:
        """The order to lose the answer to this write, if there is one."""
        if not self.operation or not hasattr(self, "account"):
            return None
        return take_knob(self.account, TIMEOUT_AFTER_SUCCESS, session=self.session, operation=self.operation)

    def known_answer(self, key: str, fingerprint: str) -> IdempotentAnswer | None:
        """The first answer under ``key`` in the last 24 hours; other parameters are refused."""
        if not key:
            return None
        if len(key) > 255:
            raise ApiError("Idempotency keys have at most 255 characters.", kind="idempotency_error")
        IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEYS_LIVE).delete()
        known = IdempotentAnswer.objects.filter(holder=self.holder, key=key).first()
        if known is not None and known.fingerprint != fingerprint:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters.",
                kind="idempotency_error",
            )
        return known

    def expansions(self, request: HttpRequest) -> frozenset[str]:
        """The ``expand[]`` paths of the query."""
        return frozenset(request.GET.getlist("expand[]"))


def page(request: HttpRequest, rows: models.QuerySet[Any], form: Any) -> Json:
    """One page of a list, newest first, continued by ``starting_after``."""
    try:
        limit = min(max(int(request.GET.get("limit", "10")), 1), 100)
    except ValueError as error:
        raise ApiError("Invalid limit.", code="parameter_invalid_integer", param="limit") from error
    after = request.GET.get("starting_after")
    if after:
        last = rows.filter(identifier=after).first()
        if last is None:
            raise ApiError(f"No such object: '{after}'", code="resource_missing", param="starting_after")
        rows = rows.filter(pk__lt=last.pk)
    found = list(rows.order_by("-pk")[: limit + 1])
    return {
        "object": "list",
        "url": request.path,
        "has_more": len(found) > limit,
        "data": [form(row) for row in found[:limit]],
    }
