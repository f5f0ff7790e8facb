# SPDX-License-Identifier: Apache-2.0
"""Clients under load: they sign in, verify and ask for numbers, some twice at once, and write all of it down."""

import base64
import collections
import concurrent.futures
import http.client
import itertools
import json
import random
import threading
import time
import urllib.parse

from harness import CALLBACK, PURPOSE, SHARE, VERIFY
from history import Call

# What a client waits at most; the daemon answers or closes long before.
PATIENCE = 8.0
# What is presented twice goes to both nodes at the same moment.
TWICE = 0.15
KEPT_MAX = 400


class Connections:
    """A service provider's kept connection to each node; one set per thread."""

    def __init__(self):
        self.open = {}

    def request(self, port, method, path, headers, body):
        connection = self.open.pop(port, None) or http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers=headers)
            reply = connection.getresponse()
            content = reply.read()
        except BaseException:
            connection.close()
            raise
        self.open[port] = connection
        return reply, content


def once(port, method, path, headers, source):
    """A phone's request, from its own address."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(source, 0))
    try:
        connection.request(method, path, headers=headers)
        reply = connection.getresponse()
        return reply, reply.read()
    finally:
        connection.close()


def parsed(content):
    try:
        return json.loads(content) if content else None
    except ValueError:
        return {"unreadable": content[:200].decode(errors="replace")}


class Client:
    """The service provider `shop` and its customers' phones."""

    def __init__(self, history, nodes, secret):
        self.history, self.nodes = history, nodes
        self.basic = base64.b64encode(f"shop:{secret}".encode()).decode()
        self.counter = itertools.count(1)
        self.local = threading.local()

    def connections(self):
        if not hasattr(self.local, "connections"):
            self.local.connections = Connections()
        return self.local.connections

    def perform(self, call, send):
        """Sends, and records how it went whatever happens."""
        call.start = time.time()
        try:
            reply, content = send()
            call.status = reply.status
            call.body = {"location": reply.headers["Location"]} if reply.status == 302 else parsed(content)
        except (OSError, http.client.HTTPException) as error:
            call.error = type(error).__name__
        call.end = time.time()
        return self.history.add(call)

    def call(self, kind, node, **about):
        return Call(kind=kind, node=node.name, correlator=f"fire-{next(self.counter)}", **about)

    def authorize(self, node, device):
        call = self.call("authorize", node, device=device)
        query = {"response_type": "code", "client_id": "shop", "redirect_uri": CALLBACK, "state": "s",
                 "scope": f"openid {PURPOSE} {VERIFY} {SHARE}"}
        path = "/oauth2/authorize?" + urllib.parse.urlencode(query)
        fields = {"Host": f"127.0.0.1:{node.port}", "x-correlator": call.correlator}
        self.perform(call, lambda: once(node.port, "GET", path, fields, device))
        if call.status == 302:
            parts = dict(urllib.parse.parse_qsl(call.body["location"].split("?", 1)[1]))
            call.code, call.body = parts.get("code"), parts
        return call

    def token(self, node, code):
        call = self.call("token", node, code=code)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        fields = {"Authorization": f"Basic {self.basic}", "Content-Type": "application/x-www-form-urlencoded",
                  "x-correlator": call.correlator}
        self.perform(call, lambda: self.connections().request(
            node.port, "POST", "/oauth2/token", fields, urllib.parse.urlencode(form)))
        if call.status == 200:
            call.token = call.body["access_token"]
        return call

    def verify(self, node, token, number):
        call = self.call("verify", node, token=token, asked=number)
        fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/json",
                  "x-correlator": call.correlator}
        body = json.dumps({"phoneNumber": number})
        return self.perform(call, lambda: self.connections().request(
            node.port, "POST", "/number-verification/v2/verify", fields, body))

    def share(self, node, token):
        call = self.call("share", node, token=token)
        fields = {"Authorization": f"Bearer {token}", "x-correlator": call.correlator}
        return self.perform(call, lambda: self.connections().request(
            node.port, "GET", "/number-verification/v2/device-phone-number", fields, None))


class Load:
    """Threads that go on until they are stopped."""

    def __init__(self, client, network, seed, threads=5):
        self.client, self.network = client, network
        self.stopping = threading.Event()
        self.kept = collections.deque(maxlen=KEPT_MAX)  # tokens to present once more, later
        self.pool = concurrent.futures.ThreadPoolExecutor(threads)
        self.threads = [threading.Thread(target=self.run, args=(random.Random(f"{seed}-{i}"),))
                        for i in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        self.pool.shutdown()

    def run(self, dice):
        while not self.stopping.is_set():
            if not self.visit(dice):
                # Refused or not reached: a client that is polite waits a little.
                self.stopping.wait(0.03)

    def visit(self, dice):
        """One customer, from the sign-in to an answer. False when it came to nothing."""
        phone = dice.choice(self.network.phones)
        signed_in = self.client.authorize(dice.choice(self.client.nodes), phone.ipv4)
        if not signed_in.code:
            self.ask_with_an_old_one(dice)
            return False
        token = self.redeem(dice, signed_in.code)
        if token is None:
            return False
        self.kept.append(token)
        if dice.random() < 0.1:
            return True  # never presented now; perhaps later
        ask = self.question(dice, phone)
        if dice.random() < TWICE:
            return any([call.status == 200 for call in self.on_both(lambda node: ask(node, token))])
        return ask(dice.choice(self.client.nodes), token).status == 200

    def ask_with_an_old_one(self, dice):
        """Who is not signed in now may still have a token from before."""
        if self.kept and dice.random() < 0.2:
            self.client.share(dice.choice(self.client.nodes), dice.choice(list(self.kept)))

    def redeem(self, dice, code):
        if dice.random() < TWICE / 3:
            gained = [call.token for call in self.on_both(lambda node: self.client.token(node, code))]
            return next((token for token in gained if token), None)
        return self.client.token(dice.choice(self.client.nodes), code).token

    def on_both(self, do):
        return [one.result() for one in [self.pool.submit(do, node) for node in self.client.nodes]]

    def question(self, dice, phone):
        kind = dice.random()
        if kind < 0.25:
            return self.client.share
        number = phone.msisdn or phone.numbers[0]
        if kind < 0.5:
            number = dice.choice([p for p in self.network.phones if p is not phone]).numbers[0]
        return lambda node, token: self.client.verify(node, token, number)

    def present_again(self, most=150):
        """Tokens that were used, and some that were not, on whichever node."""
        dice, kept = random.Random(most), list(self.kept)
        for token in dice.sample(kept, min(most, len(kept))):
            self.client.share(dice.choice(self.client.nodes), token)
