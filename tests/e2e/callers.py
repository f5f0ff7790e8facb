# SPDX-License-Identifier: Apache-2.0
"""A device and its service provider, who sign in and verify all the time: none of their requests may be lost."""

import base64
import http.client
import json
import threading
import urllib.parse

from harness import CALLBACK, PURPOSE, SHARE, VERIFY
from operator_home import CLIENT


class Caller(threading.Thread):
    """Until it is told to stop, or something goes wrong. On one kept connection, which nobody else may close; or, with
    `moves`, on a new one whenever an answer says that the connection ends; or, `fresh`, on a new one each time."""

    def __init__(self, port, secret, device, number, *, moves=False, fresh=False):
        super().__init__()
        self.port, self.device, self.number, self.moves, self.fresh = port, device, number, moves, fresh
        self.stopped, self.done, self.wrong, self.told_to_go = threading.Event(), 0, [], 0
        self.connection = None
        self.basic = base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()

    def ask(self, method, path, body=None, **headers):
        self.connection = self.connection or http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(self.device, 0))
        self.connection.request(method, path, body, {"Host": f"localhost:{self.port}", **headers})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.will_close and not (self.moves or self.fresh):
            self.wrong.append(f"{path}: the connection is closed")
        if answer.will_close or self.fresh:
            self.told_to_go += answer.will_close
            self.connection.close()
            self.connection = None
        return answer, content

    def once(self):
        query = urllib.parse.urlencode({"response_type": "code", "client_id": CLIENT, "redirect_uri": CALLBACK,
                                        "scope": f"openid {PURPOSE} {VERIFY} {SHARE}", "state": "s"})
        answer, content = self.ask("GET", f"/oauth2/authorize?{query}")
        assert answer.status == 302, (answer.status, content)
        location = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.getheader("Location")).query))
        assert "code" in location, location
        form = urllib.parse.urlencode({"grant_type": "authorization_code", "code": location["code"],
                                       "redirect_uri": CALLBACK})
        answer, content = self.ask("POST", "/oauth2/token", form, Authorization=f"Basic {self.basic}",
                                   **{"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 200, (answer.status, content)
        token = json.loads(content)["access_token"]
        answer, content = self.ask("POST", "/number-verification/v2/verify", json.dumps({"phoneNumber": self.number}),
                                   Authorization=f"Bearer {token}", **{"Content-Type": "application/json"})
        assert json.loads(content) == {"devicePhoneNumberVerified": True}, (answer.status, content)

    def run(self):
        while not self.stopped.is_set() and not self.wrong:
            try:
                self.once()
                self.done += 1
            except Exception as error:  # Whatever it is, a request was lost.
                self.wrong.append(repr(error))
        if self.connection:
            self.connection.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.join()
