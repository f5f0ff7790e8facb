// SPDX-License-Identifier: Apache-2.0
#include "adapters/yaml/yaml_reader.h"

#include <istream>
#include <streambuf>
#include <utility>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "adapters/yaml/node_builder.h"

namespace numproof {
namespace {

/// Lets yaml-cpp read a view without a copy.
class ViewBuffer final : public std::streambuf {
public:
    explicit ViewBuffer(std::string_view text) {
        // A streambuf wants mutable characters and never writes to a get area.
        auto* begin = const_cast<char*>(text.data());
        setg(begin, begin, begin + text.size());
    }
};

tl::unexpected<Mistakes> unusable(ConfigMark at, std::string message) {
    return tl::unexpected<Mistakes>(Mistakes{{std::move(at), std::move(message), {}}});
}

/// yaml-cpp's words, without what it may have taken from the text behind a colon.
std::string reason_of(const YAML::Exception& error) {
    return "not YAML: " + error.msg.substr(0, error.msg.find(':'));
}

}  // namespace

Checked<ConfigNode> read_yaml(std::string_view text, const std::string& source) {
    NodeBuilder builder{source};
    ViewBuffer buffer{text};
    std::istream stream{&buffer};
    try {
        YAML::Parser parser{stream};
        parser.HandleNextDocument(builder);
        NodeBuilder second{source};
        if (parser.HandleNextDocument(second)) {
            return unusable(second.take().mark, "only one document may be in a file");
        }
    } catch (const YAML::Exception& error) {
        return unusable(builder.at(error.mark), reason_of(error));
    } catch (const UnusableYaml& error) {
        return unusable(error.mark(), error.what());
    }
    auto document = builder.take();
    document.mark.source = source;
    return document;
}

}  // namespace numproof
