# SPDX-License-Identifier: Apache-2.0
"""Steps that look at the answer."""

from error_bodies import friendly
from wording import ASSET, asset, literal, whole


def same(found, wanted):
    """Equal, and of one type: true is not 1."""
    assert type(found) is type(wanted) and found == wanted, f"{found!r} instead of {wanted!r}"


@whole(r"the response body is compliant with the schema (?P<schema>\w+)")
def success_complies(context, schema):
    """Said before the request: it holds for every success of the scenario."""
    context.visit.document.schema(schema)
    context.visit.change("success_schema", schema)


@whole(r'the response status code is "?(?P<status>\d+)"?')
def status_is(context, status):
    assert context.visit.answer.status == int(status), context.visit.answer


@whole(r'the response header "(?P<name>[\w-]+)" is "(?P<value>[^"]*)"')
def header_is(context, name, value):
    same(context.visit.answer.field(name), value)


@whole(r'the response header "(?P<name>[\w-]+)" has same value as the request header "(?P<other>[\w-]+)"')
def header_comes_back(context, name, other):
    same(context.visit.answer.field(name), context.visit.headers[other.lower()])


@whole(r'the response body complies with the OAS schema at "(?P<schema>[^"]+)"')
def body_complies(context, schema):
    assert context.visit.answer.body, context.visit.answer
    context.visit.check_body(schema)


@whole(r'the response property "(?P<path>\$\.[\w.]+)" (?:is|==) (?P<value>"[^"]*"|\d+|true|false)')
def property_is(context, path, value):
    same(context.visit.property(path), literal(value))


@whole(rf'the response property "(?P<path>\$\.[\w.]+)" is set to (?P<name>{ASSET})')
def property_is_asset(context, path, name):
    same(context.visit.property(path), asset(name))


@whole(r'the response property "(?P<path>\$\.[\w.]+)" is equal to the phone number associated with the access token')
def property_is_own_number(context, path):
    same(context.visit.property(path), context.visit.token.phone.number)


@whole(r'the response property "(?P<path>\$\.[\w.]+)" contains a user friendly text')
def property_is_friendly(context, path):
    assert friendly(context.visit.property(path)), context.visit.property(path)
