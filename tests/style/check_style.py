# SPDX-License-Identifier: Apache-2.0
"""Judges the sources by the rules of docs/architecture.md that text alone can show.

    check_style.py RULE        from the repository's root; prints every finding, exits 1 if any
    check_style.py all
"""
import pathlib
import re
import sys

from rules_of_coroutines import unsafe_awaits
from rules_of_functions import documented_symbols_missing, long_functions

ROOT = pathlib.Path.cwd()
SOURCES = ("daemon", "adapters", "tools", "tests")

# What a folder of the core may include of the core. "The dependency rule" in docs/architecture.md.
LAYERS = {
    "base": set(),
    "domain": {"base"},
    "http": {"base", "domain"},
    "ports": {"base", "domain", "http"},
    "telemetry": {"base"},
    "vault": {"base", "domain", "http", "ports"},
    "config": {"base", "domain", "http", "ports", "telemetry"},
}
INNER = {"base", "domain", "http", "ports", "vault", "telemetry", "config"}
LAYERS["sessions"] = LAYERS["audit"] = LAYERS["token"] = INNER
LAYERS["verify"] = LAYERS["auth"] = INNER | {"sessions", "audit", "token"}
LAYERS["api"] = LAYERS["verify"] | {"verify", "auth"}
ADAPTER_MAY = {"base", "domain", "http", "ports", "vault", "telemetry"}
ADAPTER_ALSO = {"spool": {"audit"}, "yaml": {"config"}}
# What speaks TLS by itself has its contexts from one place.
SPEAKS_TLS = {"evhtp", "redis"}

# Headers through which a pure core would reach sockets, files, threads or clocks.
IMPURE_HEADERS = re.compile(
    r"#include <(sys/(socket|stat|types|un|epoll|uio|mman|file)|netinet/|netdb|unistd|fcntl|poll|signal|"
    r"csignal|event2/|event\.h|evhtp|hiredis|librdkafka|openssl/|curl/|systemd/|spdlog/|prometheus/|"
    r"yaml-cpp/|cjose/|fstream|iostream|filesystem|cstdio|stdio\.h|thread|"
    r"condition_variable|future|semaphore|latch|barrier|stop_token|random|ctime|time\.h|cstdlib)"
)
IMPURE_WORDS = re.compile(
    r"(system_clock|steady_clock|high_resolution_clock)::now|std::(cout|cerr|clog|cin|random_device|"
    r"this_thread|getenv|time)\b|\b(getenv|gettimeofday|clock_gettime|printf|fopen|usleep)\s*\("
)
# One inner place each, where the operating system's arithmetic or the end of the process is needed.
PURE_EXCEPTIONS = {
    ("daemon/domain/address.cc", "arpa/inet.h"),
    ("daemon/base/check.cc", "cstdio"),
    ("daemon/base/check.cc", "cstdlib"),
    ("daemon/base/check.cc", "printf"),
    ("daemon/base/failpoint.cc", "csignal"),
    ("daemon/base/failpoint.cc", "cstdlib"),
    ("daemon/base/failpoint.cc", "getenv"),
}
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
BANNED_ENDINGS = re.compile(
    r"^\s*(?:class|struct)\s+(\w*(?:Manager|Helper|Helpers|Util|Utils|Impl|Data|Info)|I[A-Z][a-z]\w*)"
    r"\s*(?:final\b[^;]*)?[:{]"
)
ENGLISH_I = re.compile(r"^(In|Is|Id|If|Ip|It|Io|Im)[a-z]*")
IO_LIBRARIES = re.compile(
    r"LIBEVENT|RDKAFKA|HIREDIS|YAMLCPP|CJOSE|SYSTEMD|CURL|spdlog|prometheus|evhtp|OpenSSL::SSL|Threads::"
)
LINES_MAX = 500
COLUMNS_MAX = 100
SPDX = "SPDX-License-Identifier: Apache-2.0"


def files(folders=SOURCES, suffixes=(".h", ".cc")):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path, path.relative_to(ROOT).as_posix()


