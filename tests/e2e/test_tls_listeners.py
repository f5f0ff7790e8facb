# SPDX-License-Identifier: Apache-2.0
"""Public listeners that speak TLS: who is let in, which files start a node, and how they are renewed under load."""

import http.client
import json
import pathlib
import ssl
import subprocess
import threading
import unittest

from harness import (BIN, FROM_FILE, TLS, Daemon, EndToEnd, Heart, RealKafka, Redis, call, event, folder, free_port,
                     redirect_of, unique, wait_for)
from kafka_security import Authority, openssl
from operator_home import CLIENT, install, make_topics

DEVICE, NUMBER = "127.0.40.1", "+34616000001"
PARTITIONS = 4
METADATA = "/.well-known/openid-configuration"


def setUpModule():
    global KAFKA, FOLDER, AUTHORITY, STRANGER
    FOLDER = folder()
    AUTHORITY = Authority(FOLDER.name)
    STRANGER = Authority(FOLDER.name, "stranger")
    KAFKA = RealKafka(FOLDER.name)


def tearDownModule():
    KAFKA.stop()
    FOLDER.cleanup()


def caller(shows=None, authority=None):
    """How somebody speaks TLS who believes our authority; `shows`: files of a certificate."""
    context = ssl.create_default_context(cafile=(authority or AUTHORITY).file)
    if shows:
        context.load_cert_chain(*shows)
    return context


def serial_of(file):
    return subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", file], capture_output=True, text=True,
                          check=True).stdout.strip().split("=")[1]


