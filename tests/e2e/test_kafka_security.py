# SPDX-License-Identifier: Apache-2.0
"""numproofd and a real broker that asks who one is: each way in, and each way to be turned away."""

import json
import pathlib
import subprocess
import sys
import unittest

from harness import BIN, ROOT, Daemon, EndToEnd, Heart, Kafka, Redis, event, folder, redirect_of, unique, wait_for
from kafka_security import (CLIENT, CLIENT_SECRET, LISTENERS, PASSWORD, SCRAM_USERS, USER, Authority, TokenEndpoint,
                            listener_settings)
from operator_home import install

sys.path.insert(0, str(ROOT / "tests/services"))
from kafka_cluster import KafkaCluster

TOKEN_SECONDS = 10

# librdkafka before 2.6.1 cannot do SCRAM with Kafka 4.
OLDER_KAFKA = "3.9.1"


def setUpModule():
    global FOLDER, CLUSTER, KAFKA, AUTHORITY, STRANGER, TOKENS
    FOLDER = folder()
    AUTHORITY = Authority(FOLDER.name)
    STRANGER = Authority(FOLDER.name, "stranger")
    CLUSTER = KafkaCluster(FOLDER.name, 1, LISTENERS, listener_settings(AUTHORITY), SCRAM_USERS)
    KAFKA = Kafka(CLUSTER.address)
    TOKENS = TokenEndpoint(*AUTHORITY.issue("idp"), TOKEN_SECONDS)


def tearDownModule():
    TOKENS.stop()
    CLUSTER.stop()
    FOLDER.cleanup()


def secret_file(name, text):
    file = pathlib.Path(FOLDER.name) / name
    file.write_text(text + "\n")
    file.chmod(0o600)
    return str(file)


def tls(**more):
    return {"protocol": "ssl", "ca_file": str(AUTHORITY.file), **more}


def identity(name, **how):
    certificate, key = AUTHORITY.issue(name, **how)
    return {"certificate_file": str(certificate), "key_file": str(key)}


def sasl(mechanism, password=PASSWORD):
    return {"protocol": "sasl_ssl", "ca_file": str(AUTHORITY.file), "mechanism": mechanism, "username": USER,
            "password_file": secret_file(unique("password"), password)}


def bearer(secret=CLIENT_SECRET):
    return {"protocol": "sasl_ssl", "ca_file": str(AUTHORITY.file), "mechanism": "OAUTHBEARER",
            "token_endpoint_url": TOKENS.url, "token_ca_file": str(AUTHORITY.file), "client_id": CLIENT,
            "client_secret_file": secret_file(unique("secret"), secret), "scope": "kafka"}


