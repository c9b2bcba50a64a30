"""What a plugin's ELF file must look like, whatever it was built from. Reads it with readelf."""
import re
import subprocess

ENTRY = "gh_plugin_entry_v1"


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], check=True, capture_output=True, text=True).stdout


def dynamic_symbols(path):
    """(binding, visibility, section, name) of every named dynamic symbol."""
    symbols = []
    for line in readelf("--dyn-syms", str(path)).splitlines():
        match = re.match(r"\s*\d+:\s+\S+\s+\S+\s+\S+\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)", line)
        if match:
            symbols.append((match[1], match[2], match[3], match[4].split("@")[0]))
    return symbols


def faults(path, sanitized=False):
    """What is wrong with the file; empty = nothing."""
    found = []
    symbols = dynamic_symbols(path)
    exported = [name for _, _, section, name in symbols if section not in ("UND", "ABS")]
    if exported != [ENTRY]:
        found.append(f"exports {exported}, not just {ENTRY}")
    if any(binding == "UNIQUE" for binding, *_ in symbols):
        found.append("has STB_GNU_UNIQUE symbols: it would never be unmapped")
    dynamic = readelf("-d", str(path))
    for tag in ("SONAME", "TEXTREL", "RPATH", "RUNPATH"):
        if f"({tag})" in dynamic and not (sanitized and tag.endswith("PATH")):
            found.append(f"has {tag}")
    for flag in ("NODELETE", "STATIC_TLS"):
        if flag in dynamic:
            found.append(f"has the flag {flag}")
    if "BIND_NOW" not in dynamic and "NOW" not in dynamic:
        found.append("is not linked with -z now")
    if re.search(r"GNU_STACK.*RWE", readelf("-l", str(path))):
        found.append("has an executable stack")
    notes = readelf("-n", str(path))
    if "Build ID" not in notes:
        found.append("has no build id")
    if ".note.gh.plugin" not in readelf("-S", str(path)):
        found.append("has no section .note.gh.plugin")
    text = note_text(path)
    for key in ("id=", "version=", "abi=1.", "sdk="):
        if not any(line.startswith(key) for line in text.splitlines()):
            found.append(f"its note does not say {key}")
    return found


def note_text(path):
    section = re.search(r"\.note\.gh\.plugin\s+NOTE\s+\S+\s+(\S+)\s+(\S+)", readelf("-S", str(path)))
    if not section:
        return ""
    offset, size = int(section[1], 16), int(section[2], 16)
    with open(path, "rb") as file:
        file.seek(offset)
        note = file.read(size)
    name_size, text_size = int.from_bytes(note[0:4], "little"), int.from_bytes(note[4:8], "little")
    if name_size != 3 or note[12:16] != b"GH\0\0":
        return ""
    return note[16:16 + text_size].rstrip(b"\0").decode()
