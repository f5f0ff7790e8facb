// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "daemon/base/result.h"

namespace numproof::decoding {

/// The attributes of one RADIUS packet, in whichever shape FreeRADIUS wrote them (rlm_json
/// `output_mode` object, object_simple and array; versions 3 and 4): by name, several values of
/// one name in their order. Attributes of 3GPP begin with `3GPP-`, also where they stood in
/// `Vendor-Specific`. Refers to the parsed record.
class RadiusAttributes {
public:
    /// One TLV attribute: what it holds, by name.
    using Group = std::map<std::string, simdjson::dom::element, std::less<>>;

    /// bad_attribute, too_many_attributes; array_of_names and array_of_values are bad_attribute.
    [[nodiscard]] static Result<RadiusAttributes> read(const simdjson::dom::element& root);

    /// Every value of `name`.
    [[nodiscard]] std::vector<simdjson::dom::element> all(std::string_view name) const;

    /// Every value of `name` as text; what is neither text nor whole number is `reason`.
    [[nodiscard]] Result<std::vector<std::string>> texts(
        std::string_view name, std::string_view reason
    ) const;

    /// The only value of `name`, if there is one; several are `reason`.
    [[nodiscard]] Result<std::optional<std::string>> text(
        std::string_view name, std::string_view reason
    ) const;

    /// Likewise, a whole number of 0 or more.
    [[nodiscard]] Result<std::optional<std::int64_t>> number(
        std::string_view name, std::string_view reason
    ) const;

    /// The TLV attributes `IP-Port-Range` (241.6) and `IP-Port-Forwarding-Map` (241.7) of RFC 8045,
    /// also where they were flattened; members without `IP-Port-Range-` and such. bad_ports.
    [[nodiscard]] Result<std::vector<Group>> port_groups() const;

private:
    struct Value {
        std::string name;
        simdjson::dom::element element;
    };

    Result<void> gather(std::string_view prefix, const simdjson::dom::element& container);
    Result<void> add(std::string name, simdjson::dom::element element);
    Result<void> add_value(const std::string& name, const simdjson::dom::element& element);
    Result<void> add_vendors(const simdjson::dom::element& container);
    Result<void> add_groups(const simdjson::dom::element& element);
    Result<void> add_group(const simdjson::dom::element& container);
    [[nodiscard]] Result<std::vector<Group>> flat_groups(std::string_view prefix) const;

    std::vector<Value> values_;
    std::vector<Group> groups_;
};

}  // namespace numproof::decoding
