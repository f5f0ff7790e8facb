# SPDX-License-Identifier: Apache-2.0
"""A node as an operator sets it up: a configuration file, keys and one client of one's own."""

import json
import pathlib
import subprocess

from harness import BIN, CALLBACK, PURPOSE, SHARE, VERIFY, Daemon, Redis, folder, unique

CLIENT = "shop"


def ctl(*words):
    done = subprocess.run([BIN / "numproofctl", *map(str, words)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_client():
    """The client as it stands in clients.yaml, and its secret."""
    made = json.loads(ctl("--json", "client", "secret"))
    client = {"id": CLIENT, "name": "A shop", "auth": {"methods": ["client_secret_basic"],
                                                       "secret_hash": made["secret_hash"]},
              "redirect_uris": [CALLBACK], "purposes": [PURPOSE], "pkce": "optional",
              "scopes": ["openid", VERIFY, SHARE], "grants": ["authorization_code"]}
    return client, made["secret"]


def install(home, redis, kafka, names, staleness):
    """Sets a node up in the folder `home`; `names`: the topics and the group. Gives its file and the secret."""
    home = pathlib.Path(home)
    (home / "signing").mkdir()
    ctl("key", "new", "signing", "--file", home / "signing/k1.pem")
    ctl("key", "new", "directory", "--file", home / "directory.key")
    ctl("key", "new", "audit", "--file", home / "audit.key")
    client, secret = make_client()
    (home / "clients.yaml").write_text(json.dumps([client]))
    file = home / "numproof.yaml"
    file.write_text(json.dumps({
        "http": {"rate_limits": {"authorize_per_subscriber": None, "per_client": None}},
        "auth": {"signing_keys_dir": f"{home}/signing", "clients_file": f"{home}/clients.yaml"},
        "directory": {"backend": "redis", "redis": {"addresses": [f"127.0.0.1:{redis.port}"]},
                      "key_file": f"{home}/directory.key", "max_staleness": f"{staleness}s",
                      "domains": [{"name": "internet", "devices": ["127.0.0.0/8"]}]},
        "kafka": {"brokers": kafka.address.split(",")},
        "ingest": {"group": names["group"], "dead_letter_topic": names["dlq"],
                   "feeds": [{"topic": names["sessions"], "dialect": "native"}]},
        "audit": {"topic": names["audit"], "spool_dir": f"{home}/spool", "key_file": f"{home}/audit.key"},
        "log": {"target": "stderr"}}))
    return file, secret


def make_topics(kafka, names):
    """As the sandbox does, which uses a Redis of its own for that."""
    with folder() as aside:
        redis = Redis(aside)
        try:
            Daemon(aside, "maker", {
                "directory.backend": "redis", "directory.redis.addresses": [f"127.0.0.1:{redis.port}"],
                "kafka.brokers": [kafka.address], "ingest.group": unique("maker"),
                "ingest.feeds": [{"topic": names["sessions"], "dialect": "native"}],
                "ingest.dead_letter_topic": names["dlq"], "audit.topic": names["audit"],
                "audit.spool_dir": f"{aside}/spool"}).stop()
        finally:
            redis.kill()
