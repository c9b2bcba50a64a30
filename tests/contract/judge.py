"""Is this answer one that the document allows? The checker has no say in what is sent."""

import json

from values import UNKNOWN

# What the gateway itself may say to a request, with the reason in Gatehouse-Error.
BY_GATEWAY = {400, 401, 403, 404, 405, 411, 413, 414, 415, 417, 429, 431}
INTERNAL = ("sqlite", "postgres", "std::", "exception", ".cpp", "/build/", "constraint failed", "violates")
NOBODY = "nobody asks"


def complaints(case, answer):
    """All that is wrong, as texts."""
    found = []
    if answer.status >= 500:
        found.append(f"answered {answer.status}")
    elif answer.header("gatehouse-error"):
        found += _by_gateway(case, answer)
    else:
        found += _by_service(case, answer)
    if answer.status < 300 and case.flaws:
        found.append(f"answered {answer.status}, although {'; '.join(case.flaws)}")
    is_bounded = case.value is not None and UNKNOWN.encode() not in (case.body or b"")
    if answer.status == 413 and not case.flaws and is_bounded:
        found.append("too large for the gateway, but not by the document")
    if NOBODY in case.flaws and not _turns_away(case, answer) and not answer.header("gatehouse-error"):
        found.append(f"answered {answer.status} to nobody")
    return found + _common(answer)


def _turns_away(case, answer):
    """With a cookie also 403: that the request comes from another site's page is found before whose the cookie is."""
    has_cookie = any(name.lower() == "cookie" for name, _ in case.headers)
    return answer.status == 401 or (answer.status == 403 and has_cookie and case.method not in ("GET", "HEAD"))


def _by_gateway(case, answer):
    found = [] if answer.status in BY_GATEWAY else [f"the gateway answered {answer.status}"]
    return found + _problem(case, answer, required=["WWW-Authenticate"] if answer.status == 401 else ["Allow"] if answer.status == 405 else [])


def _by_service(case, answer):
    documented = case.operation.answers.get(answer.status)
    if documented is None:
        return [f"{answer.status} is not documented, only {sorted(case.operation.answers)}"]
    found = [f"{name} is missing" for name in documented.required if answer.header(name) is None]
    if case.method == "HEAD":
        return found + (["HEAD has a body"] if answer.body else [])
    if not documented.content:
        return found + ([f"a body where none is documented: {answer.body[:200]!r}"] if answer.body else [])
    return found + _content(case, answer, documented)


def _content(case, answer, documented):
    if answer.media_type not in documented.content:
        return [f"{answer.media_type or 'no media type'} is not documented for {answer.status}, only {sorted(documented.content)}"]
    if answer.media_type == "application/problem+json":
        return _problem(case, answer)
    schema = documented.content[answer.media_type]
    if schema is None:
        return [] if answer.body or answer.media_type == "text/event-stream" else ["the body is empty"]
    value, wrong = _json(answer)
    return wrong or case.operation.api.answer_errors(schema, value)


def _problem(case, answer, required=()):
    found = [f"{name} is missing" for name in required if answer.header(name) is None]
    if case.method == "HEAD":
        return found + (["HEAD has a body"] if answer.body else [])
    if answer.media_type != "application/problem+json":
        return found + [f"a refusal as {answer.media_type or 'nothing'}"]
    value, wrong = _json(answer)
    if wrong:
        return found + wrong
    found += case.operation.api.problem_errors(value)
    if isinstance(value, dict) and value.get("status") != answer.status:
        found.append(f"the problem says {value.get('status')}, the answer {answer.status}")
    text = answer.body.decode().lower()
    return found + [f"it tells what is inside: {word}" for word in INTERNAL if word in text]


def _json(answer):
    try:
        return json.loads(answer.body, parse_constant=lambda text: float("not " + text)), []
    except ValueError as error:
        return None, [f"the body is no JSON: {error}"]


def _common(answer):
    found = []
    for name in ("content-type", "content-length", "location", "etag", "gatehouse-error"):
        count = sum(1 for key, _ in answer.headers if key.lower() == name)
        if count > 1:
            found.append(f"{name} is there {count} times")
    if answer.status in (204, 304) and answer.body:
        found.append(f"{answer.status} with a body")
    return found


def head_complaints(got, headed):
    """HEAD is GET without the body (RFC 9110, 9.3.2)."""
    found = [] if headed.status == got.status else [f"HEAD answered {headed.status}, GET {got.status}"]
    if headed.body:
        found.append("HEAD has a body")
    for name in ("content-type", "location", "content-disposition", "accept-ranges", "cache-control"):
        if headed.status == got.status and headed.header(name) != got.header(name):
            found.append(f"HEAD says {name}: {headed.header(name)}, GET {got.header(name)}")
    return found
