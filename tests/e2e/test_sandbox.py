# SPDX-License-Identifier: Apache-2.0
"""The sandbox as its users meet it: devices, service providers, operators. No server but numproofd."""

import base64
import hashlib
import json
import re
import secrets
import socket
import subprocess
import unittest

from harness import (BIN, CALLBACK, PURPOSE, ROOT, SHARE, VERIFY, Daemon, EndToEnd, Kafka, call, folder, redirect_of,
                     wait_for)

PHONE_1 = "127.0.10.1"
NUMBER_1 = "+34600000001"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Sandbox(EndToEnd):
    # Other methods are no answers of the API, and a bad body does not use up the token that was judged.
    UNEVEN = ("answers of the API", "claims of tokens")

    @classmethod
    def setUpClass(cls):
        cls.folder = folder()
        cls.np = Daemon(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.np.stop()
        cls.folder.cleanup()


class Devices(Sandbox):
    """The table of subscribers, row by row."""

    def number_of(self, device):
        answer = self.np.share(self.np.sign_in(device))
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["devicePhoneNumber"]

    def refused(self, device):
        parts = redirect_of(self.np.authorize(device))
        self.assertNotIn("code", parts)
        self.assertEqual(parts["state"], "s-1")
        return parts["error"], parts["error_description"]

    def test_attached_phones_prove_their_numbers(self):
        self.assertEqual(self.number_of("127.0.10.1"), "+34600000001")
        self.assertEqual(self.number_of("127.0.10.2"), "+34600000002")
        self.assertEqual(self.number_of("::1"), "+34600000009")

    def source(self, low):
        for port in range(low, low + 200):
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.10.3", port))
                except OSError:
                    continue
            return ("127.0.10.3", port)
        self.fail("no free port")

    def test_a_shared_address_is_told_apart_by_its_port(self):
        self.assertEqual(self.number_of(self.source(20100)), "+34600000003")
        self.assertEqual(self.number_of(self.source(30100)), "+34600000004")
        self.assertEqual(self.refused(self.source(15000)), ("login_required", "port_unknown"))

    def test_everybody_else_is_unknown_and_never_somebody(self):
        rows = {
            "127.0.10.5": "off_network",
            "127.0.10.6": "non_3gpp_access",
            "127.0.10.7": "conflict",
            "127.0.10.8": "number_unknown",
            "127.0.0.1": "off_network",
            "127.0.10.200": "off_network",
        }
        for device, reason in rows.items():
            with self.subTest(device):
                self.assertEqual(self.refused(device), ("login_required", reason))


class Verification(Sandbox):
    def test_every_contract_says_true_and_false(self):
        for version in ("v0", "v1", "v2"):
            for number, truth in ((NUMBER_1, True), ("+34600000002", False)):
                for body in ({"phoneNumber": number}, {"hashedPhoneNumber": sha256(number)},
                             {"hashedPhoneNumber": sha256(number).upper()}):
                    with self.subTest(version=version, body=body):
                        answer = self.np.verify(self.np.sign_in(PHONE_1), version=version, body=json.dumps(body))
                        self.assertEqual(answer.status, 200, answer)
                        self.assertEqual(answer.json(), {"devicePhoneNumberVerified": truth})

    def test_a_token_gives_one_answer(self):
        token = self.np.sign_in(PHONE_1)
        self.assertEqual(self.np.verify(token, NUMBER_1).status, 200)
        again = self.np.verify(token, NUMBER_1)
        self.assertEqual((again.status, again.json()["code"]), (401, "UNAUTHENTICATED"))
        self.assertEqual(self.np.share(token, "v0").json()["code"], 41)

    def test_a_mistake_does_not_use_the_token_up(self):
        token = self.np.sign_in(PHONE_1)
        for body, code in (("", 21), ("{", 22), ("[]", 22), ("{}", 23), ('{"x":1}', 24), ('{"phoneNumber":"1"}', 24),
                           ('{"phoneNumber":"+34600000001","phoneNumber":"+34600000001"}', 22),
                           ('{"hashedPhoneNumber":"00"}', 24),
                           (json.dumps({"phoneNumber": NUMBER_1, "hashedPhoneNumber": sha256(NUMBER_1)}), 24)):
            with self.subTest(body):
                answer = self.np.verify(token, version="v0", body=body)
                self.assertEqual((answer.status, answer.json()["code"]), (400, code), answer)
                answer = self.np.verify(token, version="v2", body=body)
                self.assertEqual((answer.status, answer.json()["code"]), (400, "INVALID_ARGUMENT"), answer)
        self.assertEqual(self.np.verify(token, NUMBER_1).json(), {"devicePhoneNumberVerified": True})

    def test_scopes_are_kept_apart(self):
        token = self.np.sign_in(PHONE_1, scope=f"openid {PURPOSE} {VERIFY}")
        refused = self.np.share(token)
        self.assertEqual((refused.status, refused.json()["code"]), (403, "PERMISSION_DENIED"))
        self.assertEqual(self.np.verify(token, NUMBER_1).status, 200)

    def test_credentials_are_asked_for_first(self):
        cases = {None: 40, "Basic eDp5": 40, "Bearer": 40, "Bearer made-up": 41, "Bearer " + "a" * 66: 41}
        for value, code in cases.items():
            with self.subTest(value):
                headers = {"Content-Type": "text/plain", **({"Authorization": value} if value else {})}
                answer = call(self.np.port, "POST", "/number-verification/v0/verify", headers=headers, body="{")
                self.assertEqual((answer.status, answer.json()["code"]), (401, code), answer)
                self.assertIn("Bearer", answer.headers["WWW-Authenticate"])

    def test_the_correlator_comes_back_if_it_is_good(self):
        token = self.np.sign_in(PHONE_1)
        good = self.np.verify(token, NUMBER_1, headers={"x-correlator": "b4333c46-49c0_:;./<>{}"})
        self.assertEqual(good.headers["x-correlator"], "b4333c46-49c0_:;./<>{}")
        for bad in ("a b", "ä".encode("utf-8").decode("latin-1"), "x" * 257):
            answer = self.np.verify("whatever", NUMBER_1, version="v0", headers={"x-correlator": bad})
            self.assertEqual((answer.status, answer.json()["code"]), (400, 26))
            self.assertIsNone(answer.headers["x-correlator"])

    def test_paths_methods_and_media_types(self):
        verify = "/number-verification/v2/verify"
        token = self.np.sign_in(PHONE_1)
        self.assertEqual(call(self.np.port, "GET", verify).status, 405)
        self.assertEqual(call(self.np.port, "GET", verify).headers["Allow"], "POST, OPTIONS")
        self.assertEqual(call(self.np.port, "POST", verify + "X", body="{}").status, 404)
        self.assertEqual(call(self.np.port, "GET", "/number-verification/v0/nothing").json()["code"], 60)
        for media, status in (("text/plain", 415), ("application/json; charset=utf-8", 200)):
            answer = self.np.verify(token, NUMBER_1, headers={"Content-Type": media})
            self.assertEqual(answer.status, status, answer)
            self.assertEqual(answer.headers["Content-Type"], "application/json")


class SigningIn(Sandbox):
    def test_pkce_binds_the_code_to_who_asked(self):
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        for sent, status in ((verifier, 200), ("x" * 43, 400), (None, 400)):
            with self.subTest(sent):
                code = redirect_of(self.np.authorize(
                    PHONE_1, code_challenge=challenge, code_challenge_method="S256"))["code"]
                more = {"code_verifier": sent} if sent else {}
                answer = self.np.token(code, **more)
                self.assertEqual(answer.status, status, answer)

    def test_the_token_response_has_what_sdks_need(self):
        parts = redirect_of(self.np.authorize(PHONE_1, nonce="n-1"))
        self.assertEqual(parts["iss"], f"http://localhost:{self.np.port}")
        answer = self.np.token(parts["code"])
        given = answer.json()
        self.assertEqual(given["token_type"], "Bearer")
        self.assertIsInstance(given["expires_in"], int)
        self.assertLessEqual(given["expires_in"], 300)
        self.assertIn(VERIFY, given["scope"])
        self.assertNotIn("refresh_token", given)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        claims = json.loads(base64.urlsafe_b64decode(given["id_token"].split(".")[1] + "=="))
        self.assertEqual((claims["iss"], claims["aud"], claims["nonce"]), (parts["iss"], "sandbox-app", "n-1"))
        self.assertNotIn("34600000001", json.dumps(claims))

    def test_a_code_presented_again_takes_its_token_back(self):
        code = redirect_of(self.np.authorize(PHONE_1))["code"]
        token = self.np.token(code).json()["access_token"]
        again = self.np.token(code)
        self.assertEqual((again.status, again.json()["error"]), (400, "invalid_grant"))
        self.assertEqual(self.np.verify(token, NUMBER_1).status, 401)

    def test_a_wrong_secret_does_not_touch_the_code(self):
        code = redirect_of(self.np.authorize(PHONE_1))["code"]
        refused = self.np.token(code, secret="wrong")
        self.assertEqual((refused.status, refused.json()["error"]), (401, "invalid_client"))
        self.assertEqual(self.np.token(code).status, 200)

    def test_where_nothing_may_be_redirected_the_answer_is_json(self):
        for query in ("", "client_id=nobody", f"client_id=sandbox-app&redirect_uri={CALLBACK}/x",
                      "client_id=sandbox-app&redirect_uri=https://evil.example"):
            answer = call(self.np.port, "GET", "/oauth2/authorize?response_type=code&" + query, source=PHONE_1)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "application/json"), answer)
            self.assertIn("error", answer.json())

    def test_the_legacy_client_speaks_the_old_way(self):
        scope = f"{PURPOSE}#number-verification-verify-read"
        token = self.np.sign_in(PHONE_1, client="sandbox-legacy", scope=scope)
        answer = self.np.verify(token, NUMBER_1[1:], version="v0")
        self.assertEqual(answer.json(), {"devicePhoneNumberVerified": True})
        self.assertEqual(self.np.verify(self.np.sign_in(PHONE_1), NUMBER_1[1:]).status, 400)
        digest = json.dumps({"hashedPhoneNumber": sha256(NUMBER_1[1:])})
        token = self.np.sign_in(PHONE_1, client="sandbox-legacy", scope=scope)
        self.assertEqual(self.np.verify(token, version="v0", body=digest).json(), {"devicePhoneNumberVerified": True})

    def test_both_discovery_documents_name_this_issuer(self):
        for path in ("openid-configuration", "oauth-authorization-server"):
            found = call(self.np.port, "GET", "/.well-known/" + path).json()
            self.assertEqual(found["issuer"], f"http://localhost:{self.np.port}")
            self.assertEqual(found["code_challenge_methods_supported"], ["S256"])
        keys = call(self.np.port, "GET", "/oauth2/jwks").json()["keys"]
        self.assertTrue(keys and all("d" not in key and key["kty"] == "EC" for key in keys))

    def test_private_key_jwt_opens_the_token_endpoint_once(self):
        issuer = f"http://localhost:{self.np.port}"
        assertion = signed_assertion("sandbox-jwt", issuer)
        for expected in (200, 401):
            code = redirect_of(self.np.authorize(PHONE_1, client="sandbox-jwt"))["code"]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": assertion}
            body = "&".join(f"{k}={call_quote(v)}" for k, v in form.items())
            answer = call(self.np.port, "POST", "/oauth2/token", body=body,
                          headers={"Content-Type": "application/x-www-form-urlencoded"})
            self.assertEqual(answer.status, expected, answer)


