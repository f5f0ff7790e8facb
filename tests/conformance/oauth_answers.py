# SPDX-License-Identifier: Apache-2.0
"""The answers of the OAuth endpoints: RFC 6749, 6750, 7009, 9207, OpenID Connect, CAMARA's security profile."""

import base64
import json
import re
import urllib.parse

from messages import allow_problems, media_problems, object_of, retry_problems, store_problems

DEFAULT_PATHS = (
    ("/oauth2/authorize", "authorize"),
    ("/oauth2/token", "token"),
    ("/oauth2/revoke", "revoke"),
    ("/oauth2/jwks", "jwks"),
    ("/.well-known/openid-configuration", "metadata"),
    ("/.well-known/oauth-authorization-server", "metadata"),
)
METHODS = {"authorize": {"GET", "POST"}, "token": {"POST"}, "revoke": {"POST"}, "jwks": {"GET"}, "metadata": {"GET"}}
# What may befall a request below OAuth.
TRANSPORT = {405, 408, 411, 413, 414, 415, 417, 421, 429, 431, 503, 505}
DIRECT_ERRORS = {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "invalid_scope",
                 "unsupported_grant_type", "unsupported_token_type", "temporarily_unavailable"}
REDIRECT_ERRORS = {"invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type",
                   "invalid_scope", "server_error", "temporarily_unavailable", "login_required",
                   "interaction_required", "consent_required", "invalid_request_object", "request_not_supported",
                   "request_uri_not_supported"}
# RFC 6749 appendix A.7 and A.8: printable, without quotation mark and backslash.
ERROR_TEXT = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")
BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
NUMBER = re.compile(r"\+[1-9][0-9]{4,14}")
TTL_MAX = 300


def problems(endpoint, request, answer):
    """Every rule that the answer of `endpoint` breaks."""
    if request.method == "OPTIONS" and answer.status == 204:
        return
    if answer.status != 302:
        yield from media_problems(answer)
    yield from retry_problems(answer)
    yield from store_problems(answer)
    yield from allow_problems(request, answer, METHODS[endpoint])
    if answer.status >= 400:
        yield from error_problems(endpoint, request, answer)
    else:
        yield from {"authorize": redirect_problems, "token": token_problems, "revoke": revoked_problems,
                    "jwks": keys_problems, "metadata": metadata_problems}[endpoint](request, answer)


def error_problems(endpoint, request, answer):
    if answer.status not in TRANSPORT | {400, 401}:
        yield f"oauth.status: {answer.status}"
    if request.method == "HEAD":
        return
    body, broken = object_of(answer)
    yield from broken
    if body is None:
        return
    if "error" not in body or not set(body) <= {"error", "error_description", "error_uri"}:
        yield f"oauth.error.fields: {sorted(body)}"
        return
    if body["error"] not in DIRECT_ERRORS | ({"unsupported_response_type"} if endpoint == "authorize" else set()):
        yield f"oauth.error.code: {body['error']!r}"
    for name, text in body.items():
        if not isinstance(text, str) or not ERROR_TEXT.fullmatch(text):
            yield f"oauth.error.text: {name} is {text!r}"
    if (answer.status == 401) != (body["error"] == "invalid_client"):
        yield f"oauth.client: {body['error']!r} with status {answer.status}"
    if (answer.status == 503) != (body["error"] == "temporarily_unavailable"):
        yield f"oauth.unavailable: {body['error']!r} with status {answer.status}"
    yield from challenge_problems(request, answer)


def challenge_problems(request, answer):
    """RFC 6749 section 5.2: a challenge goes to a client that came with `Authorization`."""
    challenge = answer.field("WWW-Authenticate")
    wanted = answer.status == 401 and request.field("Authorization") is not None
    if wanted and not (challenge or "").startswith("Basic"):
        yield f"oauth.challenge: a client that came with Authorization was told {challenge!r}"
    if not wanted and challenge:
        yield f"oauth.challenge: {challenge!r} for nobody"


