# SPDX-License-Identifier: Apache-2.0
"""Good answers pass, and every forged one is reported by the name of the rule that it breaks."""

import base64
import http.server
import json
import pathlib
import sys
import threading
import time
import unittest

from contracts import Answer, Face, Mount, Request, check, face_of, violations
from error_bodies import ORANGE
from openapi import document

PLAIN = {"Content-Type": "application/json", "Cache-Control": "no-store"}
SENT = {"Authorization": "Bearer abc", "Content-Type": "application/json", "x-correlator": "c-1"}
QUESTION = '{"phoneNumber":"+34600000001"}'
BASIC = 'Basic realm="numproof"'


def api(version="v2", operation="verify", method=None, headers=None, body=QUESTION):
    method = method or ("POST" if operation == "verify" else "GET")
    body = body if operation == "verify" else None
    return Request(method, f"/number-verification/{version}/{operation}", SENT if headers is None else headers, body)


def answer(status, body, **headers):
    """`None` takes a header away; underscores stand for hyphens."""
    fields = {**PLAIN, "x-correlator": "c-1"}
    for name, value in headers.items():
        fields[name.replace("_", "-")] = value
    octets = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(status, {k: v for k, v in fields.items() if v is not None}, octets)


def camara(status, code, message="A text for people.", **headers):
    return answer(status, {"status": status, "code": code, "message": message}, **headers)


def orange(status, code, message=None, description=None, **headers):
    row = next((r for r in ORANGE if r["code"] == code), {"message": "", "description": None})
    return answer(status, {"code": code, "message": message or row["message"],
                           "description": description or row["description"] or "Some more words."}, **headers)


def challenge(error=None):
    return 'Bearer realm="x"' + (f', error="{error}"' if error else "")


def id_token(head=None, **more):
    now = int(time.time())
    parts = [{"alg": "ES256", "kid": "k"} if head is None else head,
             {"iss": "http://a", "sub": "p-1", "aud": "c", "iat": now, "exp": now + 60, **more}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "c2ln"])


def token(**more):
    body = {"access_token": "a.b-c", "token_type": "Bearer", "expires_in": 120, "scope": "openid dpv:A number",
            "id_token": id_token(), **more}
    return answer(200, {k: v for k, v in body.items() if v is not None}, x_correlator=None)


TOKEN = Request("POST", "/oauth2/token", {"Authorization": "Basic eDp5"}, "grant_type=authorization_code")
AUTHORIZE = Request("GET", "/oauth2/authorize?response_type=code&state=s-1")
CALLBACK = "http://127.0.0.1:9999/callback?"
KEYS = Request("GET", "/oauth2/jwks")
METADATA = Request("GET", "/.well-known/openid-configuration")


def redirect(query, **headers):
    return answer(302, "", Location=CALLBACK + query, Content_Type=None, x_correlator=None, **headers)


def oauth_error(status, error, **headers):
    return answer(status, {"error": error, "error_description": "why"}, x_correlator=None, **headers)


