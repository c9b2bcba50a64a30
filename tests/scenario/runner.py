"""Runs a scenario against a gateway."""

import json

import pattern


SERVICE_FIELD = "Called-Service"  # a call by another service, On-Behalf-Of a user or of nobody
STREAM = "text/event-stream"


def run(scenario, client, variables, call=None):
    """Raises AssertionError that names file, line, step, and all that differs. Gives each answer to nobody: a step sees
    of earlier ones only what these kept. call(service, method, target, body, user_id): makes the calls of services."""
    for step in [step for step in scenario.steps for _ in range(step.times)]:
        answer = ask(step, client, variables, scenario.path.parent, call)
        found = check(step, answer, variables)
        assert not found, "\n".join([f"{scenario.path}:{step.line}: {step.name}",
                                     f"  {step.method} {pattern.fill_in(step.target, variables)} answered {answer.status}",
                                     *[f"  {text}" for text in found], f"  body: {answer.body[:2000]!r}"])


def ask(step, client, variables, folder, call):
    fields = {name: pattern.fill_in(value, variables) for name, value in step.request_fields}
    target = pattern.fill_in(step.target, variables)
    if step.request_body.startswith("< "):
        body = (folder / step.request_body[2:]).read_bytes()
    else:
        body = pattern.fill_in(step.request_body, variables) or None
        if body is not None and body.startswith(("{", "[")) and not any(name.lower() == "content-type" for name in fields):
            fields["Content-Type"] = "application/json"
    if SERVICE_FIELD in fields:
        return call(fields[SERVICE_FIELD], step.method, target, body, fields.get("On-Behalf-Of"))
    if fields.get("Accept") == STREAM:
        return client.head_of(step.method, target, headers=fields)  # what follows has no end
    return client.request(step.method, target, body, headers=fields)


def check(step, answer, variables):
    """What is not as expected, as texts."""
    found = []
    if answer.status not in step.statuses:
        found.append(f"expected {' or '.join(str(status) for status in step.statuses)}")
    for name, expected in step.answer_fields:
        values = answer.header_values(name)
        if expected == "<absent>":
            found += [f"{name}: is there: {values}"] if values else []
        elif not values:
            found.append(f"{name}: is missing")
        else:
            found += pattern.differences(pattern.fill_in(expected, variables), ", ".join(values), variables, name)
    return found + check_body(step, answer, variables)


def check_body(step, answer, variables):
    if not step.answer_body:
        return []
    if step.answer_body == "<empty>":
        return [] if not answer.body else ["the body is not empty"]
    expected = pattern.fill_in(step.answer_body, variables)
    if not expected.startswith(("{", "[")):
        return pattern.differences(expected, answer.body.decode(), variables, "body")
    try:
        return pattern.differences(json.loads(expected), json.loads(answer.body), variables)
    except ValueError as error:
        return [f"the body is no JSON: {error}"]
