# SPDX-License-Identifier: Apache-2.0
"""A Redis as a careful operator has it: a primary, two replicas and three sentinels, all of them TLS with
certificates on both sides, no default user, and a user with exactly the rights that docs/redis.md lists."""

import pathlib
import re
import subprocess

from harness import ROOT, Process, lasting_port, wait_for

MASTER = "mymaster"
PASSWORD = {"numproof": "np-secret", "replica": "replica-secret", "watch": "watch-secret", "admin": "admin-secret",
            "peer": "peer-secret", "asker": "asker-secret"}


def documented(user):
    """The rights of `user` as docs/redis.md has them."""
    text = (ROOT / "docs/redis.md").read_text()
    return re.search(rf"^user {user} on #HASH (.*)$", text, re.MULTILINE).group(1)


def user(name, rights):
    return f"user {name} on >{PASSWORD[name]} {rights}\n"


class Certificates:
    """An authority, and certificates for what stands on loopback."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem "
                     "-days 2 -subj /CN=authority")
        self.authority = self.folder / "ca.pem"

    def openssl(self, words):
        done = subprocess.run(["openssl", *words.split()], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def make(self, name, days=1):
        """Files of a new certificate and its key; with days < 0 it has expired."""
        (self.folder / f"{name}.ext").write_text("subjectAltName=IP:127.0.0.1\n")
        self.openssl(f"req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.csr "
                     f"-subj /CN={name}")
        self.openssl(f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days {days} "
                     f"-extfile {name}.ext -out {name}.pem")
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"


class Node(Process):
    """One redis-server or sentinel that speaks nothing but TLS."""

    def __init__(self, folder, certificates, lines, *mode):
        self.port = lasting_port()
        self.certificates = certificates
        certificate, key = certificates.make(f"node-{self.port}")
        home = pathlib.Path(folder) / f"redis-{self.port}"
        home.mkdir()
        file = home / "redis.conf"
        file.write_text(f"port 0\ntls-port {self.port}\nbind 127.0.0.1\ndir {home}\ntls-replication yes\n"
                        f"tls-cert-file {certificate}\ntls-key-file {key}\n"
                        f"tls-ca-cert-file {certificates.authority}\ntls-auth-clients yes\nuser default off\n{lines}")
        super().__init__(["redis-server", file, *mode], folder, f"redis-{self.port}")

    def cli(self, who, *words):
        certificate = self.certificates.folder / f"node-{self.port}.pem"
        done = subprocess.run(
            ["redis-cli", "--tls", "--cacert", self.certificates.authority, "--cert", certificate,
             "--key", certificate.with_suffix(".key"), "-p", str(self.port), "--user", who, "--pass", PASSWORD[who],
             "--no-auth-warning", *map(str, words)], capture_output=True, text=True, timeout=20)
        return done.stdout.strip()


class RedundantRedis:
    def __init__(self, folder):
        self.certificates = Certificates(folder)
        self.stores, self.sentinels = [], []
        store = (user("numproof", documented("numproof")) + user("replica", documented("replica")) +
                 user("watch", documented("watch")) + user("admin", "~* &* +@all") +
                 f'masteruser replica\nmasterauth {PASSWORD["replica"]}\nsave ""\nappendonly no\n'
                 "maxmemory-policy noeviction\nrepl-diskless-sync-delay 0\n")
        for _ in range(3):
            follow = f"replicaof 127.0.0.1 {self.stores[0].port}\n" if self.stores else ""
            self.stores.append(Node(folder, self.certificates, store + follow))
        watch = (f"sentinel monitor {MASTER} 127.0.0.1 {self.stores[0].port} 2\n"
                 f"sentinel down-after-milliseconds {MASTER} 1500\nsentinel failover-timeout {MASTER} 6000\n"
                 f"sentinel auth-user {MASTER} watch\nsentinel auth-pass {MASTER} {PASSWORD['watch']}\n"
                 f"sentinel sentinel-user peer\nsentinel sentinel-pass {PASSWORD['peer']}\n" +
                 user("peer", "allchannels +@all") + user("asker", documented("asker")))
        for _ in range(3):
            self.sentinels.append(Node(folder, self.certificates, watch, "--sentinel"))
        wait_for(self.is_whole, 40, "sentinels and replicas to find each other")

    def is_whole(self):
        told = [sentinel.cli("peer", "info", "sentinel") for sentinel in self.sentinels]
        return all("status=ok," in text and "slaves=2,sentinels=3" in text for text in told)

    def primary(self):
        alive = [store for store in self.stores if store.process.poll() is None]
        return next((s for s in alive if "role:master" in s.cli("admin", "info", "replication")), None)

    def settings(self, folder):
        """Of a node that uses it."""
        certificate, key = self.certificates.make("numproof")
        for name, who in (("redis.password", "numproof"), ("sentinel.password", "asker")):
            file = pathlib.Path(folder) / name
            file.write_text(PASSWORD[who])
            file.chmod(0o600)
        return {
            "directory.backend": "redis",
            "directory.redis": {
                "mode": "sentinel", "master_name": MASTER,
                "addresses": [f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels],
                "username": "numproof", "password_file": f"{folder}/redis.password",
                "sentinel_username": "asker", "sentinel_password_file": f"{folder}/sentinel.password",
                "tls": {"ca_file": str(self.certificates.authority), "certificate_file": str(certificate),
                        "key_file": str(key)}}}

    def stop(self):
        for node in self.sentinels + self.stores:
            node.kill()