def redirect_problems(request, answer):
    if answer.status != 302:
        yield f"oauth.authorize.status: {answer.status}"
        return
    where = urllib.parse.urlsplit(answer.field("Location") or "")
    told = urllib.parse.parse_qs(where.query, keep_blank_values=True)
    if not where.scheme or where.fragment:
        yield f"oauth.redirect.location: {answer.field('Location')!r}"
    if ("code" in told) == ("error" in told):
        yield "oauth.redirect.outcome: either a code or an error"
    if "error" in told and told["error"][0] not in REDIRECT_ERRORS:
        yield f"oauth.redirect.error: {told['error'][0]!r}"
    if "iss" not in told:
        yield "oauth.redirect.iss: the issuer is missing (RFC 9207)"
    if {"access_token", "id_token"} & set(told) or NUMBER.search(urllib.parse.unquote(where.query)):
        yield "oauth.redirect.secret: a token or a number in a URL"
    repeated = [name for name, values in told.items() if len(values) != 1]
    if repeated:
        yield f"oauth.redirect.repeated: {repeated}"
    asked = urllib.parse.parse_qs(
        request.octets().decode() if request.method == "POST" else urllib.parse.urlsplit(request.target).query)
    if asked.get("state", [])[:1] != told.get("state", []) and "request" not in asked:
        yield f"oauth.redirect.state: {told.get('state')} came back for {asked.get('state')}"


def token_problems(request, answer):
    body, broken = object_of(answer)
    yield from broken
    if answer.status != 200 or body is None:
        yield from [f"oauth.token.status: {answer.status}"] if answer.status != 200 else []
        return
    if not isinstance(body.get("access_token"), str) or not BEARER.fullmatch(body["access_token"]):
        yield "oauth.token.access_token: not of the form that a bearer token has"
    if body.get("token_type") != "Bearer":
        yield f"oauth.token.type: {body.get('token_type')!r}"
    if type(body.get("expires_in")) is not int or not 1 <= body["expires_in"] <= TTL_MAX:
        yield f"oauth.token.expires_in: {body.get('expires_in')!r}"
    scopes = body.get("scope").split() if isinstance(body.get("scope"), str) else []
    if not scopes:
        yield f"oauth.token.scope: {body.get('scope')!r}"
    if "refresh_token" in body:
        yield "oauth.token.refresh: a number must be proved anew each time"
    if ("id_token" in body) != ("openid" in scopes):
        yield "oauth.token.id_token: there if and only if openid was granted"
    undeclared = set(body) - {"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token"}
    if undeclared:
        yield f"oauth.token.undeclared: {sorted(undeclared)}"
    if "id_token" in body:
        yield from id_token_problems(body["id_token"])


def id_token_problems(token):
    try:
        head, claims, _ = [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]
        head, claims = json.loads(head), json.loads(claims)
    except ValueError as error:
        yield f"oauth.id_token.form: {error}"
        return
    if head.get("alg") in (None, "none") or not head.get("kid"):
        yield f"oauth.id_token.head: {head}"
    missing = {"iss", "sub", "aud", "exp", "iat"} - set(claims)
    if missing or not claims["iat"] < claims["exp"]:
        yield f"oauth.id_token.claims: {sorted(missing) or 'it ends before it begins'}"
    if re.fullmatch(r"\+?[0-9]{5,15}", str(claims.get("sub"))):
        yield "oauth.id_token.sub: the subject looks like a number"
    if "phone_number" in claims:
        yield "oauth.id_token.number: the number is in the ID token"


def revoked_problems(request, answer):
    if answer.status != 200:
        yield f"oauth.revoke.status: {answer.status}"


def keys_problems(request, answer):
    if request.method == "HEAD":
        return
    body, broken = object_of(answer)
    yield from broken
    for key in (body or {}).get("keys") or [{}]:
        if not {"kty", "kid"} <= set(key) or {"d", "p", "q", "k"} & set(key):
            yield f"oauth.jwks: a key with the members {sorted(key)}"


def metadata_problems(request, answer):
    if request.method == "HEAD":
        return
    body, broken = object_of(answer)
    yield from broken
    for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not str((body or {}).get(name)).startswith(("http://", "https://")):
            yield f"oauth.metadata: {name} is {(body or {}).get(name)!r}"
    for name in ("response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"):
        if not isinstance((body or {}).get(name), list):
            yield f"oauth.metadata: {name} is missing"
