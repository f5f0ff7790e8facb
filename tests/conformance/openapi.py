# SPDX-License-Identifier: Apache-2.0
"""CAMARA's OpenAPI documents as they are served (api/openapi), made ready to validate answers."""

import functools
import json
import pathlib

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def pointer(document, path):
    """What `#/a/b` means in `document`; a name that is not there is a LookupError."""
    found = document
    for part in path.lstrip("#").strip("/").split("/"):
        if part not in found:
            raise LookupError(f"{path} is not in the document")
        found = found[part]
    return found


def resolved(node, root):
    """`node` with every reference replaced by what it means: the documents have no circles."""
    if isinstance(node, list):
        return [resolved(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return resolved(pointer(root, node["$ref"]), root)
    made = {key: resolved(value, root) for key, value in node.items()}
    if isinstance(made.get("pattern"), str) and made["pattern"].endswith("$"):
        # To Python `$` is also before a last newline; to the standard that OpenAPI names it is not.
        made["pattern"] = made["pattern"][:-1] + r"\Z"
    return made


class Document:
    """One document: its operations and its schemas."""

    def __init__(self, text):
        raw = yaml.load(text, LOADER)
        self.tree = resolved(raw, raw)

    def operation(self, path, method):
        """The operation of `method` at `path` below the server's URL, or None."""
        return self.tree["paths"].get(path, {}).get(method.lower())

    def paths_of(self, method):
        """The paths that take `method`."""
        return [path for path, item in self.tree["paths"].items() if method.lower() in item]

    def called(self, operation_id):
        """(method, path) of the operation with that id."""
        for path, item in self.tree["paths"].items():
            for method, operation in item.items():
                if isinstance(operation, dict) and operation.get("operationId") == operation_id:
                    return method.upper(), path
        raise LookupError(f"no operation is called {operation_id}")

    def schema(self, name):
        """By name, or by the pointer that begins with `/components` or `#/components`."""
        return pointer(self.tree, name if "/" in name else f"/components/schemas/{name}")

    def problems(self, schema, value):
        """What is wrong with `value` by `schema`: texts, none if all is well."""
        errors = validator(json.dumps(schema, sort_keys=True)).iter_errors(value)
        return [f"{error.json_path}: {error.message}" for error in errors]


# OpenAPI 3.0 schemas are those of JSON Schema's draft 4 with a few words more that are not used here.
@functools.lru_cache(maxsize=None)
def validator(schema):
    """Checks what it is given by `schema`, a JSON text."""
    return jsonschema.Draft4Validator(json.loads(schema))


@functools.lru_cache(maxsize=None)
def document(contract):
    """The document of contract `v0`, `v1` or `v2`."""
    return Document((ROOT / "api/openapi" / f"{contract}.yaml").read_text())
