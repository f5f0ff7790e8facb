# SPDX-License-Identifier: Apache-2.0
"""One scenario: the request as its steps describe it, sent when the first step looks at the answer.

CAMARA's steps speak of the request even after "When the request is sent", so sending waits until then.
"""

import dataclasses
import json

import harness
from openapi import document
from stand import Token

NO_BODY = object()


class Visit:
    def __init__(self, stand, release, distort):
        self.stand, self.distort = stand, distort
        self.contract = "v" + release[1]
        self.document = document(self.contract)
        self.base = self.resource = self.method = None
        self.headers = {}
        self.token = Token()
        self.authorized = False
        self.without_required_scope = False
        self.source = None
        self.body, self.body_is_default = NO_BODY, False
        self.success_schema = None
        self.sending = False
        self._answer = None

    # The request ------------------------------------------------------------------------------

    def change(self, what, value):
        """Sets a part of the request; after it was sent a step may only say what was so already."""
        was = getattr(self, what)
        assert self._answer is None or was == value, f"{what} was {was} when the request was sent"
        setattr(self, what, value)

    def want_token(self, **more):
        self.change("token", dataclasses.replace(self.token, **more))
        self.change("authorized", True)

    def set_header(self, name, value):
        self.change("headers", {**self.headers, name.lower(): value})

    def default_body(self):
        self.change("body", {"phoneNumber": self.token.phone.number})
        self.change("body_is_default", True)

    def replace_body(self, body):
        self.change("body", body)
        self.change("body_is_default", False)

    def set_field(self, name, value):
        """The first field that a scenario names takes the place of the default body."""
        kept = {} if self.body_is_default or self.body is NO_BODY else self.body
        self.replace_body({**kept, name: value})

    def remove_fields(self, *names):
        kept = {} if self.body_is_default else self.body
        self.replace_body({name: value for name, value in kept.items() if name not in names})

    def send_later(self, method, resource=None):
        self.change("method", method)
        if resource is not None:
            self.change("resource", resource)
        if self.resource is None:
            # A scenario that names no resource means the only one with that method.
            self.resource, = self.document.paths_of(method)
        assert self.operation(), f"{self.contract} has no {method} {self.resource}"
        self.change("sending", True)

    def operation(self):
        return self.document.operation(self.resource, self.method)

    def required_scope(self):
        return self.operation()["security"][0]["openId"][0]

    # The answer -------------------------------------------------------------------------------

    @property
    def sent(self):
        return self._answer is not None

    @property
    def answer(self):
        if self._answer is None:
            assert self.sending, "no step has sent the request"
            self._answer = self.distort(self.send())
            self.check_success()
        return self._answer

    def send(self):
        if self.without_required_scope:
            self.token = dataclasses.replace(self.token, scopes=self.token.scopes - {self.required_scope()})
        headers = dict(self.headers)
        if self.authorized:
            headers["authorization"] = f"Bearer {self.stand.bearer(self.token)}"
        if self.body_is_default:
            wrong = self.document.problems(self.document.schema("NumberVerificationRequestBody"), self.body)
            assert not wrong, wrong
        body = None if self.body is NO_BODY else json.dumps(self.body)
        port = self.stand.daemon_for(self.token).port
        return harness.call(port, self.method, self.base + self.resource, headers, body, self.source)

    def check_success(self):
        if self.success_schema and self._answer.status == 200:
            self.check_body(self.success_schema)

    def check_body(self, schema):
        wrong = self.document.problems(self.document.schema(schema), self._answer.json())
        assert not wrong, f"the body does not comply with {schema}: {wrong}"

    def property(self, path):
        """What stands at `$.name` or `$.name.name` of the answer."""
        found = self.answer.json()
        for name in path.removeprefix("$.").split("."):
            assert isinstance(found, dict) and name in found, f"{path} is not in {self.answer}"
            found = found[name]
        return found