def is_core(name):
    return name.startswith("daemon/") and not name.startswith("daemon/app/")


def without_comments(text):
    """The text with comments and string literals blanked, line by line as long as before."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S
    )

    def blank(match):
        kept = match.group(0)
        if kept.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", kept)
        return '"' + re.sub(r"[^\n]", " ", kept[1:-1]) + '"'

    return pattern.sub(blank, text)


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'#include "((?:daemon|adapters|tests|tools)/[^"]+)"', line)
        if match:
            yield number, match.group(1)


def check_include(name, included):
    """Why the file called `name` may not include `included`, or None."""
    top, folder = name.split("/")[:2]
    to_top, to_folder = included.split("/")[:2]
    if top == "tests" or (top, folder) == ("daemon", "app"):
        return None
    if to_top == "tests":
        return "only tests include tests"
    if top == "tools":
        return None
    if to_top == "tools":
        return "only tools include tools"
    if top == "daemon":
        if to_top == "adapters":
            return "only daemon/app includes adapters"
        if to_folder != folder and to_folder not in LAYERS.get(folder, set()):
            return f"daemon/{folder} may not include daemon/{to_folder}"
        return None
    if to_top == "adapters":
        allowed = {folder, "openssl"} if folder in SPEAKS_TLS else {folder}
        return None if to_folder in allowed else "an adapter includes no other adapter"
    if to_folder not in ADAPTER_MAY | ADAPTER_ALSO.get(folder, set()):
        return f"adapters/{folder} may not include daemon/{to_folder}"
    return None


def rule_layering():
    for path, name in files():
        for number, included in includes(path.read_text()):
            reason = check_include(name, included)
            if reason:
                yield f"{name}:{number}: {reason}"


def rule_purity():
    for path, name in files(("daemon",)):
        if not is_core(name):
            continue
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            found = IMPURE_HEADERS.search(line) or IMPURE_WORDS.search(line)
            if not found and re.search(r"#include <arpa/inet\.h>", line):
                found = re.search(r"arpa/inet\.h", line)
            if found and not any(
                name == file and word in line for file, word in PURE_EXCEPTIONS
            ):
                yield f"{name}:{number}: the core opens no socket, file, thread or clock: {line.strip()}"


def rule_sizes():
    for path, name in files():
        text = path.read_text()
        lines = text.splitlines()
        if len(lines) > LINES_MAX:
            yield f"{name}: {len(lines)} lines; at most {LINES_MAX}"
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                yield f"{name}:{number}: {len(line)} columns; at most {COLUMNS_MAX}"
        for number, function, length in long_functions(without_comments(text)):
            yield f"{name}:{number}: {function} has {length} lines; at most 60"


def rule_headers():
    checked = list(files()) + list(
        files(("adapters", "cmake", "config", "daemon", "tests", "tools"), (".cmake", ".txt", ".py", ".yaml"))
    )
    for path, name in checked:
        if "/corpus/" in name or (path.suffix == ".txt" and path.name != "CMakeLists.txt"):
            continue
        head = path.read_text(errors="replace").splitlines()[:2]
        if not any(SPDX in line for line in head):
            yield f"{name}:1: the first line must have {SPDX}"
        if path.suffix == ".h" and "#pragma once" not in path.read_text():
            yield f"{name}:1: no #pragma once"
    for path, name in files(("daemon", "adapters"), (".h",)):
        for number, symbol in documented_symbols_missing(path.read_text()):
            yield f"{name}:{number}: {symbol} has no /// comment"


def rule_words():
    for path, name in files(suffixes=(".h", ".cc", ".py", ".inc")):
        if name.startswith("tests/style/"):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if UNDONE.search(line):
                yield f"{name}:{number}: finish it or take it out: {line.strip()}"
            if "NOLINT" in line and "function-size" in line:
                yield f"{name}:{number}: a size is no reason for NOLINT"


def rule_names():
    for path, name in files():
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            match = BANNED_ENDINGS.match(line)
            if match and not ENGLISH_I.match(match.group(1)):
                yield f"{name}:{number}: {match.group(1)} says nothing; name the thing"
        if not re.fullmatch(r"[a-z0-9_/]+", name.rsplit(".", 1)[0]):
            yield f"{name}: file names are snake_case"


def rule_coroutines():
    for path, name in files():
        for line, what in unsafe_awaits(without_comments(path.read_text())):
            yield f"{name}:{line}: {what}"


def rule_linkage():
    for path in sorted((ROOT / "daemon").glob("*/CMakeLists.txt")):
        name = path.relative_to(ROOT).as_posix()
        if not is_core(name):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = IO_LIBRARIES.search(line.split("#")[0])
            if found:
                yield f"{name}:{number}: a library of the core links {found.group(0)}"


def rule_checker():
    """A checker that finds nothing is worse than none: every rule must find its planted offence."""
    planted = [
        ("include", check_include("daemon/domain/a.h", "daemon/ports/b.h")),
        ("adapter", check_include("daemon/api/a.cc", "adapters/redis/b.h")),
        ("sibling", check_include("adapters/redis/a.cc", "adapters/kafka/b.h")),
        ("header", IMPURE_HEADERS.search("#include <hiredis/async.h>")),
        ("clock", IMPURE_WORDS.search("auto t = std::chrono::system_clock::now();")),
        ("name", BANNED_ENDINGS.match("class SessionManager {")),
        ("interface", BANNED_ENDINGS.match("class IStore {")),
        ("library", IO_LIBRARIES.search("np_library(np_token PkgConfig::HIREDIS)")),
        ("long function", long_functions("void f() {\n" + "    g();\n" * 61 + "}\n")),
        ("long method", long_functions("class A {\n    void f() {\n" + "        g();\n" * 61 + "    }\n};\n")),
        ("class", documented_symbols_missing("class A {\npublic:\n};\n")),
        ("function", documented_symbols_missing("[[nodiscard]] int f(\n    int a\n);\n")),
        ("method", documented_symbols_missing("/// A.\nclass A {\npublic:\n    virtual int f(int a) const = 0;\n};\n")),
        ("closure", unsafe_awaits("co_await aside([former] { former->reset(); });")),
        ("aggregate", unsafe_awaits("co_await f({.a = s}, 1);")),
        ("named aggregate", unsafe_awaits("co_await f(A{s, 1});")),
        ("choice", unsafe_awaits("x = a ? co_await b() : c;")),
    ]
    for what, found in planted:
        if not found:
            yield f"the checker does not see a planted {what}"
    silent = [
        ("override", documented_symbols_missing("/// A.\nclass A : B {\npublic:\n    int f() const override;\n};\n")),
        ("private", documented_symbols_missing("/// A.\nclass A {\nprivate:\n    int f() const;\n};\n")),
        ("constructor", documented_symbols_missing("/// A.\nclass A {\npublic:\n    explicit A(int a);\n};\n")),
        ("short function", long_functions("void f() {\n" + "    g();\n" * 50 + "}\n")),
        ("wait", unsafe_awaits("co_await loop.sleep(Milliseconds{1}); f({.a = s}); x = a ? b : c;")),
        ("element", unsafe_awaits("x.push_back(co_await f(a[i], b[i]));")),
        ("namespace", long_functions("namespace a {\n" + "int x;\n" * 100 + "}\n")),
    ]
    for what, found in silent:
        if found:
            yield f"the checker complains about a rightful {what}: {found}"


def main():
    rules = {name[5:]: rule for name, rule in globals().items() if name.startswith("rule_")}
    wanted = list(rules) if sys.argv[1:] == ["all"] else sys.argv[1:]
    if not wanted or any(name not in rules for name in wanted):
        sys.exit(f"usage: check_style.py all | {' | '.join(rules)}")
    findings = [finding for name in wanted for finding in rules[name]()]
    print("\n".join(findings) if findings else "nothing found")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
