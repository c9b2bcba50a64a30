"""Reads the ABI headers: their structs with members, enums and macros. Knows only the plain C that they are written in."""
import re
from pathlib import Path

HEADERS = ["abi.h", "ext/admin.h", "ext/call.h", "ext/clock.h", "ext/events.h", "ext/handover.h", "ext/http_client.h",
           "ext/kv.h", "ext/lease.h", "ext/migrations.h", "ext/openapi.h", "ext/trace.h"]
# Function-like or about compilation only: no part of the layout.
MACROS_LEFT_OUT = re.compile(r"GH_(EXTERN_C|EXPORT|HAS|STRINGIFY_?|NOTE_TEXT|PLUGIN_NOTE|PLUGIN_ENTRY)$")


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def split_declarators(body):
    """Member names of a struct body, in order."""
    names = []
    for declaration in body.split(";"):
        declaration = " ".join(declaration.split())
        if not declaration:
            continue
        pointer = re.search(r"\(\*(\w+)\)", declaration)
        if pointer:
            names.append(pointer.group(1))
            continue
        for part in declaration.split(","):
            names.append(re.search(r"(\w+)$", part.strip()).group(1))
    return names


def parse(text):
    """Yields ("struct", name, members), ("enum", name) and ("macro", name) in the order of the text."""
    text = strip_comments(text)
    pattern = re.compile(
        r"#define\s+(?P<macro>GH_\w+)(?P<args>\()?"
        r"|(?:typedef\s+)?struct\s+(?P<struct>gh_\w+)\s*\{(?P<body>.*?)\}\s*\w*\s*;"
        r"|enum\s*\{(?P<enum>.*?)\}\s*;", re.S)
    for match in pattern.finditer(text):
        if match["macro"]:
            if not match["args"] and not MACROS_LEFT_OUT.match(match["macro"]):
                yield ("macro", match["macro"])
        elif match["struct"]:
            yield ("struct", match["struct"], split_declarators(match["body"]))
        else:
            for item in match["enum"].split(","):
                if item.strip():
                    yield ("enum", item.split("=")[0].strip())


def probe_source(include_directory):
    """A C program that prints the layout, a line per fact: KIND NAME NUMBERS."""
    lines = ["#include <stdio.h>"]
    lines += [f"#include <gatehouse/{header}>" for header in HEADERS]
    body = []
    for header in HEADERS:
        for item in parse((Path(include_directory) / "gatehouse" / header).read_text()):
            if item[0] == "struct":
                _, name, members = item
                body.append(f'printf("struct {name} %zu\\n", sizeof({name}));')
                total = " + ".join(f"sizeof((({name}*)0)->{member})" for member in members)
                body.append(f'_Static_assert(sizeof({name}) == {total}, "{name}: padding, or a member was not seen");')
                for member in members:
                    body.append(f'printf("member {name}.{member} %zu %zu\\n", offsetof({name}, {member}), '
                                f"sizeof((({name}*)0)->{member}));")
            elif item[0] == "enum":
                body.append(f'printf("value {item[1]} %lld\\n", (long long){item[1]});')
            else:
                body.append(f'_Generic(({item[1]}), char*: text, default: number)("{item[1]}", (uintptr_t){item[1]});')
    lines.append("static void text(const char* name, uintptr_t v) { printf(\"macro %s \\\"%s\\\"\\n\", name, (const char*)v); }")
    lines.append("static void number(const char* name, uintptr_t v) { printf(\"macro %s %lu\\n\", name, (unsigned long)v); }")
    lines.append("int main(void) {")
    lines += ["    " + line for line in body]
    lines += ["    return 0;", "}", ""]
    return "\n".join(lines)
