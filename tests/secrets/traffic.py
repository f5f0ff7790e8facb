# SPDX-License-Identifier: Apache-2.0
"""What devices, service providers and attackers send: marked values wherever they can stand."""

import base64
import hashlib
import http.client
import json
import socket
import subprocess
import urllib.parse

import marks
from harness import BIN, CALLBACK, PURPOSE, SHARE, VERIFY, call, redirect_of, wait_for
from world import pkce, signed_assertion

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
API = "/number-verification/v2"


def basic(client, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


class Traffic:
    """The body of every answer that refuses is kept: none may repeat what was sent."""

    def __init__(self, world, daemon):
        self.world, self.np = world, daemon
        self.errors = world.home / "refusals"
        self.asked = 0

    def refused(self, body):
        with open(self.errors, "ab") as file:
            file.write(body + b"\n")

    def call(self, method, path, headers=None, body=None, source=None):
        answer = call(self.np.port, method, path, headers, body, source)
        self.asked += 1
        if answer.status >= 400:
            self.refused(answer.body)
        return answer

    # Signing in --------------------------------------------------------------------------------

    def code(self, phone, client="shop", name="a code", **more):
        query = {"response_type": "code", "client_id": client, "redirect_uri": CALLBACK,
                 "scope": f"openid {PURPOSE} {VERIFY} {SHARE}", "state": self.world.marked_text("state", "parameter"),
                 "nonce": self.world.marked_text("nonce", "parameter"), **more}
        answer = self.call("GET", "/oauth2/authorize?" + urllib.parse.urlencode(query), source=phone.address)
        code = redirect_of(answer).get("code")
        if code:
            self.world.add(marks.token(name, "code", code))
        return code

    def exchange(self, form, headers=None, name="a token"):
        answer = self.call("POST", "/oauth2/token", {**FORM, **(headers or {})}, urllib.parse.urlencode(form))
        if answer.status == 200:
            given = answer.json()
            self.world.add(marks.token(name, "token", given["access_token"]))
            if "id_token" in given:
                self.world.add(marks.text(f"the ID token beside {name}", "id_token", given["id_token"].split(".")[2]))
            answer.token = given["access_token"]
        return answer

    def assertion(self, jti=None):
        jti = jti or self.world.marked_text("the jti of an assertion", "parameter")
        made = signed_assertion(self.world.client_key, "bank", self.np.settings["auth.issuer"], jti)
        self.world.add(marks.text("an assertion's signature", "secret", made.rsplit(".", 1)[1]))
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": made}

    def proof(self, client):
        """(form fields, headers) with which a client shows who it is."""
        if client == "bank":
            return self.assertion(), {}
        if client == "post":
            return {"client_id": "shop", "client_secret": self.world.secrets["shop"]}, {}
        return {}, basic(client, self.world.secrets[client])

    def token(self, phone, client="shop", name="a token"):
        code = self.code(phone, "shop" if client == "post" else client, f"the code of {name}")
        assert code, name
        fields, headers = self.proof(client)
        answer = self.exchange({"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **fields},
                               headers, name)
        assert answer.status == 200, (name, answer.status)
        return answer.token

    def redeem(self, code, name):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.exchange(form, basic("shop", self.world.secrets["shop"]), name)

    def wait_for_phone(self, phone):
        wait_for(lambda: self.code(phone, name="a first code"), 15, "a phone to be known")

    # The two operations --------------------------------------------------------------------------

    def verify(self, token, body, version="v2", **headers):
        fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.call("POST", f"/number-verification/{version}/verify", fields, body)

    def answers(self, phone):
        """Every kind of answer, under every contract, for every way of showing who a client is."""
        world, number = self.world, phone.number
        digest = lambda text: hashlib.sha256(text.encode()).hexdigest()
        other = world.number("a number that is asked for")
        for client in ("shop", "post", "legacy", "bank"):
            for version in ("v0", "v1", "v2"):
                for body, truth in (({"phoneNumber": number}, True), ({"phoneNumber": other}, False),
                                    ({"hashedPhoneNumber": digest(number)}, True),
                                    ({"hashedPhoneNumber": digest(other).upper()}, False)):
                    token = self.token(phone, client, f"a token of {client}")
                    answer = self.verify(token, body, version)
                    assert answer.json() == {"devicePhoneNumberVerified": truth}, answer.status
                assert self.verify(token, body, version).status == 401
        token = self.token(phone, "legacy", "a token for a number without plus")
        assert self.verify(token, {"phoneNumber": number[1:]}, "v0").status == 200
        for version in ("v0", "v1", "v2"):
            token = self.token(phone, name="a token that shares")
            answer = self.call("GET", f"/number-verification/{version}/device-phone-number",
                               {"Authorization": f"Bearer {token}"})
            assert answer.json() == {"devicePhoneNumber": number}, answer.status

    def refused_sign_ins(self, phone):
        world = self.world
        wrong = world.marked_text("a wrong secret", "secret")
        form = lambda code, **more: {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **more}
        good = basic("shop", world.secrets["shop"])
        code = self.code(phone, name="a code with a wrong secret")
        for headers in (basic("shop", wrong), basic(wrong, wrong), {"Authorization": f"Basic {wrong}"},
                        {"Authorization": f"Bearer {wrong}"}):
            assert self.exchange(form(code), headers).status == 401
        assert self.exchange(form(code, client_id="shop", client_secret=wrong)).status == 401
        assert self.exchange(form(code, client_id="shop", client_secret=world.secrets["shop"]), good).status == 400
        assert self.exchange(form(code), good).status == 200
        assert self.exchange(form(code), good).status == 400
        verifier, challenge = pkce()
        world.add(marks.text("a PKCE verifier", "secret", verifier))
        for sent in (None, verifier[::-1], verifier):
            code = self.code(phone, name="a code with PKCE", code_challenge=challenge, code_challenge_method="S256")
            more = {"code_verifier": sent} if sent else {}
            assert self.exchange(form(code, **more), good).status == (200 if sent == verifier else 400)
        code = self.code(phone, name="a code of another client")
        assert self.exchange(form(code), basic("legacy", world.secrets["legacy"])).status == 400
        once = self.assertion()
        for expected in (200, 401):
            code = self.code(phone, "bank", "a code with an assertion twice")
            assert self.exchange(form(code, **once)).status == expected
        broken = {**once, "client_assertion": once["client_assertion"][:-4] + "AAAA"}
        assert self.exchange(form(code, **broken)).status == 401
        self.call("POST", "/oauth2/token?" + urllib.parse.urlencode(form(code, client_secret=wrong)), FORM, "")
        self.call("POST", "/oauth2/token", {**FORM, **good}, "code=" + code + "&" + phone.number)

    def refused_authorizations(self, phone):
        world = self.world
        # A state comes back by contract, in a URL: nobody should put a number there, and no '+' is sent here.
        self.call_authorize(phone, state=world.number("authorize's state")[1:])
        for parameter in ("scope", "nonce", "redirect_uri", "client_id", "response_type", "response_mode",
                          "prompt", "login_hint", "code_challenge", "request", "request_uri", "purpose"):
            self.call_authorize(phone, **{parameter: world.number(f"authorize's {parameter}")})
        self.call_authorize(phone, scope=f"openid dpv:{world.number('a purpose')} {VERIFY}")
        self.call_authorize(phone, **{world.number("a parameter's name"): "1"})
        self.call("POST", "/oauth2/authorize", FORM, "client_id=" + world.number("authorize's form"), phone.address)

    def call_authorize(self, phone, **more):
        query = {"response_type": "code", "client_id": "shop", "redirect_uri": CALLBACK,
                 "scope": f"openid {PURPOSE} {VERIFY}", **more}
        answer = self.call("GET", "/oauth2/authorize?" + urllib.parse.urlencode(query), source=phone.address)
        code = redirect_of(answer).get("code") if answer.status == 302 else None
        if code:
            self.world.add(marks.token("a code with odd parameters", "code", code))

    def revocations(self, phone):
        good = basic("shop", self.world.secrets["shop"])
        token = self.token(phone, name="a token that is revoked")
        for value in (token, token, token[:-1], self.world.number("revocation"), self.code(phone)):
            form = {"token": value, "token_type_hint": "access_token"}
            self.call("POST", "/oauth2/revoke", {**FORM, **good}, urllib.parse.urlencode(form))
        assert self.verify(token, {"phoneNumber": phone.number}).status == 401

    def bad_bodies(self, phone):
        world = self.world
        token = self.token(phone, name="a token with bad bodies")
        n = lambda name: world.number(f"a body with {name}")
        bodies = [n("no JSON"), f'{{"phoneNumber":"{n("an open end")}"', json.dumps([n("a list")]),
                  json.dumps({"phoneNumber": "tel:" + n("a URI")}), json.dumps({"phoneNumber": int(n("an integer"))}),
                  json.dumps({n("an unknown field"): 1}), json.dumps({"hashedPhoneNumber": n("a number as its hash")}),
                  '{{"phoneNumber":"{0}","phoneNumber":"{0}"}}'.format(n("a field twice")),
                  json.dumps({"phoneNumber": n("both"), "hashedPhoneNumber": "0" * 64}),
                  json.dumps({"phoneNumber": n("too much")}) + " " * 5000,
                  b"\xff\xfe" + n("another charset").encode("utf-16-le")]
        for body in bodies:
            for version in ("v0", "v2"):
                answer = self.verify(token, body, version)
                assert answer.status in (400, 413), answer.status
        good = {"phoneNumber": phone.number}
        assert self.verify(token, good, **{"Content-Type": "text/" + n("a type")}).status == 415
        assert self.verify(token, good).status == 200

    # Where attackers put them ---------------------------------------------------------------------

    def odd_places(self, phone):
        world = self.world
        token = self.token(phone, name="a token in odd places")
        n = lambda name: world.number(f"the header {name}")
        for name in ("User-Agent", "Referer", "Cookie", "X-Forwarded-For", "Forwarded", "X-MSISDN", "Tracestate",
                     "Baggage", "Accept", "X-Correlator", "Traceparent", "Origin", "From", "If-Match", "Expect"):
            self.verify(token, {"phoneNumber": "+1"}, **{name: n(name)})
        for name in ("User-Agent", "Cookie", "X-Token", "Referer"):
            self.verify("x", {"phoneNumber": "+1"}, **{name: token})
        for path in (f"{API}/{n('path')}", f"/{token}", f"{API}/verify?n={urllib.parse.quote(n('query'))}",
                     f"{API}/verify/{token}", f"{API}/verify?access_token={token}"):
            self.call("POST", path, {"Content-Type": "application/json"}, "{}")
        self.call("POST", f"{API}/verify", {**FORM}, f"access_token={token}")
        self.call("GET", f"{API}/device-phone-number?access_token={token}")

    def bad_credentials(self, phone):
        token = self.token(phone, name="a token in bad credentials")
        flipped = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
        self.world.add(marks.text("a token with one letter changed", "token", flipped))
        for value in (f"Bearer {token} x", f"Bearer{token}", token, f"Basic {token}", f"Bearer {flipped}",
                      f"Bearer {token[:-1]}", f"Bearer {token}{token}", f'Digest username="{phone.number}"',
                      basic(phone.number, token)["Authorization"], f"Bearer {phone.number}"):
            answer = self.call("POST", f"{API}/verify", {"Authorization": value, "Content-Type": "application/json"},
                               json.dumps({"phoneNumber": phone.number}))
            assert answer.status in (400, 401), answer.status

    def bad_http(self, phone):
        """Requests that break the grammar, with a token and a number in them; the gate refuses them all."""
        token = self.token(phone, name="a token in bad HTTP")
        number, host = phone.number, f"Host: localhost:{self.np.port}\r\nConnection: close\r\n"
        bearer = f"Authorization: Bearer {token}\r\n"
        post = f"POST {API}/verify HTTP/1.1\r\n{host}{bearer}"
        for request in (f"GET /{number} HTTP/9.9\r\n{host}{bearer}\r\n", f"{number} / HTTP/1.1\r\n{host}{bearer}\r\n",
                        f"GET / HTTP/1.1\r\n{host}{bearer}X: a\0{number}\r\n\r\n", f"{token}{number}\r\n\r\n",
                        f"GET / HTTP/1.1\r\nHost: {number}@{token}\r\n\r\n",
                        f"GET / HTTP/1.1\r\n{host}{bearer}X: {number * 700}\r\n\r\n",
                        f"GET /{number * 500} HTTP/1.1\r\n{host}{bearer}\r\n",
                        f"{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{number}",
                        f"{post}Transfer-Encoding: chunked\r\n\r\n{number}\r\n",
                        f"GET / HTTP/1.1\r\n{host}{bearer}{number} {token}\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.np.port), timeout=10) as connection:
                connection.sendall(request.encode())
                answer = connection.makefile("rb").read()
            self.asked += 1
            assert answer.split()[1:2] and int(answer.split()[1]) >= 400, request.split(" ", 1)[0][:5]
            self.refused(answer.split(b"\r\n\r\n", 1)[1])

    def correlators(self, phone):
        """What the client itself puts into fields that the audit trail repeats by contract: digits and all."""
        mark, number = marks.number("a correlator")
        other, trace = marks.number("a trace id")
        parent = f"00-{trace[1:]}{'a' * 18}-{'b' * 16}-01"
        token = self.token(phone, name="a token with a correlator")
        fields = {"x-correlator": number[1:], "traceparent": parent}
        answer = self.verify(token, {"phoneNumber": phone.number}, **fields)
        assert (answer.status, answer.headers["x-correlator"]) == (200, number[1:])
        return {mark, other}

    def idle_connections(self, phone, count):
        """Connections that have had their answer and stay open."""
        kept = []
        for _ in range(count):
            token = self.token(phone, name="a token on an idle connection")
            connection = http.client.HTTPConnection("127.0.0.1", self.np.port, timeout=10)
            connection.request("POST", f"{API}/verify", json.dumps({"phoneNumber": phone.number}),
                               {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            assert connection.getresponse().read() == b'{"devicePhoneNumberVerified":true}'
            kept.append(connection)
        return kept

    # Operators --------------------------------------------------------------------------------------

    def operator(self):
        """What an operator's commands say; `hash` is left out where it does what it is for."""
        commands = [("status",), ("feed", "status"), ("client", "list"), ("config", "show"),
                    ("hash", "x" + self.world.number("a number for `hash` that is none"))]
        said = b""
        for words in commands:
            for form in (("--json",), ()):
                done = subprocess.run([BIN / "numproofctl", *form, "--socket", self.np.socket, *words],
                                      capture_output=True, timeout=30, check=False)
                assert (done.returncode == 0) == (words[0] != "hash"), words
                said += done.stdout + done.stderr
        for path in ("/metrics", "/readyz?verbose", "/livez", "/startupz", "/metrics?" + self.world.number("a query")):
            said += call(self.np.admin, "GET", path).body
        said += call(self.np.admin, "GET", "/" + self.world.number("a path of the admin listener")).body
        with open(self.world.home / "operator's screen", "ab") as file:
            file.write(said)
        return said
