// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "daemon/api/error_profiles.h"

namespace numproof {
namespace {

constexpr std::string_view kTooMany =
    "The application has made too many calls and has exceeded the rate limit for this service.";

constexpr std::array<OrangeError, 33> kErrors{{
    {400, 20, "Invalid URL parameter value", "A value in the path is not acceptable."},
    {400, 21, "Missing body", "The request needs a body, but none was provided."},
    {400, 22, "Invalid body", "The body is not well-formed and can not be parsed."},
    {400, 23, "Missing body field", "A required field of the body is absent."},
    {400, 24, "Invalid body field", "A field of the body is not acceptable."},
    {400, 25, "Missing header", "A required header is absent."},
    {400, 26, "Invalid header value", "The value of a header is not acceptable."},
    {400, 27, "Missing query-string parameter", "A query-string parameter is missing."},
    {400,
     28,
     "Invalid query-string parameter value",
     "One or more query-string parameters contain invalid values."},
    {401,
     40,
     "Missing credentials",
     "The requested service needs credentials, but none were provided."},
    {401,
     41,
     "Invalid credentials",
     "The requested service needs credentials, but the ones provided were invalid."},
    {401,
     42,
     "Expired credentials",
     "The requested service needs credentials, and the ones provided were out-of-date."},
    {403,
     50,
     "Access denied",
     "The application that makes the request is not authorized to access this endpoint."},
    {403, 51, "Forbidden requester", "The application that makes the request is blocked."},
    {403, 52, "Forbidden user", "The request is made on behalf of a blocked user."},
    {403, 53, "Too many requests", kTooMany},
    {404, 60, "Resource not found", "The requested URI or the requested resource does not exist."},
    {405,
     61,
     "Method not allowed",
     "The URI does not support the requested method. The available methods should be set in the "
     "response header 'Allow'"},
    {406,
     62,
     "Not acceptable",
     "The Accept incoming header does not match any available content-type."},
    {408, 63, "Request time-out", "The server timed out waiting for the incoming request."},
    {409,
     69,
     "Conflict",
     "The request could not be completed due to a conflict with the current state of the "
     "resource."},
    {411,
     64,
     "Length required",
     "The request did not specify a Content-Length header, which is required by the requested "
     "resource."},
    {412,
     65,
     "Precondition failed",
     "One of the precondition request headers (aka. 'If-None-Match', 'If-Match', "
     "'If-Modified-Since', and 'If-Unmodified-Since') failed to match."},
    {413,
     66,
     "Request entity too large",
     "The body of the request/response (PATCH, POST and PUT methods) is larger than the server is "
     "willing or able to process."},
    {414, 67, "Request-URI too long", "The URI provided was too long for the server to process."},
    {415,
     68,
     "Unsupported Media Type",
     "The format of the posted body is not supported by the endpoint."},
    {429, 53, "Too many requests", kTooMany},
    {500,
     1,
     "Internal error",
     "Generic failure message, used if no more precise code can be provided."},
    {502, 1, "Internal error", "A runtime execution error occurs (RaiseFault)."},
    {502, 3, "Bad gateway", "A server that this service depends on can not be reached."},
    {503,
     5,
     "The service is temporarily unavailable",
     "The service is unavailable for a moment; try again later."},
    {503,
     6,
     "Orange API is over capacity, retry later !",
     "The service faces too much requests and can not handle the call."},
    {504,
     6,
     "Gateway timeout",
     "No response was received in time from a backend server acting as gateway or proxy."},
}};

}  // namespace

std::span<const OrangeError> orange_errors() noexcept {
    return kErrors;
}

}  // namespace numproof