class Good(unittest.TestCase):
    def test_answers_of_the_three_contracts(self):
        for version in ("v0", "v1", "v2"):
            self.assertEqual(violations(api(version), answer(200, {"devicePhoneNumberVerified": True})), [])
            self.assertEqual(
                violations(api(version, "device-phone-number"), answer(200, {"devicePhoneNumber": "+34600000001"})), [])

    def test_errors_of_camara(self):
        for status, code, more in (
                (400, "INVALID_ARGUMENT", {}), (404, "NOT_FOUND", {}), (415, "UNSUPPORTED_MEDIA_TYPE", {}),
                (401, "UNAUTHENTICATED", {"WWW_Authenticate": challenge("invalid_token")}),
                (403, "PERMISSION_DENIED", {"WWW_Authenticate": challenge("insufficient_scope")}),
                (429, "TOO_MANY_REQUESTS", {"Retry_After": "1"}), (503, "UNAVAILABLE", {"Retry_After": "1"})):
            request = api() if status != 404 else api(operation="nothing")
            self.assertEqual(violations(request, camara(status, code, **more)), [], status)

    def test_all_pairs_of_orange(self):
        self.assertEqual(len(ORANGE), 33)
        for row in ORANGE:
            status = row["status"]
            more = {}
            if status in (401, 403):
                more["WWW_Authenticate"] = challenge("invalid_token" if status == 401 else "insufficient_scope")
            more.update({"Retry_After": "1"} if status in (429, 503) else {})
            more.update({"Allow": "POST, OPTIONS"} if status == 405 else {})
            path = "nothing" if status == 404 else "verify"
            request = api("v0", path, method="PATCH" if status == 405 else None)
            given = orange(status, row["code"], row["message"], row["description"], **more)
            self.assertEqual(violations(request, given), [], row)

    def test_answers_of_oauth(self):
        metadata = {name: "http://a/" for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")}
        metadata |= {name: [] for name in ("response_types_supported", "subject_types_supported",
                                           "id_token_signing_alg_values_supported")}
        for request, given in ((TOKEN, token()), (TOKEN, oauth_error(400, "invalid_grant")),
                               (TOKEN, oauth_error(401, "invalid_client", WWW_Authenticate=BASIC)),
                               (AUTHORIZE, redirect("code=c&state=s-1&iss=http%3A%2F%2Fa")),
                               (AUTHORIZE, redirect("error=login_required&state=s-1&iss=a")),
                               (AUTHORIZE, oauth_error(400, "invalid_request")),
                               (KEYS, answer(200, {"keys": [{"kty": "EC", "kid": "a"}]}, x_correlator=None)),
                               (METADATA, answer(200, metadata, x_correlator=None))):
            self.assertEqual(violations(request, given), [], given)

    def test_what_is_no_mount_is_not_judged(self):
        self.assertEqual(violations(Request("GET", "/readyz"), Answer(500, {}, b"x")), [])
        self.assertEqual(violations(Request("GET", "/number-verification/v22"), Answer(500, {}, b"x")), [])


class Forged(unittest.TestCase):
    def reported(self, rule, request, given):
        with self.subTest(rule=rule, answer=given.body[:80]):
            broken = violations(request, given)
            self.assertTrue([text for text in broken if text.startswith(rule)], broken)
            with self.assertRaisesRegex(AssertionError, rule):
                check(request, given)

    def test_successes(self):
        right = {"devicePhoneNumberVerified": True}
        for rule, body in (("schema.200", {"devicePhoneNumberVerified": "true"}), ("schema.200", {}),
                           ("undeclared", {**right, "phoneNumber": "+34600000001"}),
                           ("body.object", []), ("body.json", "{"), ("body.json", '{"a":1,"a":2}')):
            self.reported(rule, api(), answer(200, body))
        for number in ("34600000001", "+034600000001", "+34600000001\n", 34600000001):
            self.reported("schema.200", api(operation="device-phone-number"),
                          answer(200, {"devicePhoneNumber": number}))
        self.reported("media-type", api(), answer(200, right, Content_Type="application/json; charset=utf-8"))
        self.reported("no-store", api(), answer(200, right, Cache_Control=None))
        self.reported("status", api(), answer(206, right))

    def test_a_success_that_nobody_earned(self):
        right = answer(200, {"devicePhoneNumberVerified": True})
        for body in ("", "{", "[]", "{}", '{"phoneNumber":"x"}', '{"hashedPhoneNumber":"00"}', '{"phoneNumber":1}',
                     '{"phoneNumber":"+34600000001","phoneNumber":"+34600000001"}',
                     '{"phoneNumber":"+34600000001","more":1}'):
            self.reported("undeserved", api(body=body), right)
        for headers in ({**SENT, "Authorization": "Basic eDp5"}, {**SENT, "Content-Type": "text/plain"},
                        {"Content-Type": "application/json", "x-correlator": "c-1"}, {**SENT, "x-correlator": "a b"}):
            self.reported("undeserved", api(headers=headers), right)

    def test_errors_of_camara(self):
        for rule, given in (
                ("error.code", camara(400, "PERMISSION_DENIED")), ("schema.400", camara(400, "OUT_OF_RANGE")),
                ("error.fields", answer(400, {"status": 400, "code": "INVALID_ARGUMENT"})),
                ("error.fields", answer(400, {"code": 24, "message": "a b", "description": "a b"})),
                ("error.status", answer(400, {"status": 401, "code": "INVALID_ARGUMENT", "message": "some text"})),
                ("error.status", answer(400, {"status": "400", "code": "INVALID_ARGUMENT", "message": "some text"})),
                ("error.message", camara(400, "INVALID_ARGUMENT", "")), ("status", camara(418, "TEAPOT")),
                ("status", camara(501, "NOT_IMPLEMENTED")), ("retry-after", camara(503, "UNAVAILABLE")),
                ("retry-after", camara(429, "TOO_MANY_REQUESTS", Retry_After="soon")),
                ("path", camara(404, "NOT_FOUND")), ("method", camara(405, "METHOD_NOT_ALLOWED", Allow="POST")),
                ("allow", camara(405, "METHOD_NOT_ALLOWED")), ("schema.401", camara(401, "PERMISSION_DENIED"))):
            self.reported(rule, api(), given)
        self.reported("method", api(method="GET"), camara(401, "UNAUTHENTICATED"))
        self.reported("path", api(operation="nothing"), camara(403, "PERMISSION_DENIED"))
        self.reported("body", api(method="HEAD"), camara(405, "METHOD_NOT_ALLOWED", Allow="POST"))

    def test_errors_of_orange(self):
        for rule, given in (
                ("error.pair", orange(400, 40)), ("error.pair", orange(418, 26)), ("error.pair", orange(400, 99)),
                ("error.message", orange(400, 24, "Bad field value")),
                ("error.description", orange(400, 28, description="Something else happened.")),
                ("error.fields", camara(400, "INVALID_ARGUMENT")),
                ("error.pair", answer(400, {"code": "24", "message": "Invalid body field", "description": "a b"}))):
            self.reported(rule, api("v0"), given)

    def test_the_correlator(self):
        right = {"devicePhoneNumberVerified": True}
        self.reported("correlator", api(), answer(200, right, x_correlator=None))
        self.reported("correlator", api(), answer(200, right, x_correlator="other"))
        self.reported("correlator", api(headers={k: v for k, v in SENT.items() if k != "x-correlator"}),
                      answer(200, right))
        bad = api(headers={**SENT, "x-correlator": "a b"})
        self.reported("correlator", bad, camara(400, "INVALID_ARGUMENT", x_correlator="a b"))
        self.reported("correlator", bad, camara(401, "UNAUTHENTICATED", x_correlator=None))

    def test_the_challenge(self):
        for wrong in (None, "Basic", challenge(), challenge("insufficient_scope")):
            self.reported("challenge", api(), camara(401, "UNAUTHENTICATED", WWW_Authenticate=wrong))
            self.reported("challenge", api("v0"), orange(401, 41, WWW_Authenticate=wrong))
        self.reported("challenge", api(headers={"x-correlator": "c-1"}),
                      camara(401, "UNAUTHENTICATED", WWW_Authenticate=challenge("invalid_token")))
        self.reported("challenge", api(), camara(403, "PERMISSION_DENIED", WWW_Authenticate=challenge()))
        self.reported("challenge", api(), camara(400, "INVALID_ARGUMENT", WWW_Authenticate=challenge()))

    def test_tokens(self):
        for rule, given in (
                ("oauth.token.access_token", token(access_token="")), ("oauth.token.type", token(token_type="bearer")),
                ("oauth.token.expires_in", token(expires_in="120")), ("oauth.token.expires_in", token(expires_in=3600)),
                ("oauth.token.scope", token(scope=None)), ("oauth.token.refresh", token(refresh_token="x")),
                ("oauth.token.id_token", token(id_token=None)), ("oauth.token.id_token", token(scope="dpv:A number")),
                ("oauth.token.undeclared", token(msisdn="+34600000001")),
                ("oauth.id_token.head", token(id_token=id_token(head={"alg": "none"}))),
                ("oauth.id_token.claims", token(id_token=id_token(exp=0))),
                ("oauth.id_token.sub", token(id_token=id_token(sub="+34600000001"))),
                ("oauth.id_token.number", token(id_token=id_token(phone_number="+34600000001"))),
                ("oauth.id_token.form", token(id_token="a.b")), ("oauth.token.status", answer(201, {}))):
            self.reported(rule, TOKEN, given)
        self.reported("no-store", TOKEN, answer(200, {}, Cache_Control="max-age=60"))

    def test_errors_of_oauth(self):
        for rule, given in (
                ("oauth.error.fields", answer(400, {"code": "INVALID_ARGUMENT"})),
                ("oauth.error.code", oauth_error(400, "login_required")),
                ("oauth.error.text", answer(400, {"error": "invalid_grant", "error_description": 'say "no"'})),
                ("oauth.client", oauth_error(400, "invalid_client")),
                ("oauth.client", oauth_error(401, "invalid_grant")),
                ("oauth.unavailable", oauth_error(503, "invalid_request")), ("oauth.status", oauth_error(500, "x")),
                ("oauth.challenge", oauth_error(401, "invalid_client")),
                ("oauth.challenge", oauth_error(400, "invalid_grant", WWW_Authenticate=BASIC)),
                ("allow", oauth_error(405, "invalid_request")), ("correlator", answer(400, {"error": "x"}))):
            self.reported(rule, TOKEN, given)

    def test_redirects(self):
        for rule, query in (("oauth.redirect.outcome", "state=s-1&iss=a"),
                            ("oauth.redirect.outcome", "state=s-1&iss=a&code=c&error=access_denied"),
                            ("oauth.redirect.error", "state=s-1&iss=a&error=off_network"),
                            ("oauth.redirect.iss", "state=s-1&code=c"), ("oauth.redirect.state", "iss=a&code=c"),
                            ("oauth.redirect.state", "iss=a&code=c&state=other"),
                            ("oauth.redirect.secret", "iss=a&code=c&state=s-1&access_token=t"),
                            ("oauth.redirect.secret", "iss=a&code=c&state=s-1&who=%2B34600000001"),
                            ("oauth.redirect.repeated", "iss=a&code=c&code=d&state=s-1"),
                            ("oauth.redirect.location", "iss=a&code=c&state=s-1#x")):
            self.reported(rule, AUTHORIZE, redirect(query))
        self.reported("oauth.authorize.status", AUTHORIZE, answer(200, {}))

    def test_documents_of_oauth(self):
        for key in ({"kty": "EC"}, {"kty": "EC", "kid": "a", "d": "x"}):
            self.reported("oauth.jwks", KEYS, answer(200, {"keys": [key]}, x_correlator=None))
        self.reported("oauth.jwks", KEYS, answer(200, {"keys": []}, x_correlator=None))
        self.reported("oauth.metadata", METADATA, answer(200, {"issuer": "x"}, x_correlator=None))


class Faces(unittest.TestCase):
    def test_mounts_and_aliases_of_a_configuration_are_judged_too(self):
        face = face_of({"http.mounts": [{"prefix": "/a", "contract": "v0", "errors": "camara"},
                                        {"prefix": "/a/b", "contract": "v2", "errors": "camara"}],
                        "auth.paths.token": ["/t"]})
        self.assertEqual(face.mount_of("/a/b/verify").contract, "v2")
        self.assertEqual(face.mount_of("/a/verify"), Mount("/a", "v0", "camara"))
        self.assertIsNone(face.mount_of("/number-verification/v2/verify"))
        self.assertTrue(violations(Request("POST", "/t"), Answer(200, PLAIN, b"{}"), face))
        self.assertEqual(Face().mount_of("/number-verification/v1/verify").contract, "v1")

    def test_the_documents_know_their_operations(self):
        for version in ("v0", "v1", "v2"):
            self.assertEqual(document(version).called("phoneNumberVerify"), ("POST", "/verify"))
            self.assertEqual(document(version).paths_of("GET"), ["/device-phone-number"])
            with self.assertRaises(LookupError):
                document(version).schema("#/components/schemas/Nothing")


class Liar(http.server.BaseHTTPRequestHandler):
    """Says 200 to everything."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class Hook(unittest.TestCase):
    def test_the_call_of_the_end_to_end_tests_notices_a_bad_answer(self):
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
        import harness
        with http.server.HTTPServer(("127.0.0.1", 0), Liar) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                port = server.server_address[1]
                self.assertEqual(harness.call(port, "POST", "/elsewhere", body="{}").status, 200)
                for path, rule in (("/number-verification/v2/verify", "schema.200"), ("/oauth2/token", "no-store")):
                    with self.assertRaisesRegex(AssertionError, rule):
                        harness.call(port, "POST", path, body="{}")
            finally:
                server.shutdown()
                thread.join()


if __name__ == "__main__":
    unittest.main()
