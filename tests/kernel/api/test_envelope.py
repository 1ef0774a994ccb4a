"""Every refusal of the API has the same shape."""

from __future__ import annotations

import pytest
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from kernel.errors import DomainError


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
    assert set(response.data) == {"error"}
    assert response.data["error"]["code"] == code
    assert response.data["error"]["message"]
    assert response.data["error"]["request_id"] == "req-1"


def test_the_domains_own_sentence_is_told():
    assert answer(raising(Refused())).data["error"]["message"] == "Trop tard pour annuler."


def test_fields_are_flat_lists_of_sentences():
    def check():
        Body(data={"email": "x", "rows": [1, "y"]}).is_valid(raise_exception=True)

    error = answer(check).data["error"]
    assert set(error["fields"]) == {"email", "rows"}
    assert all(isinstance(one, str) for sentences in error["fields"].values() for one in sentences)


def test_a_throttled_caller_learns_when_to_come_back():
    response = answer(raising(exceptions.Throttled(wait=30)))
    assert response.status_code == 429
    assert response["Retry-After"] == "30"


def test_a_programming_fault_is_no_refusal():
    with pytest.raises(ZeroDivisionError):
        answer(lambda: 1 / 0)
