"""Is this an OpenAPI 3.1 document? The objects of the specification as a table: their fields, which of these they must
have, and what is in them. Schemas are checked against the meta-schema of JSON Schema 2020-12, and for misspelt keywords."""

import re

from document import METHODS, resolve
from jsonschema import Draft202012Validator

# object -> (required fields, {field: what it holds}); "[X]" a list of X, "{X}" a map of X, "X|ref" X or a reference.
OBJECTS = {
    "document": ({"openapi", "info"}, {"openapi": "string", "info": "info", "jsonSchemaDialect": "string", "servers": "[server]",
                                       "paths": "{path item}", "webhooks": "{path item|ref}", "components": "components",
                                       "security": "[security]", "tags": "[tag]", "externalDocs": "external docs"}),
    "info": ({"title", "version"}, {"title": "string", "summary": "string", "description": "string", "termsOfService": "string",
                                    "contact": "any", "license": "any", "version": "string"}),
    "server": ({"url"}, {"url": "string", "description": "string", "variables": "any"}),
    "tag": ({"name"}, {"name": "string", "description": "string", "externalDocs": "external docs"}),
    "external docs": ({"url"}, {"url": "string", "description": "string"}),
    "components": (set(), {"schemas": "{schema}", "responses": "{response|ref}", "parameters": "{parameter|ref}",
                           "examples": "{example|ref}", "requestBodies": "{request body|ref}", "headers": "{header|ref}",
                           "securitySchemes": "{security scheme|ref}", "links": "any", "callbacks": "any", "pathItems": "any"}),
    "path item": (set(), {"summary": "string", "description": "string", "servers": "[server]", "parameters": "[parameter|ref]",
                          **{method: "operation" for method in METHODS}}),
    "operation": ({"responses"}, {"tags": "[string]", "summary": "string", "description": "string", "externalDocs": "external docs",
                                  "operationId": "string", "parameters": "[parameter|ref]", "requestBody": "request body|ref",
                                  "responses": "{response|ref}", "callbacks": "any", "deprecated": "boolean",
                                  "security": "[security]", "servers": "[server]"}),
    "parameter": ({"name", "in", "schema"}, {"name": "string", "in": "string", "description": "string", "required": "boolean",
                                             "deprecated": "boolean", "allowEmptyValue": "boolean", "style": "string",
                                             "explode": "boolean", "allowReserved": "boolean", "schema": "schema", "example": "any",
                                             "examples": "{example|ref}"}),
    "header": ({"schema"}, {"description": "string", "required": "boolean", "deprecated": "boolean", "style": "string",
                            "explode": "boolean", "schema": "schema", "example": "any", "examples": "{example|ref}"}),
    "request body": ({"content"}, {"description": "string", "content": "{media type}", "required": "boolean"}),
    "media type": (set(), {"schema": "schema", "example": "any", "examples": "{example|ref}", "encoding": "any"}),
    "response": ({"description"}, {"description": "string", "headers": "{header|ref}", "content": "{media type}", "links": "any"}),
    "example": (set(), {"summary": "string", "description": "string", "value": "any", "externalValue": "string"}),
    "security scheme": ({"type"}, {"type": "string", "description": "string", "name": "string", "in": "string", "scheme": "string",
                                   "bearerFormat": "string", "flows": "any", "openIdConnectUrl": "string"}),
    "ref": ({"$ref"}, {"$ref": "string", "summary": "string", "description": "string"}),
}
PLAIN = {"string": str, "boolean": bool}
KEYWORDS = {"$ref", "$schema", "$defs", "$id", "$comment", "type", "enum", "const", "format", "description", "title", "default",
            "examples", "readOnly", "writeOnly", "deprecated", "properties", "required", "additionalProperties", "propertyNames",
            "items", "prefixItems", "anyOf", "allOf", "oneOf", "not", "if", "then", "else", "minLength", "maxLength", "pattern",
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
            "contains", "contentMediaType", "contentEncoding", "minProperties", "maxProperties", "patternProperties"}
COMPONENT_NAME = re.compile(r"[a-zA-Z0-9._-]+\Z")


def problems(document):
    """Everything that is wrong, as "place: what"."""
    found = list(_check(document, "document", "#"))
    if not found:
        found += list(_references(document, document, "#")) or list(_across(document))
    return found


