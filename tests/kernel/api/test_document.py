"""The API's document tells of the envelope, and unknown addresses of the API answer in it."""

from __future__ import annotations

import json


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
    assert "Error" in document["components"]["schemas"]


def test_without_a_token_the_answer_is_401(tenant_client):
    response = tenant_client.get("/api/v1/invoices/")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["error"]["request_id"] == response["X-Request-ID"]
