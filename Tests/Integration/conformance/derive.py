#!/usr/bin/env python3
"""Makes client-server.json.gz of the specification's OpenAPI document, and compares endpoints.tsv with its operations.

    conformance/derive.py DOCUMENT      where DOCUMENT is the specification's client-server API as one OpenAPI 3.1 file

Only facts are kept that a program can hold a server against: methods, paths, parameters, types, what is required. Descriptions, titles and
examples stay where they are.
"""

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

from table import endpoints

TARGET = Path(__file__).with_name("client-server.json.gz")
_OPERATIONS = ("get", "put", "post", "delete")
# What a JSON schema keeps; in `properties` and the like the keys are names, not keywords.
_SCHEMA_KEYS = frozenset((
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "items", "maximum",
    "maxItems", "maxLength", "maxProperties", "minimum", "minItems", "minLength", "minProperties", "not", "oneOf", "pattern",
    "patternProperties", "properties", "propertyNames", "required", "type", "uniqueItems"))
_NAMED = ("properties", "patternProperties")
_LISTS = ("allOf", "anyOf", "oneOf")


def schema(value: Any) -> Any:
    """A schema without its prose."""
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key in sorted(_SCHEMA_KEYS & value.keys()):
        item = value[key]
        if key in _NAMED:
            kept[key] = {name: schema(item[name]) for name in sorted(item)}
        elif key in _LISTS:
            # Where the specification says "one of", it does not mean that the others may not fit as well.
            kept["anyOf" if key == "oneOf" else key] = [schema(one) for one in item]
        elif key in ("items", "additionalProperties", "not", "propertyNames"):
            kept[key] = schema(item)
        else:
            kept[key] = item
    return kept


def content(value: dict) -> dict:
    """The media types of a body and their schemas."""
    return {kind: {"schema": schema(body.get("schema", {}))} for kind, body in sorted(value.items())}


def operation(value: dict) -> dict:
    """One operation: parameters, body, answers."""
    kept: dict[str, Any] = {"responses": {}}
    parameters = [
        {**{key: one[key] for key in ("in", "name", "required", "explode", "style") if key in one}, "schema": schema(one.get("schema", {}))}
        for one in value.get("parameters", [])
    ]
    if parameters:
        kept["parameters"] = parameters
    if "requestBody" in value:
        kept["requestBody"] = {"required": value["requestBody"].get("required", False), "content": content(value["requestBody"]["content"])}
    for status, answer in sorted(value["responses"].items()):
        kept["responses"][status] = {"description": "", **({"content": content(answer["content"])} if "content" in answer else {})}
    return kept


def derived(document: dict) -> dict:
    """The whole document; of two operations on one path (written apart by a space at its end) the first stays."""
    paths: dict[str, dict] = {}
    for path, item in document["paths"].items():
        for method in _OPERATIONS:
            if method in item:
                paths.setdefault(path.strip(), {}).setdefault(method, operation(item[method]))
    schemas = {name: schema(value) for name, value in sorted(document["components"]["schemas"].items())}
    return {
        "openapi": document["openapi"],
        "info": {"title": "Client-server API", "version": document["info"]["version"]},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas},
    }


def differences(document: dict) -> list[str]:
    """What endpoints.tsv lacks or has too much of."""
    ours = {(endpoint.method, endpoint.path) for endpoint in endpoints() if endpoint.api == "client"}
    theirs = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    return [f"not in endpoints.tsv: {method} {path}" for method, path in sorted(theirs - ours)] + [
        f"not in the specification: {method} {path}" for method, path in sorted(ours - theirs)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("document", type=Path)
    result = derived(json.loads(parser.parse_args().document.read_text()))
    # Without name and time in its head, the file is the same whoever makes it.
    TARGET.write_bytes(gzip.compress(json.dumps(result, separators=(",", ":")).encode(), 9, mtime=0))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {sum(map(len, result['paths'].values()))} operations")
    found = differences(result)
    print("\n".join(found) or "endpoints.tsv agrees")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
