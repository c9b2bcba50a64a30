"""The services' OpenAPI documents, made easy to ask: operations with all references followed."""

import copy
import json
from dataclasses import dataclass, field

import formats
from jsonschema import Draft202012Validator, RefResolver

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def resolve(document, node):
    """Follows "$ref" (RFC 6901 within the document)."""
    while isinstance(node, dict) and "$ref" in node:
        pointer = node["$ref"]
        if not pointer.startswith("#/"):
            raise LookupError(f"{pointer} leads out of the document")
        node = document
        for token in pointer[2:].split("/"):
            node = node[token.replace("~1", "/").replace("~0", "~")]
    return node


def closed(node):
    """A copy in which objects have no members but those described: what an answer must keep to."""
    if isinstance(node, list):
        return [closed(child) for child in node]
    if not isinstance(node, dict):
        return node
    result = {name: closed(child) for name, child in node.items()}
    if "properties" in result and isinstance(result.get("type"), str) and "additionalProperties" not in result:
        result["additionalProperties"] = False
    return result


@dataclass
class Parameter:
    name: str
    where: str
    required: bool
    schema: dict


@dataclass
class Answer:
    content: dict    # media type -> schema or None
    required: list   # names of fields that must be there


@dataclass
class Operation:
    service: str
    method: str
    path: str
    id: str
    parameters: list
    bodies: dict     # media type -> schema or None
    body_required: bool
    answers: dict    # status -> Answer
    security: list
    internal: bool
    roles: list
    api: "Document" = field(repr=False)

    @property
    def name(self):
        return f"{self.method} {self.path}"

    @property
    def needs_user(self):
        return bool(self.security) and {} not in self.security

    def inputs(self, where):
        return [parameter for parameter in self.parameters if parameter.where == where]

    @property
    def is_stream(self):
        return any("text/event-stream" in answer.content for answer in self.answers.values())


class Document:
    def __init__(self, service, text):
        self.service = service
        self.root = text
        self._closed = closed(copy.deepcopy(text))
        self._validators = {}

    def request_errors(self, schema, value):
        return self._errors("request", self.root, schema, value)

    def answer_errors(self, schema, value):
        return self._errors("answer", self._closed, schema, value)

    def problem_errors(self, value):
        return self.answer_errors({"$ref": "#/components/schemas/Problem"}, value)

    def _errors(self, kind, root, schema, value):
        key = (kind, json.dumps(schema, sort_keys=True))
        if key not in self._validators:
            schema = closed(schema) if kind == "answer" else schema
            self._validators[key] = Draft202012Validator(schema, resolver=RefResolver("", root), format_checker=formats.checker)
        return [f"{'/'.join(map(str, error.absolute_path)) or 'the value'}: {error.message[:300]}"
                for error in self._validators[key].iter_errors(value)]

    def resolve(self, node):
        return resolve(self.root, node)

    def operations(self):
        for path, item in self.root["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(method, path, item[method])

    def _operation(self, method, path, given):
        body = self.resolve(given.get("requestBody", {}))
        return Operation(
            service=self.service, method=method.upper(), path=path, id=given["operationId"],
            parameters=[Parameter(one["name"], one["in"], one.get("required", False), one["schema"])
                        for one in map(self.resolve, given.get("parameters", []))],
            bodies={kind: content.get("schema") for kind, content in body.get("content", {}).items()},
            body_required=body.get("required", False),
            answers={int(status): self._answer(answer) for status, answer in given["responses"].items() if status.isdigit()},
            security=given.get("security", []), internal=given.get("x-internal", False),
            roles=given.get("x-roles", "").split(), api=self)

    def _answer(self, given):
        answer = self.resolve(given)
        fields = [name for name, one in answer.get("headers", {}).items() if self.resolve(one).get("required")]
        return Answer({kind: content.get("schema") for kind, content in answer.get("content", {}).items()}, fields)


def read(documents):
    """documents: what `gatehouse openapi` prints: service -> document."""
    return [operation for service, text in documents.items() for operation in Document(service, text).operations()]
