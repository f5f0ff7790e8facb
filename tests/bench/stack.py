# SPDX-License-Identifier: Apache-2.0
"""Numproof as an operator would install it on a real Redis and a real Kafka, and its load tool."""

import contextlib
import json
import pathlib
import subprocess
import urllib.request

import host

SERVICES = host.ROOT / "tests/services/services"
CALLBACK = "http://127.0.0.1:9999/callback"
PURPOSE = "dpv:FraudPreventionAndDetection"
SCOPES = ["openid", "number-verification:verify", "number-verification:device-phone-number:read"]
CLIENT = "bench-app"
PARTITIONS = 4


class Kafka:
    """The broker of tests/services, on a core of our choice."""

    def __init__(self, folder, core=host.LOAD_CORE):
        self.state = pathlib.Path(folder) / "services"
        self.core = core
        try:
            self.run("start")
        except BaseException:
            self.run("stop")
            raise
        shown = json.loads((self.state / "state.json").read_text())["kafka"]
        self.pid, self.address = shown["pid"], shown["address"]

    def run(self, word):
        """To its end, whatever happens to us: what is half started could not be stopped."""
        words = ["taskset", "-c", self.core, SERVICES, word, "--state", self.state]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True) as child:
            if child.wait(300) != 0:
                raise RuntimeError(f"services {word} failed")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.run("stop")


def ctl(*words):
    done = subprocess.run([host.BIN / "numproofctl", *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout


class Installation:
    """Keys, a client and a configuration file; everything that must not be shared is in `folder`."""

    def __init__(self, folder, redis, kafka):
        self.home = pathlib.Path(folder) / "numproof"
        (self.home / "signing").mkdir(parents=True)
        self.port, self.admin, self.redis = host.free_port(), host.free_port(), redis
        ctl("key", "new", "signing", "--file", self.home / "signing/k1.pem")
        ctl("key", "new", "directory", "--file", self.home / "directory.key")
        ctl("key", "new", "audit", "--file", self.home / "audit.key")
        made = json.loads(ctl("--json", "client", "secret"))
        self.secret = made["secret"]
        client = {"id": CLIENT, "auth": {"methods": ["client_secret_basic"], "secret_hash": made["secret_hash"]},
                  "redirect_uris": [CALLBACK], "purposes": [PURPOSE], "pkce": "optional", "scopes": SCOPES,
                  "grants": ["authorization_code"]}
        (self.home / "clients.yaml").write_text(json.dumps([client]))
        self.config = self.home / "numproof.yaml"
        self.config.write_text(json.dumps(self.settings(kafka), indent=1))

    def settings(self, kafka):
        """One worker, no rate limits, everything else as it comes. JSON is YAML."""
        return {
            "http": {"listen": [{"address": f"127.0.0.1:{self.port}"}], "admin": f"127.0.0.1:{self.admin}",
                     "admin_socket": f"{self.home}/admin.sock", "workers": 1, "timeouts": {"drain_delay": "0s"},
                     "limits": {"connections_per_address": 20000},
                     "rate_limits": {"per_client": None, "authorize_per_subscriber": None}},
            "auth": {"issuer": f"http://127.0.0.1:{self.port}", "signing_keys_dir": f"{self.home}/signing",
                     "clients_file": f"{self.home}/clients.yaml"},
            "directory": {**self.store(),
                          "key_file": f"{self.home}/directory.key",
                          "domains": [{"name": "internet", "devices": ["127.64.0.0/10"]}]},
            "kafka": {"brokers": [kafka.address]},
            "audit": {"spool_dir": f"{self.home}/spool", "key_file": f"{self.home}/audit.key"},
            "log": {"target": "stderr", "level": "warning"},
        }

    def store(self):
        return {"redis": {"addresses": [f"127.0.0.1:{self.redis.port}"]}}

    def bench(self, command, *words, core=host.LOAD_CORE):
        """Runs numproof-bench and returns its report."""
        line = host.on_core(core, host.BIN / "numproof-bench", command, *words)
        done = subprocess.run(line, capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            raise RuntimeError(f"numproof-bench {command} {words}: {done.returncode} {done.stderr} {done.stdout}")
        return json.loads(done.stdout)

    def sessions(self, count, partitions=PARTITIONS):
        return self.bench("sessions", "--config", self.config, "--count", count, "--heartbeats", "0s",
                          "--make-topics", partitions)

    def heart(self):
        """Heartbeats for as long as it runs; makes the topics first."""
        words = [host.BIN / "numproof-bench", "sessions", "--config", self.config, "--count", 0, "--heartbeats", "2h",
                 "--make-topics", PARTITIONS]
        return host.Process(words, host.LOAD_CORE, self.home / "heart.log")

    def mint(self, count, subscribers):
        file = self.home / "tokens"
        self.bench("tokens", "--config", self.config, "--count", count, "--file", file, "--subscribers", subscribers)
        return file


class Numproofd(host.Process):
    name = "numproofd"

    def __init__(self, installation, core=host.SERVER_CORE, ready=True):
        self.port, self.admin = installation.port, installation.admin
        super().__init__([host.BIN / "numproofd", "--config", installation.config], core,
                         installation.home / "numproofd.log")
        if ready:
            self.wait_until(self.is_ready, "numproofd", 60)

    def is_ready(self):
        with contextlib.suppress(OSError):
            return self.get("/readyz") is not None
        return False

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}{path}", timeout=5) as answer:
            return answer.read().decode()

    def metric(self, name):
        """The value of a metric without labels, or with exactly those in `name`."""
        for line in self.get("/metrics").splitlines():
            if line.startswith(name + " "):
                return float(line.rpartition(" ")[2])
        raise KeyError(name)
