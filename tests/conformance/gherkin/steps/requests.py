# SPDX-License-Identifier: Apache-2.0
"""Steps that describe the request: where it goes, its headers, its token, its body."""

import uuid

import harness
from visit import NO_BODY
from wording import ASSET, asset, phone, whole

NOT_A_NUMBER = "+0123-not-a-number"
HASHED = r", hashed in SHA-256 \(in hexadecimal representation\)"


@whole(r'the resource "(?P<base>[^"]+)"\s+as\s+base url')
def base_url(context, base):
    context.visit.change("base", base)


@whole("they use the base url")
def with_base_url(context):
    assert context.visit.base, "no step named a base URL"


@whole(r'the resource is "(?P<resource>[^"]+)"')
def resource_is(context, resource):
    context.visit.change("resource", resource)


@whole(r'the HTTPS? "(?P<method>[A-Z]+)" request is sent')
def sent_by_method(context, method):
    context.visit.send_later(method)


@whole(r'the request "(?P<operation>\w+)" is sent')
def sent_by_operation(context, operation):
    context.visit.send_later(*context.visit.document.called(operation))


@whole(rf"the connection the request is sent over originates from a device with (?P<name>{ASSET})")
def connection(context, name):
    context.visit.want_token(phone=phone(name))
    context.visit.change("source", phone(name).device)


# Headers --------------------------------------------------------------------------------------

@whole(r'the header "(?P<name>[\w-]+)" is set to "(?P<value>[^"]*)"')
def header_is(context, name, value):
    context.visit.set_header(name, value)


@whole(r'the header "(?P<name>[\w-]+)" is set to a UUID value')
def header_is_uuid(context, name):
    context.visit.set_header(name, str(uuid.uuid4()))


@whole(r'the header "x-correlator" complies with the schema at "(?P<schema>[^"]+)"')
def correlator_complies(context, schema):
    value = f"{uuid.uuid4()}_:;./<>{{}}"
    wrong = context.visit.document.problems(context.visit.document.schema(schema), value)
    assert not wrong, wrong
    context.visit.set_header("x-correlator", value)


@whole(r'the header "Authorization" is removed')
def no_authorization(context):
    context.visit.change("authorized", False)


# Tokens ---------------------------------------------------------------------------------------

@whole(r'the header "Authorization" is set to an? (?P<kind>valid|expired|invalid) access token')
def token_of_kind(context, kind):
    context.visit.want_token(kind=kind)


@whole(r"the access token has expired")
def token_expired(context):
    context.visit.want_token(kind="expired")


@whole(r'the header "Authorization" is set to an access token without the required scope')
def token_without_scope(context):
    context.visit.want_token()
    context.visit.change("without_required_scope", True)


@whole(r'the header "Authorization" is set to a token for which neither Network-based nor SIM-based authentication '
       r'was used')
@whole(r"the information, e\.g\. authentication method reference, associated with the access token indicates that "
       r"network authentication was NOT used")
def token_of_another_method(context):
    context.visit.want_token(kind="of another method")


@whole(r'the header "Authorization" is set to a valid access token which does not identify a single phone number')
def token_without_number(context):
    context.visit.want_token(kind="without a number")


@whole(rf"they acquired a valid access token associated with (?P<name>{ASSET}) through OIDC authorization code flow")
def token_of_phone(context, name):
    context.visit.want_token(kind="valid", phone=phone(name))


@whole(r"one of the scopes associated with the access token is (?P<scope>\S+)")
def token_with_scope(context, scope):
    assert scope in (harness.VERIFY, harness.SHARE), scope
    context.visit.want_token(scopes=context.visit.token.scopes | {scope})


@whole(r"none of the scopes associated with the access token is (?P<scope>\S+)")
def token_lacks_scope(context, scope):
    assert scope in (harness.VERIFY, harness.SHARE), scope
    context.visit.want_token(scopes=context.visit.token.scopes - {scope})


