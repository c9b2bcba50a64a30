"""Copies of plugin files that are new builds: another marker, another build id."""

import os
import struct
from pathlib import Path

MARKER = b"GATEHOUSE-SOAK-"
DIGITS = 10
BUILD_ID_NOTE = struct.pack("<III", 4, 20, 3) + b"GNU\0"


class Builds:
    """Makes NAME.so in the plugin directory into one build after another, always by rename."""

    def __init__(self, sources, plugins, soak_plugins):
        self.sources = [Path(plugins), Path(soak_plugins)]
        self.directory = Path(sources)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.number = 0

    def source(self, flavour):
        for folder in self.sources:
            path = folder / f"{flavour}.so"
            if path.exists():
                return path
        raise FileNotFoundError(f"{flavour}.so is in none of {', '.join(map(str, self.sources))}")

    def has(self, flavour):
        return any((folder / f"{flavour}.so").exists() for folder in self.sources)

    def install(self, name, flavour, truncate=False):
        """Puts a new build of `flavour` in place as NAME.so. Returns the marker that its answers will show."""
        self.number += 1
        marker = f"{self.number:0{DIGITS}d}"
        content = bytearray(self.source(flavour).read_bytes())
        at = content.find(MARKER)
        while at >= 0:
            start = at + len(MARKER)
            if content[start:start + DIGITS].isdigit():
                content[start:start + DIGITS] = marker.encode()
            at = content.find(MARKER, at + 1)
        note = content.find(BUILD_ID_NOTE)
        if note < 0:
            raise ValueError(f"{flavour}.so has no build id")
        end = note + len(BUILD_ID_NOTE) + 20
        content[end - 4:end] = struct.pack(">I", self.number)
        if truncate:
            del content[len(content) // 2:]
        staged = self.directory / f".{name}.new"
        staged.write_bytes(content)
        os.replace(staged, self.directory / f"{name}.so")
        return marker
