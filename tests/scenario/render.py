#!/usr/bin/env python3
"""Renders the scenarios as Markdown, one page each: render.py TARGET-DIRECTORY."""

import sys
from pathlib import Path

import scenario_file


def fenced(kind, text):
    return [f"```{kind}", text.rstrip(), "```", ""]


def message(first, fields, body):
    text = "\n".join([first, *[f"{name}: {value}" for name, value in fields]])
    return text + (f"\n\n{body}" if body else "")


def page(scenario):
    lines = [f"# {scenario.title}", "", *scenario.prose, ""]
    for step in scenario.steps:
        lines += [f"## {step.name}", "", *([*step.prose, ""] if step.prose else [])]
        lines += [f"{step.times} times:", ""] if step.times > 1 else []
        lines += fenced("http", message(f"{step.method} {step.target}", step.request_fields, step.request_body))
        status = " or ".join(str(each) for each in step.statuses)
        lines += fenced("http", message(f"HTTP/1.1 {status}", step.answer_fields, step.answer_body))
    return "\n".join(lines)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    scenarios = [scenario_file.read(path) for path in sorted(Path(__file__).parent.glob("*/*.http"))]
    for scenario in scenarios:
        name = f"{scenario.path.parent.name}-{scenario.path.stem}.md"
        (target / name).write_text(page(scenario), encoding="utf-8")
    index = [f"- [{each.title}]({each.path.parent.name}-{each.path.stem}.md)" for each in scenarios]
    (target / "README.md").write_text("\n".join(["# What the services answer", "", *index, ""]), encoding="utf-8")
    print(f"{len(scenarios)} pages in {target}")


if __name__ == "__main__":
    main()
