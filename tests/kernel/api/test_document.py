"""The API's document tells of the envelope, and unknown addresses of the API answer in it."""

from __future__ import annotations

import json

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema


def test_the_document_is_complete(capsys):
    """No warning, no error, valid OpenAPI, each operation described and named once."""
    from pepiniere.reference.document import openapi

    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        document = openapi()
    assert not GENERATOR_STATS, capsys.readouterr().err
    validate_schema(document)
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 15
    assert [operation["operationId"] for operation in operations if not operation.get("description")] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_reference_is_a_page(tenant_client, language):
    page = tenant_client.get("/api/v1/", HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert page.count("<h1") == 1
    assert "POST /api/v1/orders/{number}/lines/{position}/approve/" in page
    assert 'id="shape-Problem"' in page
    assert "<script" not in page.partition("<main")[2].partition("</main>")[0]


def test_every_operation_may_refuse(tenant_client):
    response = tenant_client.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    document = json.loads(response.content)
    assert document["openapi"].startswith("3.1")
    operations = [
        operation
        for methods in document["paths"].values()
        for name, operation in methods.items()
        if name in {"get", "post", "put", "patch", "delete"}
    ]
    assert operations
    assert all("default" in operation["responses"] for operation in operations)
    assert "Problem" in document["components"]["schemas"]


def test_without_a_token_the_answer_is_401(tenant_client):
    response = tenant_client.get("/api/v1/invoices/")
    assert response.status_code == 401
    assert response.json()["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["request_id"] == response["X-Request-ID"]