def call_quote(text):
    import urllib.parse
    return urllib.parse.quote(text, safe="")


def signed_assertion(client, audience):
    """A client assertion made with the openssl command: nothing of ours is in it."""
    import time

    def b64(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=")

    now = int(time.time())
    claims = {"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 60, "jti": secrets.token_hex(8)}
    signed = b64(b'{"alg":"ES256","typ":"JWT"}') + b"." + b64(json.dumps(claims).encode())
    key = ROOT / "config/sandbox/sandbox-jwt.pem"
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=signed, capture_output=True, check=True)
    return (signed + b"." + b64(raw_signature(der.stdout))).decode()


def raw_signature(der):
    """SEQUENCE { INTEGER r, INTEGER s } to r ‖ s (RFC 7518 section 3.4)."""
    numbers, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + length], "big"))
        at += 2 + length
    return b"".join(n.to_bytes(32, "big") for n in numbers)


class Trail(Sandbox):
    def test_every_answer_has_its_event_and_none_tells_a_number(self):
        token = self.np.sign_in(PHONE_1)
        self.np.verify(token, NUMBER_1, headers={"x-correlator": "trail-1"})
        self.np.verify(token, NUMBER_1, headers={"x-correlator": "trail-2"})
        broker = Kafka(self.np.status()["kafka"]["brokers"][0])
        by_correlator = lambda: {e.get("ce_correlationid"): e for e in broker.audit_events()}
        events = wait_for(lambda: (e := by_correlator()) and "trail-2" in e and e, 20, "the audit events")
        answered, denied = events["trail-1"], events["trail-2"]
        self.assertEqual(answered["ce_type"], "io.numproof.verification.answered.v1")
        self.assertEqual((answered["data"]["result"], answered["data"]["status"]), ("match", 200))
        self.assertEqual(denied["ce_type"], "io.numproof.verification.denied.v1")
        self.assertEqual(denied["data"]["status"], 401)
        everything = json.dumps(broker.audit_events())
        for marked in ("34600000001", token, sha256(NUMBER_1)):
            self.assertNotIn(marked, everything)

    def test_the_sequence_has_no_gap_and_the_chain_holds(self):
        for _ in range(5):
            self.np.verify(self.np.sign_in(PHONE_1), NUMBER_1)
        broker = Kafka(self.np.status()["kafka"]["brokers"][0])
        events = sorted(broker.audit_events(), key=lambda e: int(e["ce_sequence"]))
        self.assertEqual([int(e["ce_sequence"]) for e in events], list(range(1, len(events) + 1)))
        previous = "0" * 64
        for event in events:
            self.assertEqual(event["data"]["prev"], previous)
            self.assertEqual(event["key"], event["ce_partitionkey"])
            joined = "\n".join([event["ce_id"], event["ce_type"], event["ce_time"], event["ce_sequence"], event["value"]])
            previous = sha256(joined)


