"""What the API's document says of errors, the same for every operation."""

from __future__ import annotations

from typing import Any

ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "request_id"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "For people, in the language asked for."},
                "fields": {
                    "type": "object",
                    "description": "Sentences by field, when the request was not valid.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
                "request_id": {"type": "string", "description": "The same as the header X-Request-ID."},
            },
        }
    },
}
_METHODS = ("get", "post", "put", "patch", "delete")


def describe_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular: every operation may answer with the error envelope."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    response = {
        "description": "Refused.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    for operations in result.get("paths", {}).values():
        for method in _METHODS:
            if method in operations:
                operations[method].setdefault("responses", {}).setdefault("default", response)
    return result
