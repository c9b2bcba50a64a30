"""The formats of the documents, as the services mean them. JSON Schema leaves formats to whoever checks."""

import datetime
import re

from jsonschema import FormatChecker

EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
                   r"@(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+\Z")
UUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d{2}:\d{2})\Z")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"\\^`{|}]+\Z", re.ASCII)
URI_REFERENCE = re.compile(r"[^\s<>\"\\^`{|}]*\Z", re.ASCII)

checker = FormatChecker(formats=())


def _integer(bits):
    return lambda value: isinstance(value, bool) or not isinstance(value, (int, float)) or -2 ** (bits - 1) <= value < 2 ** (bits - 1)


def _text(test):
    return lambda value: not isinstance(value, str) or bool(test(value))


def _is_date(text):
    try:
        return bool(DATE.match(text) and datetime.date.fromisoformat(text))
    except ValueError:
        return False


FORMATS = {
    "int32": _integer(32), "int64": _integer(64),
    "email": _text(lambda text: len(text) <= 254 and EMAIL.match(text)),
    "uuid": _text(UUID.match),
    "date": _text(_is_date),
    "date-time": _text(lambda text: DATE_TIME.match(text) and _is_date(text[:10])),
    "uri": _text(URI.match),
    "uri-reference": _text(URI_REFERENCE.match),
    "binary": lambda value: True,
}
for _name, _test in FORMATS.items():
    checker.checks(_name)(_test)
