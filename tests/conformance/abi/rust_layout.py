#!/usr/bin/env python3
"""Compares the Rust bindings of the ABI with the C layout (v1.layout): every struct, member offset and constant that the
Rust file has must be the released one. Members that C has since appended may be missing, as in any plugin that was built
against an older header; members in between may not. Usage: rust_layout.py gatehouse_abi.rs v1.layout [--rustc PROGRAM]
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

STRUCT = re.compile(r"pub struct (gh_\w+) \{(.*?)^\}", re.S | re.M)
MEMBER = re.compile(r"^    pub (r#)?(\w+):", re.M)
CONSTANT = re.compile(r"^pub const (GH_\w+):", re.M)

PROBE = """#![allow(dead_code)]
#[path = {path}]
mod abi;
use std::mem::{{size_of, MaybeUninit}};
fn size_behind<T>(_: *const T) -> usize {{
    size_of::<T>()
}}
fn main() {{
{body}
}}
"""


def structs_of(text):
    """{name: [(Rust's spelling, C's name)]} of the structs that have members."""
    found = {}
    for name, body in STRUCT.findall(text):
        members = [(raw + member, member.rstrip("_")) for raw, member in MEMBER.findall(body)]
        if members:
            found[name] = members
    return found


def probe_source(path):
    text = Path(path).read_text(encoding="utf-8")
    body = []
    for name, members in structs_of(text).items():
        body.append(f'    println!("struct {name} {{}}", size_of::<abi::{name}>());')
        body.append(f"    {{ let place = MaybeUninit::<abi::{name}>::zeroed(); let base = place.as_ptr();")
        for spelling, member in members:
            body.append(f"    let at = unsafe {{ std::ptr::addr_of!((*base).{spelling}) }};")
            body.append(f'    println!("member {name}.{member} {{}} {{}}", at as usize - base as usize, size_behind(at));')
        body.append("    }")
    for name in CONSTANT.findall(text):
        body.append(f'    println!("value {name} {{}}", abi::{name});')
    return PROBE.format(path='"' + str(Path(path).resolve()) + '"', body="\n".join(body))


def measure(rustc, path):
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "probe.rs", Path(folder) / "probe"
        source.write_text(probe_source(path), encoding="utf-8")
        subprocess.run([rustc, "--edition", "2021", "-A", "warnings", "-o", program, source], check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()


def compare(rust, released):
    """What differs; empty = nothing."""
    facts = {tuple(line.split()[:2]): line.split()[2:] for line in released}
    order = {}
    for kind, name in facts:
        if kind == "member":
            order.setdefault(name.split(".")[0], []).append(name)
    faults, seen = [], {}
    for line in rust:
        kind, name, *value = line.split()
        known = facts.get((kind, name)) or (facts.get(("macro", name)) if kind == "value" else None)
        if known is None:
            faults.append(f"not in the header: {line}")
        elif kind == "member":
            seen.setdefault(name.split(".")[0], []).append(name)
            if known != value:
                faults.append(f"{line}: the header says {' '.join(known)}")
        elif kind == "value" and known != value:
            faults.append(f"{line}: the header says {' '.join(known)}")
    for struct, members in seen.items():
        if members != order[struct][:len(members)]:
            faults.append(f"{struct}: members are missing or in another order")
        size = int(next(line.split()[2] for line in rust if line.startswith(f"struct {struct} ")))
        grown = len(members) < len(order[struct])
        if grown and order[struct][0] != f"{struct}.size":
            faults.append(f"{struct}: a frozen type lacks members")
        if not grown and size != int(facts[("struct", struct)][0]):
            faults.append(f"{struct}: {size} octets, the header says {facts[('struct', struct)][0]}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bindings")
    parser.add_argument("golden")
    parser.add_argument("--rustc", default="rustc")
    arguments = parser.parse_args()
    rust = measure(arguments.rustc, arguments.bindings)
    faults = compare(rust, Path(arguments.golden).read_text().splitlines())
    for fault in faults:
        print(fault, file=sys.stderr)
    if not any(line.startswith("struct gh_plugin ") for line in rust):
        faults.append("")
        print("no struct gh_plugin: the bindings could not be read", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
