# SPDX-License-Identifier: Apache-2.0
"""The two forms of an error of the API: CAMARA's, and the numeric one of Orange."""

import json
import pathlib
import re

# What CAMARA's documents leave out has the codes of its Commonalities, or plain words where those have none.
CAMARA_CODES = {
    400: {"INVALID_ARGUMENT"},
    401: {"UNAUTHENTICATED"},
    403: {"PERMISSION_DENIED", "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK"},
    404: {"NOT_FOUND"},
    405: {"METHOD_NOT_ALLOWED"},
    408: {"REQUEST_TIMEOUT"},
    411: {"LENGTH_REQUIRED"},
    413: {"PAYLOAD_TOO_LARGE"},
    414: {"URI_TOO_LONG"},
    415: {"UNSUPPORTED_MEDIA_TYPE"},
    417: {"EXPECTATION_FAILED"},
    421: {"MISDIRECTED_REQUEST"},
    429: {"TOO_MANY_REQUESTS"},
    431: {"REQUEST_HEADER_FIELDS_TOO_LARGE"},
    500: {"INTERNAL"},
    503: {"UNAVAILABLE"},
    504: {"TIMEOUT"},
    505: {"HTTP_VERSION_NOT_SUPPORTED"},
}

# The operator's page: 33 pairs of status and code, with their texts.
ORANGE = json.loads((pathlib.Path(__file__).parent / "orange-errors.json").read_text())
# Statuses that the page does not know keep their number and say "invalid header value".
ORANGE_OTHER = {(417, 26), (421, 26), (431, 26), (505, 26)}
MESSAGE_MAX = 512


def friendly(message):
    """A text that is meant for people: words, not a code."""
    return isinstance(message, str) and re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", message) is not None


def camara_problems(body, status):
    """`body` is CAMARA's ErrorInfo for `status`, with a code that goes with it."""
    if set(body) != {"status", "code", "message"}:
        yield f"error.fields: {sorted(body)} instead of status, code and message"
        return
    if type(body["status"]) is not int or body["status"] != status:
        yield f"error.status: {body['status']!r} in the body of a {status}"
    codes = CAMARA_CODES.get(status, set())
    if body["code"] not in codes:
        yield f"error.code: {body['code']!r} with status {status}, where there may be {sorted(codes)}"
    if not friendly(body["message"]) or len(body["message"]) > MESSAGE_MAX:
        yield f"error.message: {body['message']!r} is no text for people"


def orange_problems(body, status):
    """`body` is one of the rows of Orange's page, word for word."""
    if set(body) != {"code", "message", "description"}:
        yield f"error.fields: {sorted(body)} instead of code, message and description"
        return
    code = body["code"]
    rows = [row for row in ORANGE if row["code"] == code]
    exact = [row for row in rows if row["status"] == status]
    if type(code) is not int or not (exact or (status, code) in ORANGE_OTHER):
        yield f"error.pair: status {status} with code {code!r} is not on Orange's page"
        return
    if body["message"] not in [row["message"] for row in exact or rows]:
        yield f"error.message: {body['message']!r} is not what Orange's page says to ({status}, {code})"
    told = [row["description"] for row in exact or rows if row["description"]]
    if (told and body["description"] not in told) or not friendly(body["description"]):
        yield f"error.description: {body['description']!r} is not what Orange's page says to ({status}, {code})"
