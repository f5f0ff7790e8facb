// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/http_client.h"

#include <algorithm>
#include <cctype>
#include <memory>

#include <curl/curl.h>

namespace numproof {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 20U;

struct EasyFreer {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};

struct ListFreer {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

using EasyPtr = std::unique_ptr<CURL, EasyFreer>;
using ListPtr = std::unique_ptr<curl_slist, ListFreer>;

std::size_t take_body(char* octets, std::size_t size, std::size_t count, void* into) {
    auto& body = static_cast<ClientResponse*>(into)->body;
    if (body.size() + size * count > kAnswerBytesMax) {
        return 0;  // Makes curl fail the transfer.
    }
    body.append(octets, size * count);
    return size * count;
}

std::size_t take_field(char* octets, std::size_t size, std::size_t count, void* into) {
    const std::string_view line{octets, size * count};
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        const auto value_from = line.find_first_not_of(" \t", colon + 1);
        const auto value_to = line.find_last_not_of("\r\n \t");
        const auto value = value_from == std::string_view::npos || value_from > value_to
                               ? std::string_view{}
                               : line.substr(value_from, value_to - value_from + 1);
        static_cast<ClientResponse*>(into)->fields.emplace_back(line.substr(0, colon), value);
    }
    return size * count;
}

ListPtr fields_of(const ClientRequest& request) {
    curl_slist* list = nullptr;
    for (const auto& [name, value] : request.fields) {
        list = curl_slist_append(list, (name + ": " + value).c_str());
    }
    return ListPtr{list};
}

void set_target(CURL* easy, const ClientRequest& request) {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (!request.unix_socket.empty()) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!request.ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
    }
    if (!request.source.empty()) {
        curl_easy_setopt(easy, CURLOPT_INTERFACE, request.source.c_str());
    }
    // A POST tells its length even when it is nothing: our own gate wants it (411).
    if (!request.body.empty() || request.method == "POST") {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    }
}

}  // namespace

std::string ClientResponse::field(std::string_view name) const {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    };
    const auto found = std::ranges::find_if(fields, [&](const auto& field) {
        return std::ranges::equal(field.first, name, same);
    });
    return found == fields.end() ? std::string{} : found->second;
}

Result<ClientResponse> send_request(const ClientRequest& request) {
    const EasyPtr easy{curl_easy_init()};
    if (!easy) {
        return fail(ErrorCode::io_failure, "curl cannot be initialised");
    }
    ClientResponse response;
    const auto fields = fields_of(request);
    set_target(easy.get(), request);
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, fields.get());
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(request.deadline.count()));
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &response);
    curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, take_field);
    curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &response);
    const auto code = curl_easy_perform(easy.get());
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return fail(ErrorCode::deadline_exceeded, "no answer from " + request.url);
    }
    if (code != CURLE_OK) {
        return fail(ErrorCode::io_failure, std::string{curl_easy_strerror(code)});
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return response;
}

}  // namespace numproof
