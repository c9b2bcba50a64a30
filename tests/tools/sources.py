"""The project's source files and their text without comments and literals, for the checks in this folder."""

import re
from pathlib import Path

CPP_SUFFIXES = (".c", ".cpp", ".h", ".hpp")
CPP_ROOTS = ("gateway", "sdk", "plugins", "tests")
SKIPPED_FOLDERS = {"build", "var", "__pycache__", ".pytest_cache", "corpus"}

_COMMENT_OR_LITERAL = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'""",
    re.VERBOSE | re.DOTALL,
)


def files(root, suffixes, roots=CPP_ROOTS):
    """All files below the given roots with one of the suffixes, sorted, as paths relative to `root`."""
    found = []
    for top in roots:
        for path in Path(root, top).rglob("*"):
            relative = path.relative_to(root)
            if path.is_file() and path.suffix in suffixes and not SKIPPED_FOLDERS.intersection(relative.parts):
                found.append(relative)
    return sorted(found)


def cpp_files(root, roots=CPP_ROOTS):
    return files(root, CPP_SUFFIXES, roots)


def code_only(text):
    """Blanks comments and literals and keeps every newline, so that offsets and line numbers stay right."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    return _COMMENT_OR_LITERAL.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def report(problems, what):
    """Prints the problems, one a line, and returns the exit status."""
    for problem in problems:
        print(problem)
    print(f"{what}: {len(problems)} problem(s)")
    return 1 if problems else 0