class Secured(EndToEnd):
    def setUp(self):
        self.folder = folder()
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            daemon.kill()
            for secret in (PASSWORD, CLIENT_SECRET, "hunter2-wrong"):
                self.assertNotIn(secret, daemon.output())
        self.folder.cleanup()

    def settings(self, listener, security):
        return {"kafka.brokers": [f"127.0.0.1:{CLUSTER.ports[listener]}"], "kafka.security": security,
                "ingest.feeds": [{"topic": self.names["sessions"], "dialect": "native"}],
                "ingest.dead_letter_topic": self.names["dlq"], "audit.topic": self.names["audit"]}

    def start(self, listener, security):
        daemon = Daemon(self.folder.name, "np1", self.settings(listener, security))
        self.daemons.append(daemon)
        return daemon

    def reloaded(self, np):
        """What a reload found changed."""
        done = subprocess.run([BIN / "numproofctl", "--json", "--socket", np.socket, "reload"], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["changed"]

    def assert_everything_arrives(self, np, mark):
        """Session events are read, poison goes to the dead letters, audit events are written."""
        KAFKA.produce(self.names["sessions"], [("-", "no json"), ("-", event(
            "bind", session=mark, msisdn="+34611000009", ipv4="127.0.20.9", access="3gpp"))], partition=0)
        wait_for(lambda: "code" in redirect_of(np.authorize("127.0.20.9")), 30, "the session event")
        answer = np.verify(np.sign_in("127.0.20.9"), "+34611000009", headers={"x-correlator": mark})
        self.assertEqual(answer.json(), {"devicePhoneNumberVerified": True})
        wait_for(lambda: any(e.get("ce_correlationid") == mark for e in KAFKA.audit_events(self.names["audit"])),
                 30, "the audit event")
        wait_for(lambda: KAFKA.read_all(self.names["dlq"]), 30, "the dead letter")


class WaysIn(Secured):
    def test_tls(self):
        self.assert_everything_arrives(self.start("TLS", tls()), "tls")

    def test_tls_with_a_certificate_of_ours(self):
        self.assert_everything_arrives(self.start("MUTUAL", tls(**identity("node"))), "mutual")

    def test_a_certificate_that_was_renewed_under_its_name(self):
        files, name = identity("aging", days=20), "kafka.security.certificate_file"
        np = self.start("MUTUAL", tls(**files))
        self.assert_everything_arrives(np, "aging")
        self.assertIn(np.status()["certificates"][name]["days_left"], (19, 20))
        for setting, renewed in identity("renewed", days=60).items():
            pathlib.Path(files[setting]).write_bytes(pathlib.Path(renewed).read_bytes())
        self.assertEqual(self.reloaded(np), [name, "kafka.security.key_file"])
        self.assertIn(np.status()["certificates"][name]["days_left"], (59, 60))
        np.wait_ready(60)
        self.assert_everything_arrives(np, "renewed")

    def test_tls_with_a_key_under_a_password(self):
        files = identity("locked")
        locked = f"{FOLDER.name}/locked.enc.key"
        subprocess.run(["openssl", "pkcs8", "-topk8", "-in", files["key_file"], "-out", locked, "-v2", "aes256",
                        "-passout", "pass:opens-it"], check=True, capture_output=True, timeout=30)
        pathlib.Path(locked).chmod(0o600)
        security = tls(**{**files, "key_file": locked},
                       key_password_file=secret_file(unique("key-password"), "opens-it"))
        self.assert_everything_arrives(self.start("MUTUAL", security), "locked")

    def test_plain_over_tls(self):
        self.assert_everything_arrives(self.start("SASLTLS", sasl("PLAIN")), "plain")

    def test_tokens_are_fetched_and_renewed_before_they_end(self):
        np = self.start("SASLTLS", bearer())
        self.assert_everything_arrives(np, "bearer")
        self.assertEqual(TOKENS.answers[-1][1]["scope"], ["kafka"])
        # More answers than clients: the broker ends a session whose token has ended.
        seen = len(TOKENS.answers)
        wait_for(lambda: len(TOKENS.answers) >= seen + 8, 60, "two renewals of each client's token")
        self.assert_everything_arrives(np, "bearer-renewed")

    def test_a_token_endpoint_that_was_away_is_asked_again(self):
        np = self.start("SASLTLS", bearer())
        TOKENS.broken = True
        try:
            wait_for(lambda: "NP-KAFKA-011" in np.output(), 40, "the failure to be told")
        finally:
            TOKENS.broken = False
        self.assertIn("the token endpoint answered 503", np.output())
        np.wait_ready(60)
        self.assert_everything_arrives(np, "bearer-again")


class Scram(Secured):
    @classmethod
    def setUpClass(cls):
        cls.newer = CLUSTER, KAFKA
        globals()["CLUSTER"] = KafkaCluster(FOLDER.name, 1, LISTENERS, listener_settings(AUTHORITY), SCRAM_USERS,
                                            version=OLDER_KAFKA)
        globals()["KAFKA"] = Kafka(CLUSTER.address)

    @classmethod
    def tearDownClass(cls):
        CLUSTER.stop()
        globals()["CLUSTER"], globals()["KAFKA"] = cls.newer

    def test_scram_sha_256_over_tls(self):
        self.assert_everything_arrives(self.start("SASLTLS", sasl("SCRAM-SHA-256")), "scram256")

    def test_scram_sha_512_without_tls(self):
        security = {**sasl("SCRAM-SHA-512"), "protocol": "sasl_plaintext"}
        del security["ca_file"]
        self.assert_everything_arrives(self.start("SASLPLAIN", security), "scram512")


class TurnedAway(Secured):
    """As an operator starts it: it stays up, is not ready, and says why."""

    def setUp(self):
        super().setUp()
        self.redis = Redis(self.folder.name)
        CLUSTER.admin(*[f"create:{self.names[kind]}:1:1" for kind in ("sessions", "dlq", "audit")])

    def tearDown(self):
        super().tearDown()
        self.redis.kill()

    def assert_told(self, listener, security, message, words):
        file, _ = install(self.folder.name, self.redis, KAFKA, self.names, 5)
        settings = {"kafka.brokers": [f"127.0.0.1:{CLUSTER.ports[listener]}"], "kafka.security": security}
        np = Daemon(self.folder.name, "np1", settings, ready=False, mode=("--config", file))
        self.daemons.append(np)
        wait_for(lambda: message in np.output() and words in np.output(), 40, f"{message} with '{words}'\n")
        self.assertIsNone(np.process.poll())
        self.assertEqual(np.readiness().status, 503)
        return np

    def test_a_wrong_password(self):
        self.assert_told("SASLTLS", sasl("SCRAM-SHA-512", "hunter2-wrong"), "NP-KAFKA-011", "Authentication failed")
        self.assertIn("with which SCRAM needs librdkafka 2.6.1", self.daemons[-1].output())

    def test_a_wrong_client_secret_until_it_is_put_right(self):
        security = bearer("hunter2-wrong")
        np = self.assert_told("SASLTLS", security, "NP-KAFKA-011", "answered 401: invalid_client")
        heart = Heart(KAFKA, self.names["sessions"], 1)
        self.addCleanup(heart.stop)
        pathlib.Path(security["client_secret_file"]).write_text(CLIENT_SECRET + "\n")
        self.assertEqual(self.reloaded(np), ["kafka.security.client_secret_file"])
        np.wait_ready(60)

    def test_brokers_of_an_authority_that_is_not_ours(self):
        self.assert_told("TLS", tls(ca_file=str(STRANGER.file)), "NP-KAFKA-012", "certificate verify failed")

    def test_brokers_whose_certificate_is_over(self):
        self.assert_told("EXPIRED", tls(), "NP-KAFKA-012", "certificate verify failed")

    def test_brokers_whose_certificate_has_another_name(self):
        self.assert_told("OTHERNAME", tls(), "NP-KAFKA-012", "certificate verify failed")

    def test_no_certificate_where_one_is_asked_for(self):
        self.assert_told("MUTUAL", tls(), "NP-KAFKA-012", "alert")


class Files(EndToEnd):
    """What can be seen before anything is asked of a broker ends with 78 and names the file."""

    def refused(self, security):
        words = [BIN / "numproofd", "--sandbox", "--check-config", "--set", "kafka.brokers=['127.0.0.1:9']", "--set",
                 f"kafka.security={security}"]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 78, done.stdout + done.stderr)
        return done.stderr

    def test_each_file_that_is_wrong_is_named(self):
        ours, others = identity("ours"), identity("others")
        over = identity("over", days=-1)
        text = secret_file("text.pem", "no certificate")
        cases = [
            (tls(ca_file="/nowhere/ca.pem"), "/nowhere/ca.pem: No such file"),
            (tls(ca_file=text), f"{text}: has no certificate"),
            (tls(**{**ours, "certificate_file": "/nowhere/c.pem"}), "/nowhere/c.pem: No such file"),
            (tls(**{**ours, "key_file": "/nowhere/k.pem"}), "/nowhere/k.pem: No such file"),
            (tls(**{**ours, "key_file": text}), f"{text}: has no private key"),
            (tls(**{**ours, "key_file": others["key_file"]}), f"{others['key_file']}: is not the key of"),
            (tls(**over), f"{over['certificate_file']}: the certificate has expired"),
            ({**sasl("PLAIN"), "password_file": "/nowhere/p"}, "/nowhere/p"),
            ({**bearer(), "client_secret_file": "/nowhere/s"}, "/nowhere/s"),
            ({**bearer(), "token_ca_file": "/nowhere/t"}, "/nowhere/t: No such file"),
        ]
        for security, words in cases:
            with self.subTest(words=words):
                self.assertIn(words, self.refused(security))


if __name__ == "__main__":
    unittest.main(verbosity=2)