@whole(r"a valid (?:testing )?phone ?[Nn]umber supported by the service, identified by the token")
@whole(r"the token has been obtained by a supported authentication method")
def token_is_good(context):
    context.visit.want_token(kind="valid")


# Bodies ---------------------------------------------------------------------------------------

@whole(r"the request body is compliant with the schema NumberVerificationRequestBody")
@whole(r"the request body is set by default to a request body compliant with the schema")
@whole(r"the request body is set to a valid request body")
@whole(r"a valid phone number identified by the token and provided in the request body")
def default_body(context):
    context.visit.default_body()


@whole(r"the request body is not included")
def no_body(context):
    context.visit.replace_body(NO_BODY)


@whole(r'the request body is set to "\{\}"')
def empty_body(context):
    context.visit.replace_body({})


@whole(rf"the request body has the field (?P<field>\w+) with a value of (?P<name>{ASSET})")
def field_of_asset(context, field, name):
    context.visit.set_field(field, asset(name))


@whole(r"the request body has NO the field (?P<first>\w+) or (?P<second>\w+)")
@whole(r'the request body contains neither "\$\.(?P<first>\w+)" nor "\$\.(?P<second>\w+)"')
def without_fields(context, first, second):
    context.visit.remove_fields(first, second)


@whole(r'the request body property "\$\.(?P<field>\w+)" is set to: (?P<value>.+)')
@whole(r'the request body property "\$\.(?P<field>\w+)" is set to "(?P<value>[^"]*)"')
def field_is(context, field, value):
    context.visit.set_field(field, value)


@whole(r'the request body property "\$\.phoneNumber" is set to a valid phone number')
@whole(r'the body property "\$\.phoneNumber" is set to the phone number identified by the access token')
def own_number(context):
    context.visit.set_field("phoneNumber", context.visit.token.phone.number)


@whole(r'the body property "\$\.phoneNumber" is set to a valid phone number different from the one identified by the '
       r'access token')
def other_number(context):
    context.visit.set_field("phoneNumber", other_phone(context).number)


@whole(r'the body property "\$\.hashedPhoneNumber" is set to the phone number identified by the access token' + HASHED)
def own_digest(context):
    context.visit.set_field("hashedPhoneNumber", context.visit.token.phone.digest())


@whole(r'the body property "\$\.hashedPhoneNumber" is set to a valid phone number different from the one identified '
       r'by the access token' + HASHED)
def other_digest(context):
    context.visit.set_field("hashedPhoneNumber", other_phone(context).digest())


def other_phone(context):
    other = phone("NUMBERVERIFY_SHARE_PHONENUMBER2")
    assert other != context.visit.token.phone
    return other


@whole(r'the same phone number is compliant with OAS schema at "(?P<schema>[^"]+)"')
def number_complies(context, schema):
    must_comply(context, schema, context.visit.body["phoneNumber"])


@whole(r'the request body property "\$\.hashedPhoneNumber" is set to a valid phone number compliant with OAS schema '
       r'at "(?P<schema>[^"]+)"')
def digest_complies(context, schema):
    own_digest(context)
    must_comply(context, schema, context.visit.body["hashedPhoneNumber"])


@whole(r'the request body property "\$\.phoneNumber" does not comply with the OAS schema at "(?P<schema>[^"]+)"')
def number_does_not_comply(context, schema):
    document = context.visit.document
    assert document.problems(document.schema(schema), NOT_A_NUMBER), f"{NOT_A_NUMBER} complies"
    context.visit.set_field("phoneNumber", NOT_A_NUMBER)


def must_comply(context, schema, value):
    document = context.visit.document
    wrong = document.problems(document.schema(schema), value)
    assert not wrong, wrong


@whole(rf"(?P<name>{ASSET}) is compliant with the schema (?P<schema>\w+)")
def asset_complies(context, name, schema):
    must_comply(context, schema, asset(name))


@whole(rf"(?P<name>{ASSET}) is different to (?P<other>{ASSET})")
def assets_differ(context, name, other):
    assert asset(name) != asset(other)
