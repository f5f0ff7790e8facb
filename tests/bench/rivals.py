# SPDX-License-Identifier: Apache-2.0
"""What a user would pick instead of Numproof, or what bounds it: each started on the server's core."""

import hashlib
import pathlib
import subprocess

import host

HERE = pathlib.Path(__file__).resolve().parent / "rivals"
MODULES = """load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;"""
CONSTANT = """return 200 '{"devicePhoneNumberVerified":true}';"""


class Nginx(host.Process):
    """nginx with one worker; `pid` is the worker's, because that is what works."""

    def __init__(self, folder, name, location, http="", modules=""):
        self.name, self.port = name, host.free_port()
        home = pathlib.Path(folder) / name
        home.mkdir()
        text = (HERE / "nginx.conf.in").read_text()
        for mark, value in {"folder": home, "port": self.port, "location": location, "http": http,
                            "modules": modules}.items():
            text = text.replace(f"@{mark}@", str(value))
        (home / "nginx.conf").write_text(text)
        super().__init__(["nginx", "-p", home, "-e", home / "error.log", "-c", home / "nginx.conf"],
                         host.SERVER_CORE, home / "nginx.log")
        self.wait_until(lambda: host.listens(self.port), name)
        self.pid = host.child_of(self.child.pid)


def constant(folder):
    return Nginx(folder, "nginx-return-200", CONSTANT)


def lua(folder, redis, claims):
    """The script of the afternoon: verify.lua, with a claim or without."""
    name, script = "nginx-lua-get", "nil"
    if claims:
        name = "nginx-lua-claim"
        script = '"' + redis.command("SCRIPT", "LOAD", (HERE / "claim.redis.lua").read_text()).decode() + '"'
    http = f"""lua_package_path "{HERE}/?.lua;/usr/share/lua/5.1/?.lua;;";
    init_by_lua_block {{
        local verify = require "verify"
        verify.port, verify.script = {redis.port}, {script}
    }}"""
    return Nginx(folder, name, 'content_by_lua_block { require("verify").serve() }', http, MODULES)


def seed(redis, tokens, subscribers):
    """Lets Redis know the tokens of the Lua rivals: SHA-256 of the token, then its number."""
    redis.load(("SET", hashlib.sha256(token).digest(), number_of(k, subscribers), "EX", 3600)
               for k, token in enumerate(tokens))


def number_of(k, subscribers):
    return f"+{34700000000 + k % subscribers}"


class EvhtpEcho(host.Process):
    def __init__(self, folder):
        self.name, self.port = "libevhtp-echo", host.free_port()
        program = pathlib.Path(folder) / "evhtp_echo"
        libraries = "-levhtp -levent_core -levent_extra -levent_openssl -levent_pthreads -lssl -lcrypto".split()
        subprocess.run(["cc", "-O2", "-o", program, HERE / "evhtp_echo.c", *libraries], check=True)
        super().__init__([program, self.port], host.SERVER_CORE, pathlib.Path(folder) / "evhtp_echo.log")
        self.wait_until(lambda: host.listens(self.port), self.name)
