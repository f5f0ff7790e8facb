# SPDX-License-Identifier: Apache-2.0
"""Certificates, users and a token endpoint for brokers that ask who one is."""

import base64
import http.server
import json
import pathlib
import ssl
import subprocess
import threading
import time
import urllib.parse

USER, PASSWORD = "np", "correct-horse"
CLIENT, CLIENT_SECRET = "np-client", "battery-staple"
PRINCIPAL = "numproof-node"


def openssl(*words, text=None):
    done = subprocess.run(["openssl", *map(str, words)], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


class Authority:
    """Issues certificates for loopback into a folder: NAME.pem, NAME.key."""

    def __init__(self, folder, name="ca"):
        self.folder, self.name = pathlib.Path(folder), name
        self.file = self.folder / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30, "-subj", f"/CN={name}",
                "-keyout", self.folder / f"{name}.key", "-out", self.file)
        (self.folder / f"{name}.key").chmod(0o600)

    def issue(self, name, days=30, host="127.0.0.1"):
        """The files of a new certificate and its key; `days` may lie in the past."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName=IP:{host}\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.folder / f"{self.name}.key",
                "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate)
        key.chmod(0o600)
        return certificate, key

    def keystore(self, name, **how):
        """A keystore in PEM, as Kafka reads it: key and certificate in one file."""
        certificate, key = self.issue(name, **how)
        store = self.folder / f"{name}.keystore.pem"
        store.write_text(key.read_text() + certificate.read_text())
        return store


def unsecured_jws(seconds):
    """A token that Kafka's validator for tests takes: RFC 7515, `alg: none`."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    now = int(time.time())
    return f"{part({'alg': 'none'})}.{part({'sub': PRINCIPAL, 'iat': now, 'exp': now + seconds})}."


class TokenEndpoint:
    """RFC 6749 section 4.4 over TLS; notes each answer. While `broken`, it answers 503."""

    def __init__(self, certificate, key, seconds):
        self.answers, self.broken, self.seconds = [], False, seconds
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                endpoint.answer(self, form)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}/token"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def answer(self, handler, form):
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        good = handler.headers["Authorization"] == expected and form.get("grant_type") == ["client_credentials"]
        status = 503 if self.broken else 200 if good else 401
        body = {200: {"access_token": unsecured_jws(self.seconds), "token_type": "Bearer", "expires_in": self.seconds,
                      "scope": form.get("scope", [""])[0]},
                401: {"error": "invalid_client"}, 503: {}}[status]
        self.answers.append((status, form))
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(json.dumps(body).encode())

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


LISTENERS = {"TLS": "SSL", "MUTUAL": "SSL", "EXPIRED": "SSL", "OTHERNAME": "SSL",
             "SASLTLS": "SASL_SSL", "SASLPLAIN": "SASL_PLAINTEXT"}


def listener_settings(authority):
    """The lines of a broker's file for LISTENERS."""
    stores = {"TLS": authority.keystore("broker"), "EXPIRED": authority.keystore("expired", days=-1),
              "OTHERNAME": authority.keystore("othername", host="127.0.0.2")}
    stores["MUTUAL"] = stores["SASLTLS"] = stores["TLS"]
    lines = []
    for name, store in stores.items():
        prefix = f"listener.name.{name.lower()}."
        lines += [f"{prefix}ssl.keystore.type=PEM", f"{prefix}ssl.keystore.location={store}"]
    lines += ["listener.name.mutual.ssl.client.auth=required", "listener.name.mutual.ssl.truststore.type=PEM",
              f"listener.name.mutual.ssl.truststore.location={authority.file}"]
    module = "org.apache.kafka.common.security"
    jaas = {"plain": f'{module}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            "scram-sha-256": f"{module}.scram.ScramLoginModule required;",
            "scram-sha-512": f"{module}.scram.ScramLoginModule required;",
            "oauthbearer": f'{module}.oauthbearer.OAuthBearerLoginModule required '
                           'unsecuredLoginStringClaim_sub="broker";'}
    for name in ("sasltls", "saslplain"):
        lines.append(f"listener.name.{name}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER")
        lines += [f"listener.name.{name}.{mechanism}.sasl.jaas.config={words}" for mechanism, words in jaas.items()]
        # A session ends with its token, so a token that is not renewed in time is noticed.
        lines.append(f"listener.name.{name}.oauthbearer.connections.max.reauth.ms=3600000")
    return lines


SCRAM_USERS = [f"{mechanism}=[name={USER},password={PASSWORD}]" for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")]
