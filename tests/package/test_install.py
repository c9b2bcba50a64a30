"""What is installed: it knows nothing of where it was built, and both build systems can use it."""

import os
import subprocess

import pytest

from conftest import BUILD_DIR, REPOSITORY, Serving
from harness.client import Client

HELLO_C = REPOSITORY / "sdk" / "examples" / "hello_c" / "hello.c"
CPP_SOURCE = """#include <gatehouse/service.hpp>
struct Answer { std::string text; };
constexpr auto describe(Answer*) { using namespace gatehouse; return fields(field("text", &Answer::text)); }
struct Small final : gatehouse::Service {
    explicit Small(gatehouse::Context& context) {
        context.get("/small/{name}", [](const gatehouse::Request& request) { return Answer{request.path_param("name")}; });
    }
};
GATEHOUSE_PLUGIN(Small, "small", "1.0.0");
"""


def in_every_home(package, plugin, path, folder):
    """What the installed gateway answers with the plugin in its process, in a child, and behind `gatehouse serve`."""
    key = folder / "assertion.key"
    key.write_text("0123456789abcdef" * 4)
    name, answers = plugin.stem, []
    with Serving(package, "backend", ["serve", plugin, "--listen", "127.0.0.1:0", "--assertion-key", f"file:{key}"], folder) as backend:
        for home in (f"plugin:{name}", f"spawn:{name}", f"http://{backend.address}"):
            served = ", served: true" if home.startswith("http") else ""
            (folder / "routes.yaml").write_text(
                f'version: 1\ngateway: {{ listen: [{{ at: "127.0.0.1:0" }}], assertion_key: "file:{key}" }}\n'
                f'services: {{ {name}: {{ at: "{home}"{served} }} }}\nroutes: [{{ path: /**, to: {name}, auth: none }}]\n')
            with Serving(package, "gateway", ["run", "--plugins", plugin.parent], folder) as gateway:
                answers.append(Client(gateway.address).get(path).expect(200).body)
    return answers


def test_nothing_names_the_place_where_it_was_built(package):
    places = [str(BUILD_DIR).encode(), str(REPOSITORY).encode()]
    guilty = [str(path) for path in package.prefix.rglob("*") if path.is_file()
              and any(place in path.read_bytes() for place in places)]
    assert guilty == []


def test_the_license_and_the_documentation_are_there(package):
    folder = package.prefix / "share" / "doc" / "gatehouse"
    assert (folder / "LICENSE").read_text() == (REPOSITORY / "LICENSE").read_text()
    assert (folder / "sdk" / "README.md").exists()
    assert (folder / "sdk" / "examples" / "hello_c" / "hello.c").exists()


@pytest.mark.parametrize("component, has, lacks", [
    ("runtime", "bin/gatehouse", "include"), ("sdk", "include/gatehouse/abi.h", "lib/gatehouse/plugins")])
def test_components_can_be_installed_alone(package, tmp_path, component, has, lacks):
    package.run("cmake", "--install", BUILD_DIR, "--prefix", tmp_path, "--component", component, folder=tmp_path)
    assert (tmp_path / has).exists() and not (tmp_path / lacks).exists()
    assert (tmp_path / "share" / "doc" / "gatehouse" / "LICENSE").exists()


def test_every_header_stands_alone(package, tmp_path):
    include = package.prefix / "include"
    headers = sorted(path.relative_to(include) for path in include.rglob("*.h*") if "detail" not in path.parts)
    assert len(headers) > 20
    source = tmp_path / "all.cpp"
    flags = [flag for flag in package.pkg_config("--cflags", "gatehouse-service")]
    source.write_text("".join(f"#include <{header}>\n" for header in headers) + "int main() {}\n")
    package.run("c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", *flags, source, folder=tmp_path)
    c_headers = [header for header in headers if header.suffix == ".h"]
    source = tmp_path / "all.c"
    source.write_text("".join(f"#include <{header}>\n" for header in c_headers) + "int main(void) { return 0; }\n")
    package.run("cc", "-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", *flags, source, folder=tmp_path)


