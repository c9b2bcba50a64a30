#!/usr/bin/python3
"""Writes the seed corpora of the HTTP fuzz targets from the table of edge cases.

    /usr/bin/python3 tests/fuzz/make_http_corpus.py

Only files named after a case are touched; inputs that a fuzzer found stay. Long repetitions are shortened: a seed has to
show the shape, the fuzzer finds the length.
"""
import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parent / "integration" / "data" / "http_edge_cases.json"
CORPUS = HERE / "corpus"
REPEAT_MAX = 40
ROUTINE = {"content", "path-auth-bypass"}  # bodies of JSON say nothing to the codec; paths have their own target


def expand(text: str) -> str:
    text = re.sub(
        r"\{\{repeat:(.*?):(\d+)\}\}",
        lambda match: match[1] * min(int(match[2]), REPEAT_MAX),
        text,
        flags=re.DOTALL,
    )
    return re.sub(r"\{\{.*?\}\}", "token", text)


def write(target: str, name: str, text: str) -> None:
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode("latin-1"))


def main() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    for case in table["cases"]:
        name, raw, category = case["name"], expand(case["raw"]), case["category"]
        if not raw:
            continue
        head, _, body = raw.partition("\r\n\r\n")
        line, _, fields = head.partition("\r\n")
        if category not in ROUTINE:
            write("http_request", name, raw)
        if name.startswith(("chunk-", "trailer-")):
            write("http_chunked", name, body)
        if category == "path-auth-bypass":
            write("http_path", name, line.split(" ")[1].partition("?")[0])
        if name.startswith(("spoof-", "hop-", "hdr-")):
            write("http_reserved", name, fields)
    for case in table["upstream_responses"]:
        if raw := expand(case["raw_response"]):
            kind = "h" if case.get("request") == "HEAD" else "-"
            write("http_response", case["name"], kind + raw)


if __name__ == "__main__":
    main()
