"""The example of three languages in one gateway, as its page says it is run; and with one of them in a child process."""

import shutil

import pytest

from conftest import BUILD_DIR, REPOSITORY, Serving, on_any_port
from harness.client import Client

EXAMPLE = REPOSITORY / "sdk" / "examples" / "two_languages"
EXAMPLES = BUILD_DIR / "examples"


@pytest.mark.parametrize("home", ["plugin", "spawn"])
def test_cpp_calls_rust_and_c(package, tmp_path, home):
    routes = on_any_port((EXAMPLE / "routes.yaml").read_text()).replace("plugin:hello", f"{home}:hello")
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    has_rust = (EXAMPLES / "hello_rust.so").exists()
    names = ["two_languages", "hello_c"] + (["hello_rust"] if has_rust else [])
    for name in names:
        shutil.copy(EXAMPLES / f"{name}.so", plugins)
    if not has_rust:  # a system without rustc
        routes = "\n".join(line for line in routes.splitlines() if not line.startswith("  hello_rust:")).replace("hello_rust, ", "")
    (tmp_path / "routes.yaml").write_text(routes)
    package.lint(*(plugins / f"{name}.so" for name in names))
    with Serving(package, "gateway", ["run", "--plugins", plugins], tmp_path) as server:
        client = Client(server.address)
        greetings = {each["from"]: each["text"] for each in client.get("/greetings").expect(200).json()}
        assert greetings.pop("hello_rust", "Hello from Rust") == "Hello from Rust"
        assert greetings == {"hello_c": "Hello from C"}
        if has_rust:
            assert client.get("/primes/100").expect(200).json() == {"below": 100, "primes": 25}
            client.get("/primes/99999999").expect(422)
