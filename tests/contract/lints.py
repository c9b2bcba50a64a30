"""What our documents promise beyond being OpenAPI: enough to write a client from, and nothing that is not so."""

import formats
from document import METHODS, resolve
from jsonschema import Draft202012Validator, RefResolver


def problems(document):
    found = []
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                found += [f"{method.upper()} {path}: {text}" for text in _operation(document, item[method], method)]
    return found + list(_examples(document, document, "#")) + list(_unused(document))


def _operation(document, operation, method):
    for name in ("operationId", "summary", "tags"):
        if not operation.get(name):
            yield f"{name} is missing"
    if "security" not in operation:
        yield "security is missing: [] is for what never looks at the caller"
    for parameter in (resolve(document, one) for one in operation.get("parameters", [])):
        if not parameter.get("description"):
            yield f"the parameter {parameter['name']} is not described"
    body = resolve(document, operation.get("requestBody", {}))
    yield from _content(body.get("content", {}), "the request")
    if "requestBody" in operation and not body.get("content"):
        yield "its body is of no kind"
    yield from _answers(document, operation, method)


def _answers(document, operation, method):
    answers = {status: resolve(document, one) for status, one in operation["responses"].items()}
    if not any(status.startswith("2") for status in answers):
        yield "it never succeeds"
    if "default" not in answers:
        yield "default is missing: the gateway may answer as well"
    for status, answer in answers.items():
        content = answer.get("content", {})
        yield from _content(content, status)
        if status == "default" or int(status) >= 400:
            if not content:
                yield f"{status} says nothing"
        elif status in ("204", "304") and content:
            yield f"{status} has no body"
        elif status in ("200", "201", "206") and not content and not answer.get("headers"):
            yield f"{status} has neither body nor fields"
    yield from (f"{status} is missing" for status in _expected(operation, method) - answers.keys())


def _expected(operation, method):
    expected = {"503"}
    if any(operation.get("security", [])) and {} not in operation["security"]:
        expected.add("401")
    if operation.get("x-roles"):
        expected.add("403")
    kinds = {parameter.get("in") for parameter in operation.get("parameters", [])}
    if "path" in kinds:
        expected.add("404")
    if "query" in kinds:
        expected |= {"400", "422"}
    if "requestBody" in operation:
        expected |= {"400", "413", "415"}
    return expected


def _content(content, where):
    for kind, media in content.items():
        if (kind.endswith("json") or kind.startswith("multipart/") or "form" in kind) and "schema" not in media:
            yield f"{where}: {kind} has no schema"
        elif kind.endswith("json") and media["schema"] in ({}, True):
            yield f"{where}: {kind} may be anything"


def _examples(document, node, at):
    """Every example of a schema is valid."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _examples(document, child, f"{at}/{index}")
    elif isinstance(node, dict):
        if isinstance(node.get("examples"), list):
            validator = Draft202012Validator(node, resolver=RefResolver("", document), format_checker=formats.checker)
            for example in node["examples"]:
                yield from (f"{at}: the example {example!r}: {error.message}" for error in validator.iter_errors(example))
        for name, child in node.items():
            yield from _examples(document, child, f"{at}/{name}")


def _unused(document):
    text = str(document)
    for kind in ("schemas", "responses"):
        for name in document["components"].get(kind, {}):
            if f"'#/components/{kind}/{name}'" not in text:
                yield f"#/components/{kind}/{name}: nobody refers to it"