class Operating(Sandbox):
    def ctl(self, *words):
        return subprocess.run([BIN / "numproofctl", "--socket", self.np.socket, *words], capture_output=True,
                              text=True, timeout=30)

    def test_the_three_commands_of_the_banner_work_as_printed(self):
        banner = self.np.output()
        commands = [line.strip() for line in banner.splitlines() if re.match(r"\s*(code=|token=|curl )", line)]
        self.assertEqual(len(commands), 3, banner)
        done = subprocess.run(["bash", "-c", "\n".join(commands)], capture_output=True, text=True, timeout=30)
        self.assertEqual(json.loads(done.stdout), {"devicePhoneNumberVerified": True}, done)

    def test_the_demo_plays_both_sides(self):
        done = self.ctl("demo")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn('"devicePhoneNumberVerified":true', done.stdout)

    def test_hash_prints_the_vector_of_the_specification(self):
        done = self.ctl("hash", "+123456789")
        self.assertEqual(done.stdout.strip(), "b49f9168e8a886ffd61a090b51a26e117717f5f6fa804af49ea67043a2bfa4f0")
        self.assertEqual(self.ctl("hash", "12").returncode, 64)

    def test_secrets_and_keys_are_made(self):
        self.assertRegex(self.ctl("client", "secret").stdout, r"sha256\$[\w-]+\$[\w-]+")
        self.assertEqual(len(base64.b64decode(self.ctl("key", "new", "directory").stdout.split()[-1])), 32)
        self.assertIn("BEGIN PRIVATE KEY", self.ctl("key", "new", "signing").stdout)
        self.assertEqual(self.ctl("key", "new", "bicycle").returncode, 64)

    def test_status_shows_where_the_broker_is(self):
        shown = self.np.status()
        self.assertTrue(shown["ready"])
        self.assertRegex(shown["kafka"]["brokers"][0], r"^127\.0\.0\.1:\d+|^localhost:\d+")
        self.assertIn("ready", self.ctl("status").stdout)

    def test_the_admin_listener_answers_on_its_own_port(self):
        for path in ("/livez", "/readyz", "/startupz", "/metrics", "/openapi/v0.yaml", "/openapi/v2.yaml"):
            self.assertEqual(call(self.np.admin, "GET", path).status, 200, path)
        self.assertEqual(call(self.np.port, "GET", "/metrics").status, 404)
        metrics = call(self.np.admin, "GET", "/metrics").body.decode()
        self.assertRegex(metrics, r"(?m)^numproof_audit_accepted_total \d")

    def test_nothing_secret_is_in_the_log(self):
        self.np.verify(self.np.sign_in(PHONE_1), NUMBER_1)
        self.assertNotIn("34600000001,", self.np.output().split("devicePhone")[0].replace("+34600000001", "", 2))