def _check(node, kind, at):
    if kind == "any":
        return
    if kind in PLAIN:
        if not isinstance(node, PLAIN[kind]):
            yield f"{at}: must be a {kind}"
    elif kind.startswith("["):
        yield from _each(node, list, enumerate, kind[1:-1], at)
    elif kind.startswith("{"):
        yield from _each(node, dict, dict.items, kind[1:-1], at)
    elif kind == "schema":
        yield from schema_problems(node, at)
    elif kind == "security":
        if not isinstance(node, dict) or not all(isinstance(scopes, list) for scopes in node.values()):
            yield f"{at}: must map schemes to lists of scopes"
    elif kind.endswith("|ref"):
        is_reference = isinstance(node, dict) and "$ref" in node
        yield from _check(node, "ref" if is_reference else kind[:-4], at)
    else:
        yield from _object(node, kind, at)


def _each(node, container, pairs, kind, at):
    if not isinstance(node, container):
        yield f"{at}: must be a {container.__name__}"
        return
    for name, child in pairs(node):
        yield from _check(child, kind, f"{at}/{name}")


def _object(node, kind, at):
    if not isinstance(node, dict):
        yield f"{at}: must be an object ({kind})"
        return
    required, known = OBJECTS[kind]
    yield from (f"{at}: {name} is missing ({kind})" for name in sorted(required - node.keys()))
    for name, child in node.items():
        if name in known:
            yield from _check(child, known[name], f"{at}/{name}")
        elif not name.startswith("x-"):
            yield f"{at}: {name} is no field of a {kind}"


def schema_problems(schema, at):
    try:
        Draft202012Validator.check_schema(schema)
    except Exception as error:  # SchemaError, or what it stumbled over
        yield f"{at}: {getattr(error, 'message', error)}"
        return
    yield from _misspelt(schema, at)


def _misspelt(schema, at):
    if not isinstance(schema, dict):
        return
    yield from (f"{at}: {name} is no keyword" for name in schema if name not in KEYWORDS and not name.startswith("x-"))
    for name in ("items", "additionalProperties", "not", "if", "then", "else", "contains"):
        yield from _misspelt(schema.get(name), f"{at}/{name}")
    for name in ("anyOf", "allOf", "oneOf", "prefixItems"):
        for index, child in enumerate(schema.get(name, [])):
            yield from _misspelt(child, f"{at}/{name}/{index}")
    for name in ("properties", "$defs", "patternProperties"):
        for key, child in schema.get(name, {}).items():
            yield from _misspelt(child, f"{at}/{name}/{key}")


def _references(document, node, at):
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _references(document, child, f"{at}/{index}")
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            try:
                resolve(document, node)
            except (LookupError, TypeError):
                yield f"{at}: {node['$ref']} leads nowhere"
        for name, child in node.items():
            yield from _references(document, child, f"{at}/{name}")


def _across(document):
    """What holds between objects."""
    if not re.match(r"3\.1\.\d+\Z", document["openapi"]):
        yield f"#/openapi: {document['openapi']} is not 3.1"
    if not {"paths", "components", "webhooks"} & document.keys():
        yield "#: neither paths nor components nor webhooks"
    for kind, entries in document.get("components", {}).items():
        yield from (f"#/components/{kind}: {name} is no name" for name in entries if not COMPONENT_NAME.match(name))
    ids, templates = {}, {}
    for path, item in document.get("paths", {}).items():
        if not path.startswith("/"):
            yield f"#/paths: {path} does not begin with /"
        template = re.sub(r"\{[^}]*\}", "{}", path)
        if template in templates:
            yield f"#/paths: {path} and {templates[template]} are the same"
        templates[template] = path
        for method in METHODS:
            if method in item:
                yield from _operation(document, item[method], path, f"{method} {path}", ids)


def _operation(document, operation, path, at, ids):
    name = operation.get("operationId")
    if name is not None and ids.setdefault(name, at) != at:
        yield f"{at}: the operationId {name} is that of {ids[name]}"
    seen = set()
    for parameter in (resolve(document, one) for one in operation.get("parameters", [])):
        key = (parameter["name"], parameter["in"])
        if key in seen:
            yield f"{at}: two parameters {key}"
        seen.add(key)
        if parameter["in"] not in ("path", "query", "header", "cookie"):
            yield f"{at}: a parameter in {parameter['in']}"
        if parameter["in"] == "path" and parameter.get("required") is not True:
            yield f"{at}: {parameter['name']} in the path must be required"
    in_path = {name for name, where in seen if where == "path"}
    if in_path != set(re.findall(r"\{([^}]*)\}", path)):
        yield f"{at}: its path parameters are {sorted(in_path)}"
    for status in operation["responses"]:
        if status != "default" and not re.match(r"[1-5](\d\d|XX)\Z", status):
            yield f"{at}: {status} is no status"
    schemes = document.get("components", {}).get("securitySchemes", {})
    for requirement in operation.get("security", []):
        yield from (f"{at}: there is no security scheme {scheme}" for scheme in requirement if scheme not in schemes)
