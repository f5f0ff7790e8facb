// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/radius_attributes.h"

#include <algorithm>
#include <array>
#include <functional>

#include "daemon/sessions/record_json.h"

namespace numproof::decoding {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kAttributesMax = 1024;
constexpr std::string_view kVendors = "Vendor-Specific";
constexpr std::string_view kThreeGpp = "3GPP";
constexpr std::string_view kExtended = "Extended-Attribute-";
constexpr std::array<std::string_view, 2> kPortGroups{"IP-Port-Range", "IP-Port-Forwarding-Map"};
constexpr std::array<std::string_view, 2> kFlatPrefixes{"IP-Port-Range-", "IP-Port-Map-"};

constexpr std::array<std::string_view, 5> kMembers{
    "Ext-IPv4-Addr", "Ext-Port", "Alloc", "Range-Start", "Range-End"};

using Visit = std::function<Result<void>(std::string_view, const dom::element&)>;

// {name: …} or [{"name": name, "value": …}].
Result<void> for_each(const dom::element& container, const Visit& visit) {
    if (dom::object object; container.get(object) == simdjson::SUCCESS) {
        for (const auto field : object) {
            if (auto seen = visit(field.key, field.value); !seen) {
                return seen;
            }
        }
        return {};
    }
    dom::array array;
    if (container.get(array) != simdjson::SUCCESS) {
        return poison("bad_attribute");
    }
    for (const auto item : array) {
        std::string_view name;
        dom::element value;
        if (item["name"].get(name) != simdjson::SUCCESS ||
            item["value"].get(value) != simdjson::SUCCESS) {
            return poison("bad_attribute");
        }
        if (auto seen = visit(name, value); !seen) {
            return seen;
        }
    }
    return {};
}

// {"type": …, "value": v} means v.
dom::element unwrapped(const dom::element& element) {
    dom::element value;
    return element.is_object() && element["value"].get(value) == simdjson::SUCCESS ? value
                                                                                   : element;
}

std::string plain_member(std::string_view name) {
    for (const std::string_view prefix : {"IP-Port-Range-", "IP-Port-Map-", "IP-Port-"}) {
        if (name.starts_with(prefix)) {
            name.remove_prefix(prefix.size());
            break;
        }
    }
    for (const std::string_view bound : {"Start", "End"}) {
        if (name == bound) {
            return "Range-" + std::string{bound};
        }
    }
    return std::string{name};
}

bool is_list_of_groups(const dom::element& element) {
    dom::array array;
    if (element.get(array) != simdjson::SUCCESS || array.size() == 0) {
        return false;
    }
    dom::element first;
    const bool named = array.at(0)["name"].get(first) == simdjson::SUCCESS;
    return !named;
}

}  // namespace

Result<RadiusAttributes> RadiusAttributes::read(const dom::element& root) {
    RadiusAttributes attributes;
    auto gathered = attributes.gather("", root);
    if (!gathered) {
        return pass_on(gathered);
    }
    return attributes;
}

Result<void> RadiusAttributes::gather(std::string_view prefix, const dom::element& container) {
    return for_each(container, [&](std::string_view name, const dom::element& element) {
        return add(std::string{prefix} + std::string{name}, unwrapped(element));
    });
}

Result<void> RadiusAttributes::add(std::string name, dom::element element) {
    if (name == kVendors) {
        return add_vendors(element);
    }
    if (name.starts_with(kExtended)) {
        return gather("", element);
    }
    if (std::ranges::find(kPortGroups, name) != kPortGroups.end()) {
        return add_groups(element);
    }
    dom::array array;
    if (element.get(array) != simdjson::SUCCESS) {
        return add_value(name, element);
    }
    for (const auto item : array) {
        if (auto added = add_value(name, item); !added) {
            return added;
        }
    }
    return {};
}

Result<void> RadiusAttributes::add_value(const std::string& name, const dom::element& element) {
    if (values_.size() >= kAttributesMax) {
        return poison("too_many_attributes");
    }
    if (!element.is_null()) {
        values_.push_back({.name = name, .element = element});
    }
    return {};
}