class Starting(EndToEnd):
    def run_daemon(self, *words):
        return subprocess.run([BIN / "numproofd", *words], capture_output=True, text=True, timeout=30)

    def test_usage_and_version(self):
        self.assertEqual(self.run_daemon("--help").returncode, 0)
        self.assertRegex(self.run_daemon("--version").stdout, r"numproofd \d+\.\d+\.\d+")
        self.assertEqual(self.run_daemon("--bicycle").returncode, 64)

    def test_all_mistakes_are_told_at_once_with_place_and_hint(self):
        with folder() as temporary:
            path = f"{temporary}/bad.yaml"
            with open(path, "w") as file:
                file.write("node: {nam: x}\nauth:\n  issuer: 7up\n  tokens: {ttl: 400s}\n")
            done = self.run_daemon("--check-config", "--config", path)
            self.assertEqual(done.returncode, 78)
            self.assertRegex(done.stderr, re.escape(path) + r":1:8: .*nam.*\(did you mean \"name\"\?\)")
            self.assertRegex(done.stderr, re.escape(path) + r":4:17: .*300")

    def test_a_wrong_set_names_itself(self):
        done = self.run_daemon("--sandbox", "--check-config", "--set", "http.workrs=2")
        self.assertEqual(done.returncode, 78)
        self.assertIn("--set http.workrs", done.stderr)
        self.assertIn('did you mean "workers"', done.stderr)
        for words in ("http.workers", "=2"):
            self.assertEqual(self.run_daemon("--sandbox", "--check-config", "--set", words).returncode, 64, words)

    def test_what_a_start_would_refuse_the_check_refuses(self):
        for name, value, words in (("kafka.properties", "{foo.bar: x}", "kafka property 'foo.bar'"),
                                   ("directory.key_file", "/nowhere/d", "directory.key_file: /nowhere/d: No such"),
                                   ("auth.signing_keys_dir", "/nowhere/s", "auth.signing_keys_dir: /nowhere/s")):
            done = self.run_daemon("--sandbox", "--check-config", "--set", f"{name}={value}")
            self.assertEqual((done.returncode, words in done.stderr), (78, True), done)

    def test_a_port_in_use_is_said_plainly(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, folder() as temporary:
            port = taken.getsockname()[1]
            done = self.run_daemon("--sandbox", "--set", f'http.listen=[{{address: "127.0.0.1:{port}"}}]',
                                   "--set", f"http.admin_socket={temporary}/a.sock")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(str(port), done.stderr)


class Stopping(EndToEnd):
    def test_sigterm_answers_what_is_in_flight_and_ends_with_zero(self):
        with folder() as temporary:
            np = Daemon(temporary)
            with socket.create_connection(("127.0.0.1", np.port)) as idle:
                self.assertEqual(np.stop(), 0, np.output())
                self.assertEqual(idle.recv(1), b"")


if __name__ == "__main__":
    unittest.main(verbosity=2)