def test_a_plugin_in_c_needs_only_cc_and_pkg_config(package, tmp_path):
    plugin = tmp_path / "hello_c.so"
    package.run("cc", "-O2", "-shared", *package.pkg_config("--cflags", "gatehouse-abi"), HELLO_C, "-o", plugin,
                *package.pkg_config("--libs", "gatehouse-abi"), folder=tmp_path)
    assert "hello_c.so: ok" in package.lint(plugin)
    assert in_every_home(package, plugin, "/hello", tmp_path) == [b"Hello from C\n"] * 3


def test_a_plugin_in_cpp_can_be_built_with_pkg_config(package, tmp_path):
    source, plugin = tmp_path / "small.cpp", tmp_path / "small.so"
    source.write_text(CPP_SOURCE)
    package.run("c++", "-std=c++20", "-O1", "-shared", *package.pkg_config("--cflags", "gatehouse-service"), source, "-o", plugin,
                *package.pkg_config("--libs", "gatehouse-service"), folder=tmp_path)
    assert "small.so: ok" in package.lint(plugin)
    assert in_every_home(package, plugin, "/small/ann", tmp_path) == [b'{"text":"ann"}'] * 3


def test_storage_has_its_flags_in_pkg_config(package, tmp_path):
    source = tmp_path / "main.cpp"
    source.write_text("#include <gatehouse/storage.hpp>\n"
                      "int main() { gatehouse::Database database({.url = \"sqlite::memory:\", .service = \"x\"}, {});\n"
                      "    database.open();\n"
                      "    return database.read([](gatehouse::Transaction& tx) { return tx.query(\"select 41 + 1\").one<int>(); }) - 42; }\n")
    libraries = [flag for flag in package.pkg_config("--libs", "gatehouse-storage") if "version-script" not in flag]
    package.run("c++", "-std=c++20", *package.pkg_config("--cflags", "gatehouse-storage"), source, "-o", tmp_path / "main",
                *libraries, folder=tmp_path)
    package.run(tmp_path / "main", folder=tmp_path)


def project(folder, find, source="plugin.c", libraries="", languages="C"):
    folder.mkdir(exist_ok=True)
    (folder / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.25)\nproject(outside LANGUAGES {languages})\n{find}\n"
        f"add_gatehouse_plugin(outside CORE {source} {libraries})\n")
    return folder


def test_the_abi_alone_needs_no_boost_and_no_cpp(package, tmp_path):
    folder = project(tmp_path / "c", "find_package(GatehouseSDK 1 REQUIRED COMPONENTS abi)\n"
                     "if(TARGET Boost::json OR TARGET Gatehouse::service)\n message(FATAL_ERROR \"more than asked for\")\nendif()")
    (folder / "plugin.c").write_text(HELLO_C.read_text())
    build = package.build(folder)
    assert "outside.so: ok" in package.lint(build / "plugins" / "outside.so")


def test_a_project_without_c_can_use_the_wrapper(package, tmp_path):
    folder = project(tmp_path / "cpp", "find_package(GatehouseSDK 1.0 REQUIRED COMPONENTS service)", "small.cpp",
                     "LIBRARIES Gatehouse::service", "CXX")
    (folder / "small.cpp").write_text(CPP_SOURCE)
    build = package.build(folder)
    plugin = build / "plugins" / "outside.so"
    assert "outside.so: ok" in package.lint(plugin)
    dynamic = subprocess.run(["readelf", "-Wd", plugin], capture_output=True, text=True, check=True).stdout
    assert "RUNPATH" not in dynamic and "RPATH" not in dynamic


@pytest.mark.parametrize("find, said", [
    ("find_package(GatehouseSDK 2 REQUIRED)", "version"),
    ("find_package(GatehouseSDK 1 REQUIRED COMPONENTS nonsense)", "nonsense"),
])
def test_what_is_not_there_is_said(package, tmp_path, find, said):
    folder = project(tmp_path / "refused", find)
    (folder / "plugin.c").write_text(HELLO_C.read_text())
    output = package.run("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={package.prefix}", folder=folder,
                         status=None)
    assert "CMake Error" in output and said in output


def test_the_conformance_kit_comes_along(package, tmp_path):
    kit = package.prefix / "bin" / "gatehouse-abi-test"
    if not os.access(kit, os.X_OK):
        pytest.skip("gatehouse-abi-test is not part of this build")
    package.run(kit, BUILD_DIR / "examples" / "hello_c.so", folder=tmp_path)
