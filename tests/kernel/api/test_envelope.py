"""Every refusal of the API has the same shape."""

from __future__ import annotations

import json

import pytest
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from kernel.errors import DomainError
from tenants.accounts.tokens import create_token


class Refused(DomainError):
    """An example."""

    code = "tests.refused"
    message = "Trop tard pour annuler."


class Body(serializers.Serializer):
    """An example."""

    email = serializers.EmailField()
    rows = serializers.ListField(child=serializers.IntegerField())


def answer(raised):
    """What a view that raises answers."""

    class View(APIView):
        authentication_classes = ()
        permission_classes = ()

        def get(self, request):
            raised()

    request = APIRequestFactory().get("/")
    request.request_id = "req-1"
    return View.as_view()(request)


def raising(error):
    def raise_it():
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused(), 409, "tests.refused"),
        (Http404(), 404, "not_found"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 403, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.ValidationError("Indiquez une date."), 400, "invalid"),
    ],
)
def test_the_envelope(error, status, code):
    response = answer(raising(error))
    assert response.status_code == status
    assert set(response.data) == {"type", "title", "status", "detail", "code", "request_id"}
    assert response.data["type"] == "about:blank"
    assert response.data["status"] == status
    assert response.data["title"]
    assert response.data["code"] == code
    assert response.data["detail"]
    assert response.data["request_id"] == "req-1"
    assert response.content_type == "application/problem+json"


def test_the_domains_own_sentence_is_told():
    assert answer(raising(Refused())).data["detail"] == "Trop tard pour annuler."


def test_fields_are_flat_lists_of_sentences():
    def check():
        Body(data={"email": "x", "rows": [1, "y"]}).is_valid(raise_exception=True)

    errors = answer(check).data["errors"]
    assert set(errors) == {"email", "rows.1"}
    assert all(isinstance(one, str) for sentences in errors.values() for one in sentences)


def test_a_field_inside_of_others_is_named_by_its_path():
    class Rows(serializers.Serializer):
        rows = Body(many=True)

    def check():
        Rows(data={"rows": [{"email": "a@b.example", "rows": [1]}, {"rows": 1}]}).is_valid(
            raise_exception=True
        )

    assert set(answer(check).data["errors"]) == {"rows.1.email", "rows.1.rows"}


def test_a_throttled_caller_learns_when_to_come_back():
    response = answer(raising(exceptions.Throttled(wait=30)))
    assert response.status_code == 429
    assert response["Retry-After"] == "30"


def test_a_programming_fault_is_no_refusal():
    with pytest.raises(ZeroDivisionError):
        answer(lambda: 1 / 0)


def test_an_address_that_is_not_there_answers_in_the_envelope(tenant_client):
    response = tenant_client.get("/api/v1/nothing/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["request_id"] == response["X-Request-ID"]
    assert tenant_client.get("/rien/")["Content-Type"].startswith("text/html")


def test_a_fault_of_ours_answers_in_the_envelope(rf):
    from kernel.web.views import server_error

    request = rf.get("/api/v1/orders/")
    request.request_id = "req-2"
    response = server_error(request)
    assert response.status_code == 500
    assert json.loads(response.content)["code"] == "error"
    assert json.loads(response.content)["request_id"] == "req-2"


def test_too_much_at_once_answers_in_the_envelope(tenant_client, settings):
    from tests.services.ordering import person

    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    _token, secret = create_token(user=person("ana"), name="Essai", scopes=["write"])
    response = tenant_client.post(
        "/api/v1/orders/preview/",
        b"x" * 100,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