def get(port, context, path=METADATA):
    """One request on a connection of its own; gives the status and the serial number that the server showed."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        shown = connection.sock.getpeercert()["serialNumber"]
        answer = connection.getresponse()
        answer.read()
        return answer.status, shown
    finally:
        connection.close()


def curl(port, *words):
    return subprocess.run(["curl", "--silent", "--show-error", "--cacert", AUTHORITY.file, "--write-out", "%{http_code}",
                           "--output", "/dev/null", *map(str, words), f"https://127.0.0.1:{port}{METADATA}"],
                          capture_output=True, text=True, timeout=60)


class Operator(EndToEnd):
    """A configuration with three listeners: TLS, TLS for who shows a certificate, and none."""

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.home = pathlib.Path(held.name)
        self.redis = Redis(self.home)
        self.addCleanup(self.redis.kill)
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.file, self.secret = install(self.home, self.redis, KAFKA, self.names, 60)
        self.config = json.loads(self.file.read_text())
        self.certificate, self.key, self.callers = (self.home / name for name in ("tls.pem", "tls.key", "callers.pem"))
        self.install_certificate("first")
        self.callers.write_text(AUTHORITY.file.read_text())
        self.ports = [free_port() for _ in range(3)]
        own = {"certificate_file": str(self.certificate), "key_file": str(self.key)}
        asks = {"client_ca_file": str(self.callers), "client_certificate": "required"}
        self.config["http"]["listen"] = [{"address": f"127.0.0.1:{self.ports[0]}", "tls": own},
                                         {"address": f"127.0.0.1:{self.ports[1]}", "tls": {**own, **asks}},
                                         {"address": f"127.0.0.1:{self.ports[2]}"}]
        self.config["auth"]["issuer"] = f"https://localhost:{self.ports[0]}"
        self.write()

    def install_certificate(self, name, authority=None, **how):
        certificate, key = (authority or AUTHORITY).issue(f"{unique(name)}", **how)
        self.certificate.write_text(certificate.read_text())
        self.key.write_text(key.read_text())
        self.key.chmod(0o600)

    def tls(self, nth=0):
        return self.config["http"]["listen"][nth]["tls"]

    def write(self):
        self.file.write_text(json.dumps(self.config, indent=1))


class Start(Operator):
    def refused(self, setting, file, why, *more):
        """Both the check and the start: with status 78 and a line that names the setting and the file."""
        self.write()
        line = f"http.listen[0].tls.{setting}: {file}: {why}"
        for words in ((), ("--check-config",)):
            done = subprocess.run([BIN / "numproofd", "--config", self.file, *words], capture_output=True, text=True,
                                  timeout=30)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn(line, done.stderr)

    def test_good_files_pass_the_check(self):
        done = subprocess.run([BIN / "numproofd", "--config", self.file, "--check-config"], capture_output=True,
                              text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_file_that_is_not_there(self):
        for setting in ("certificate_file", "key_file"):
            with self.subTest(setting):
                good = self.tls()[setting]
                self.tls()[setting] = f"{self.home}/nothing.pem"
                self.refused(setting, self.tls()[setting], "No such file or directory")
                self.tls()[setting] = good
        self.tls().update(client_ca_file=f"{self.home}/nobody.pem", client_certificate="optional")
        self.refused("client_ca_file", f"{self.home}/nobody.pem", "No such file or directory")

    def test_a_certificate_that_has_expired(self):
        self.install_certificate("old", days=-1)
        self.refused("certificate_file", self.certificate, "the certificate has expired")

    def test_a_key_of_another_certificate(self):
        _, other = AUTHORITY.issue(unique("other"))
        self.key.write_text(other.read_text())
        self.refused("key_file", self.key, f"is not the key of {self.certificate}")

    def test_files_that_are_no_pem(self):
        self.key.write_text("hunter2")
        self.refused("key_file", self.key, "has no private key in PEM")
        self.certificate.write_text("hunter2")
        self.refused("certificate_file", self.certificate, "has no")

    def test_a_key_with_a_password_and_one_that_everybody_reads(self):
        self.key.chmod(0o644)
        self.refused("key_file", self.key, "everybody can read it")
        self.key.chmod(0o600)
        openssl("pkey", "-in", self.key, "-out", self.home / "locked.key", "-aes256", "-passout", "pass:hunter2")
        self.key.write_text((self.home / "locked.key").read_text())
        self.refused("key_file", self.key, "has no private key in PEM")

    def test_authorities_of_which_none_is_valid(self):
        expired, _ = AUTHORITY.issue(unique("expired"), days=-1)
        self.callers.write_text(expired.read_text())
        self.tls().update(client_ca_file=str(self.callers), client_certificate="required")
        self.refused("client_ca_file", self.callers, "none of its certificates is valid today")


class Running(Operator):
    def setUp(self):
        super().setUp()
        make_topics(KAFKA, self.names)
        self.heart = Heart(KAFKA, self.names["sessions"], PARTITIONS)
        self.addCleanup(self.heart.stop)
        KAFKA.produce(self.names["sessions"], [("-", event("bind", session="r1", msisdn=NUMBER, ipv4=DEVICE,
                                                           access="3gpp"))], partition=0)
        self.context = caller()
        TLS[self.ports[0]] = self.context
        self.np = Daemon(self.home, "np1", {"http.listen": FROM_FILE, "auth.issuer": FROM_FILE},
                         mode=("--config", self.file), ports=(self.ports[0], free_port()))
        self.addCleanup(self.np.kill)
        wait_for(lambda: "code" in redirect_of(self.np.authorize(DEVICE, client=CLIENT)), 30, "the session")

    def ctl(self, *words):
        return subprocess.run([BIN / "numproofctl", "--socket", self.np.socket, *words], capture_output=True,
                              text=True, timeout=60)

    def reloaded(self):
        """Reloads; gives what has changed."""
        done = self.ctl("--json", "reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["changed"]

    def refused(self):
        """Reloads in vain; gives the reasons."""
        done = self.ctl("--json", "reload")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stderr

    def answer(self):
        """Signs in and verifies."""
        token = self.np.token(redirect_of(self.np.authorize(DEVICE, client=CLIENT))["code"], CLIENT, self.secret)
        return self.np.verify(token.json()["access_token"], NUMBER).json()

    def expiry(self, name):
        lines = call(self.np.admin, "GET", "/metrics").body.decode().splitlines()
        start = f'numproof_certificate_expiry_seconds{{name="{name}"}} '
        return [float(line.split()[-1]) for line in lines if line.startswith(start)]


class Serving(Running):
    def test_a_whole_sign_in_and_its_answer(self):
        self.assertEqual(self.answer(), {"devicePhoneNumberVerified": True})
        metadata = call(self.ports[0], "GET", METADATA).json()
        self.assertEqual(metadata["issuer"], f"https://localhost:{self.ports[0]}")
        self.assertEqual(call(self.ports[2], "GET", METADATA).status, 200)

    def test_both_versions_and_none_that_is_older(self):
        for version in ("1.2", "1.3"):
            done = curl(self.ports[0], f"--tlsv{version}", "--tls-max", version)
            self.assertEqual((done.returncode, done.stdout), (0, "200"), done.stderr)
            self.context.minimum_version = self.context.maximum_version = ssl.TLSVersion[f"TLSv{version.replace('.', '_')}"]
            self.assertEqual(self.answer(), {"devicePhoneNumberVerified": True}, version)
        old = caller()
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with self.assertRaises(ssl.SSLError):
            get(self.ports[0], old)

    def test_no_plain_request_is_answered(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=30)
        with self.assertRaises((http.client.HTTPException, OSError)):
            connection.request("GET", METADATA)
            connection.getresponse()
        connection.close()
        self.assertEqual(get(self.ports[0], caller())[0], 200)

    def test_a_certificate_of_the_caller(self):
        good, foreign = AUTHORITY.issue(unique("caller")), STRANGER.issue(unique("caller"))
        self.assertEqual(get(self.ports[1], caller(good))[0], 200)
        for shows in (None, foreign):
            with self.assertRaises((ssl.SSLError, http.client.RemoteDisconnected, ConnectionResetError)):
                get(self.ports[1], caller(shows))

        self.tls(1)["client_certificate"] = "optional"
        self.write()
        self.assertEqual(self.reloaded(), ["http.listen[1].tls.client_certificate"])
        for shows in (None, good):
            self.assertEqual(get(self.ports[1], caller(shows))[0], 200)
        with self.assertRaises((ssl.SSLError, http.client.RemoteDisconnected, ConnectionResetError)):
            get(self.ports[1], caller(foreign))

    def test_when_a_certificate_ends_is_seen(self):
        ends = ssl.cert_time_to_seconds(subprocess.run(
            ["openssl", "x509", "-noout", "-enddate", "-in", self.certificate], capture_output=True, text=True,
            check=True).stdout.strip().split("=")[1])
        self.assertEqual(self.expiry("http.listen[0]"), [ends])
        self.assertEqual(self.expiry("http.listen[1]"), [ends])
        self.assertEqual(self.expiry("http.listen[2]"), [])
        shown = self.np.status()["certificates"]
        self.assertEqual(list(shown), ["http.listen[0]", "http.listen[1]"])
        self.assertIn(shown["http.listen[0]"]["days_left"], (29, 30))
        self.assertRegex(self.ctl("status").stdout, r"certificates\.http\.listen\[0\]\.days_left: (29|30)\n")


class Load(threading.Thread):
    """Somebody who asks until told to stop. `once` answers True when all was well."""

    def __init__(self, once):
        super().__init__()
        self.once, self.stopped, self.done, self.wrong = once, threading.Event(), 0, []

    def run(self):
        while not self.stopped.is_set() and not self.wrong:
            try:
                self.once()
                self.done += 1
            except Exception as error:  # Whatever it is, a request was lost.
                self.wrong.append(repr(error))


class Renewal(Running):
    def ask_all(self):
        self.assertEqual(self.answer(), {"devicePhoneNumberVerified": True})

    def kept(self):
        """A connection that lives as long as the node."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.ports[0], timeout=30, context=caller())
        self.addCleanup(connection.close)

        def once():
            connection.request("GET", METADATA, headers={"Host": f"localhost:{self.ports[0]}"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200 and not answer.will_close, answer.status
        return once

    def test_a_new_certificate_under_load(self):
        loads = [Load(once) for once in (self.ask_all, self.ask_all, self.kept(), self.kept())]
        for load in loads:
            load.start()
        try:
            for turn in range(12):
                self.install_certificate(f"turn-{turn}")
                self.assertEqual(self.reloaded(), ["certificate of http.listen[0]", "certificate of http.listen[1]"])
                # Every worker has it: new connections come to any of them.
                seen = {get(self.ports[0], self.context)[1] for _ in range(8)}
                self.assertEqual(seen, {serial_of(self.certificate)})
                counts = [load.done for load in loads]
                wait_for(lambda: all(l.done > n or l.wrong for l, n in zip(loads, counts)), 30, "answers")
        finally:
            for load in loads:
                load.stopped.set()
            for load in loads:
                load.join()
        self.assertEqual([wrong for load in loads for wrong in load.wrong], [])
        self.assertGreaterEqual(min(load.done for load in loads), 12)

    def test_authorities_of_callers(self):
        before, after = AUTHORITY.issue(unique("caller")), STRANGER.issue(unique("caller"))
        self.assertEqual(get(self.ports[1], caller(before))[0], 200)
        self.callers.write_text(STRANGER.file.read_text())
        self.assertEqual(self.reloaded(), ["certificate of http.listen[1]"])
        self.assertEqual(get(self.ports[1], caller(after))[0], 200)
        with self.assertRaises((ssl.SSLError, http.client.RemoteDisconnected, ConnectionResetError)):
            get(self.ports[1], caller(before))

    def test_a_bad_file_is_refused_and_the_old_one_stays(self):
        before, ends = get(self.ports[0], self.context)[1], self.expiry("http.listen[0]")
        self.install_certificate("late", days=-1)
        reason = f"http.listen[0].tls.certificate_file: {self.certificate}: the certificate has expired"
        self.assertIn(reason, self.refused())
        self.assertIn(reason, self.np.status()["reload_refused"])
        self.assertEqual(get(self.ports[0], self.context), (200, before))
        self.assertEqual(self.expiry("http.listen[0]"), ends)
        self.assertEqual(self.answer(), {"devicePhoneNumberVerified": True})

        # A key that has come before its certificate.
        self.install_certificate("half")
        _, other = AUTHORITY.issue(unique("other"))
        self.key.write_text(other.read_text())
        self.assertIn(f"http.listen[0].tls.key_file: {self.key}: is not the key of", self.refused())
        self.assertEqual(get(self.ports[0], self.context), (200, before))

        self.install_certificate("good", days=60)
        self.assertIn("certificate of http.listen[0]", self.reloaded())
        self.assertIsNone(self.np.status()["reload_refused"])
        self.assertEqual(get(self.ports[0], self.context), (200, serial_of(self.certificate)))
        self.assertGreater(self.expiry("http.listen[0]"), ends)

    def test_what_of_tls_changes_without_a_restart(self):
        self.tls()["min_version"] = "1.3"
        moved = self.home / "moved.pem"
        moved.write_text(self.certificate.read_text())
        self.tls()["certificate_file"] = str(moved)
        self.write()
        self.assertEqual(sorted(self.reloaded()),
                         ["http.listen[0].tls.certificate_file", "http.listen[0].tls.min_version"])
        self.assertNotEqual(curl(self.ports[0], "--tls-max", "1.2").returncode, 0)
        self.assertEqual(curl(self.ports[0], "--tlsv1.3").stdout, "200")

    def test_what_of_listeners_needs_a_restart(self):
        tls = self.tls()
        listen = self.config["http"]["listen"]
        for what, changed in (
                ("http.listen[0].tls", [{"address": listen[0]["address"]}, *listen[1:]]),
                ("http.listen[2].tls", [*listen[:2], {**listen[2], "tls": tls}]),
                ("http.listen[2].address", [*listen[:2], {"address": f"127.0.0.1:{free_port()}"}]),
                ("http.listen", listen[:2])):
            with self.subTest(what):
                self.config["http"]["listen"] = changed
                self.write()
                self.assertRegex(self.refused(), rf"{self.file}:\d+:\d+: " + what.replace("[", r"\[") +
                                 ": only a restart changes this")
        self.assertEqual(get(self.ports[0], self.context)[0], 200)


if __name__ == "__main__":
    unittest.main()