// Other vendors' attributes say nothing that we know. FreeRADIUS 3 may write the raw octets.
Result<void> RadiusAttributes::add_vendors(const dom::element& container) {
    if (!container.is_object() && !container.is_array()) {
        return {};
    }
    if (is_list_of_groups(container)) {
        return {};
    }
    return for_each(container, [&](std::string_view name, const dom::element& element) {
        return name == kThreeGpp ? gather("3GPP-", unwrapped(element)) : Result<void>{};
    });
}

Result<void> RadiusAttributes::add_groups(const dom::element& element) {
    dom::array list;
    if (!is_list_of_groups(element) || element.get(list) != simdjson::SUCCESS) {
        return add_group(element);
    }
    for (const auto item : list) {
        if (auto added = add_group(unwrapped(item)); !added) {
            return added;
        }
    }
    return {};
}

Result<void> RadiusAttributes::add_group(const dom::element& container) {
    if (groups_.size() >= kAttributesMax) {
        return poison("too_many_attributes");
    }
    Group group;
    auto read = for_each(
        container,
        [&](std::string_view name, const dom::element& element) -> Result<void> {
            auto value = unwrapped(element);
            dom::array several;
            if (value.get(several) == simdjson::SUCCESS) {
                if (several.size() != 1) {
                    return poison("bad_ports");
                }
                value = several.at(0).value_unsafe();
            }
            if (!group.emplace(plain_member(name), value).second) {
                return poison("bad_ports");
            }
            return {};
        }
    );
    if (!read) {
        return poison("bad_ports");
    }
    groups_.push_back(std::move(group));
    return {};
}

std::vector<dom::element> RadiusAttributes::all(std::string_view name) const {
    std::vector<dom::element> found;
    for (const auto& value : values_) {
        if (value.name == name) {
            found.push_back(value.element);
        }
    }
    return found;
}

Result<std::vector<std::string>> RadiusAttributes::texts(
    std::string_view name, std::string_view reason
) const {
    std::vector<std::string> texts;
    for (const auto& element : all(name)) {
        if (std::string_view text; element.get(text) == simdjson::SUCCESS && is_name(text)) {
            texts.emplace_back(text);
        } else if (const auto number = whole_number(element)) {
            texts.push_back(std::to_string(*number));
        } else {
            return poison(reason);
        }
    }
    return texts;
}

Result<std::optional<std::string>> RadiusAttributes::text(
    std::string_view name, std::string_view reason
) const {
    auto all_texts = texts(name, reason);
    if (!all_texts || all_texts->size() > 1) {
        return poison(reason);
    }
    return all_texts->empty() ? std::nullopt : std::optional{std::move(all_texts->front())};
}

Result<std::optional<std::int64_t>> RadiusAttributes::number(
    std::string_view name, std::string_view reason
) const {
    const auto values = all(name);
    if (values.empty()) {
        return std::nullopt;
    }
    const auto number = values.size() == 1 ? whole_number(values.front()) : std::nullopt;
    if (!number || *number < 0) {
        return poison(reason);
    }
    return number;
}

Result<std::vector<RadiusAttributes::Group>> RadiusAttributes::port_groups() const {
    auto groups = groups_;
    for (const auto prefix : kFlatPrefixes) {
        auto flat = flat_groups(prefix);
        if (!flat) {
            return pass_on(flat);
        }
        groups.insert(groups.end(), flat->begin(), flat->end());
    }
    return groups;
}

// FreeRADIUS 3 writes the members of all TLVs of a kind side by side: the first of each belong
// together, and so on. If there is not the same number of each, nobody can tell which do.
Result<std::vector<RadiusAttributes::Group>> RadiusAttributes::flat_groups(std::string_view prefix
) const {
    std::map<std::string, std::vector<dom::element>> columns;
    for (const auto& value : values_) {
        const auto member = value.name.starts_with(prefix) ? plain_member(value.name) : "";
        if (std::ranges::find(kMembers, member) != kMembers.end()) {
            columns[member].push_back(value.element);
        }
    }
    std::vector<Group> groups;
    for (const auto& [member, column] : columns) {
        groups.resize(groups.empty() ? column.size() : groups.size());
        if (column.size() != groups.size()) {
            return poison("bad_ports");
        }
        for (std::size_t i = 0; i < column.size(); ++i) {
            groups[i].emplace(member, column[i]);
        }
    }
    return groups;
}

}  // namespace numproof::decoding
