# SPDX-License-Identifier: Apache-2.0
"""Where CAMARA's files contradict CAMARA's own API document, and what is run instead.

The files stay as they were released. A scenario with an erratum is counted apart, and an erratum that
fits nothing fails the run.
"""

import dataclasses

BACKGROUND = "Background"
PHONE = "#/components/schemas/NumberVerificationRequestBody/properties/phoneNumber"
HASHED = "#/components/schemas/NumberVerificationRequestBody/properties/hashedPhoneNumber"


@dataclasses.dataclass(frozen=True)
class Erratum:
    release: str
    feature: str  # The file's name begins so.
    where: str  # The scenario's tag, or BACKGROUND.
    was: str  # The step as it stands.
    now: tuple  # The step, or steps, in its place.
    why: str


ERRATA = (
    Erratum("v1.1.0", "number-verification-device", BACKGROUND,
            "the response body is compliant with the schema NumberVerificationMatchResponse",
            ("the response body is compliant with the schema NumberVerificationShareResponse",),
            "copied from the other file: its own success scenario asks for NumberVerificationShareResponse"),
    Erratum("v1.1.0", "number-verification-verify", "NumberVerification_phone_number_verify205_must_have_used_"
            "network_authentication",
            'the HTTPS "GET" request is sent', ('the HTTPS "POST" request is sent',),
            "/verify has no GET in the document of the same release; a GET is 405"),
    Erratum("v2.1.0", "number-verification-phoneNumberVerify",
            "phone_number_verify_400.3_invalid_request_non_existing_property",
            'the request body does not contain neither "$.phoneNumber" nor "$.hashedPhoneNumber"',
            ('the request body contains neither "$.phoneNumber" nor "$.hashedPhoneNumber"',
             'the request "phoneNumberVerify" is sent'),
            "no step sends the request, and the negation is double; CAMARA put both right later (pull request 255)"),
    Erratum("v2.1.0", "number-verification-phoneNumberVerify",
            "phone_number_verify_400.4_both_phone_number_and_hashed_in_request",
            'the same phone number is compliant with OAS schema at "#/components/schemas/PhoneNumber"',
            (f'the same phone number is compliant with OAS schema at "{PHONE}"',),
            "the document has no such schema (pull request 255)"),
    Erratum("v2.1.0", "number-verification-phoneNumberVerify",
            "phone_number_verify_400.4_both_phone_number_and_hashed_in_request",
            'the request body property "$.hashedPhoneNumber" is set to a valid phone number compliant with OAS schema '
            'at "#/components/schemas/HashedPhoneNumber"',
            (f'the request body property "$.hashedPhoneNumber" is set to a valid phone number compliant with OAS '
             f'schema at "{HASHED}"',),
            "the document has no such schema (pull request 255)"),
    Erratum("v2.1.0", "number-verification-phoneNumberVerify",
            "phone_number_verify_C02.01_phone_number_not_schema_compliant",
            'the request body property "$.phoneNumber" does not comply with the OAS schema at '
            '"#/components/schemas/PhoneNumber"',
            (f'the request body property "$.phoneNumber" does not comply with the OAS schema at "{PHONE}"',),
            "the document has no such schema (pull request 255)"),
)


def fitting(release, feature, where):
    """The errata for the background, or for the scenario with one of the tags `where`."""
    return [e for e in ERRATA if e.release == release and feature.startswith(e.feature) and e.where in where]
