// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/completion.h"

#include <set>
#include <vector>

namespace numproof::ctl {
namespace {

struct Choice {
    std::string word;
    std::string about;
};

/// What may stand in one place.
struct Place {
    std::string path;  ///< The command's words, each with a blank before it; empty: no command yet.
    std::vector<Choice> choices;
    bool files = false;
};

/// All that a completion has to know of a program.
struct Grammar {
    std::vector<Place> places;
    std::vector<Place> values;     ///< Of an option: its path ends with the option.
    std::set<std::string> steps;   ///< Paths of commands.
    std::set<std::string> takers;  ///< Options that have a value.
};

/// CLI11 keeps the words of a set in the name of the type: `TEXT:{signing,directory,audit}`.
void add_values(const CLI::Option& option, Place& place) {
    const auto type = option.get_type_name();
    place.files = place.files || type == "FILE";
    const auto begin = type.find('{');
    if (begin == std::string::npos) {
        return;
    }
    std::string word;
    for (const char c : type.substr(begin + 1, type.find('}') - begin - 1) + ",") {
        if (c != ',') {
            word += c;
        } else {
            place.choices.push_back({.word = std::exchange(word, {}), .about = {}});
        }
    }
}

void add_options(const CLI::App& app, Place& place, Grammar& grammar) {
    for (const auto* const option : app.get_options()) {
        if (option->get_positional()) {
            add_values(*option, place);
            continue;
        }
        for (const auto& name : option->get_lnames()) {
            const auto word = "--" + name;
            place.choices.push_back({.word = word, .about = option->get_description()});
            if (option->get_items_expected_max() > 0) {
                Place value{.path = place.path + " " + word, .choices = {}, .files = false};
                add_values(*option, value);
                grammar.takers.insert(word);
                grammar.values.push_back(std::move(value));
            }
        }
    }
}

// What the program takes before the command it takes behind it, too.
void add_places(
    const CLI::App& top, const CLI::App& app, const std::string& path, Grammar& grammar
) {
    Place place{.path = path, .choices = {}, .files = false};
    for (const auto* const command : app.get_subcommands({})) {
        if (!command->get_group().empty()) {
            place.choices.push_back(
                {.word = command->get_name(), .about = command->get_description()}
            );
            grammar.steps.insert(path + " " + command->get_name());
        }
    }
    add_options(app, place, grammar);
    if (&app != &top) {
        for (const char* const everywhere : {"--json", "--socket"}) {
            place.choices.push_back(
                {.word = everywhere, .about = top.get_option(everywhere)->get_description()}
            );
        }
        grammar.values.push_back({.path = path + " --socket", .choices = {}, .files = true});
    }
    grammar.places.push_back(std::move(place));
    for (const auto* const command : app.get_subcommands({})) {
        if (!command->get_group().empty()) {
            add_places(top, *command, path + " " + command->get_name(), grammar);
        }
    }
}

Grammar grammar_of(const CLI::App& app) {
    Grammar grammar;
    add_places(app, app, {}, grammar);
    return grammar;
}

/// `one|two`, each in quotes: alternatives of a `case`.
std::string alternatives(const std::set<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "\"" : " | \"") + word + "\"";
    }
    return text;
}

std::string bash_words(const Place& place) {
    std::string text;
    for (const auto& choice : place.choices) {
        text += (text.empty() ? "" : " ") + choice.word;
    }
    return text;
}

std::string bash_place(const Place& place, const std::string& end) {
    std::string text = "    \"" + place.path + "\")\n";
    text += "        COMPREPLY=($(compgen -W \"" + bash_words(place) + "\" -- \"$current\"))\n";
    if (place.files) {
        text += "        COMPREPLY+=($(compgen -f -- \"$current\"))\n";
        text += "        compopt -o filenames 2>/dev/null\n";
    }
    return text + end + "        ;;\n";
}

/// Between apostrophes, for `_describe`: a colon ends the word there.
std::string zsh_choice(const Choice& choice) {
    std::string text = "'" + choice.word;
    if (!choice.about.empty()) {
        text += ":";
    }
    for (const char c : choice.about) {
        if (c == '\'') {
            text += "'\\''";
        } else if (c == ':') {
            text += "\\:";
        } else {
            text += c;
        }
    }
    return text + "'";
}

std::string zsh_place(const Place& place, const std::string& end) {
    std::string text = "    (\"" + place.path + "\")\n        choices=(\n";
    for (const auto& choice : place.choices) {
        text += "            " + zsh_choice(choice) + "\n";
    }
    text += "        )\n";
    text += "        (( $#choices )) && _describe numproofctl choices\n";
    text += place.files ? "        _files\n" : "";
    return text + end + "        ;;\n";
}

constexpr const char* kHead =
    "# SPDX-License-Identifier: Apache-2.0\n"
    "# Made by `ninja docs` from the table that numproofctl reads its command line by.\n";

}  // namespace

std::string bash_completion(const CLI::App& app) {
    const auto grammar = grammar_of(app);
    std::string text = kHead;
    text +=
        "_numproofctl() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} at= i\n"
        "    COMPREPLY=()\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        " +
        alternatives(grammar.takers) +
        ") ((i++)); continue ;;\n"
        "        esac\n"
        "        case \"$at ${COMP_WORDS[i]}\" in\n"
        "        " +
        alternatives(grammar.steps) +
        ") at=\"$at ${COMP_WORDS[i]}\" ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$at $before\" in\n";
    for (const auto& value : grammar.values) {
        text += bash_place(value, "        return\n");
    }
    text += "    esac\n    case $at in\n";
    for (const auto& place : grammar.places) {
        text += bash_place(place, {});
    }
    return text + "    esac\n}\ncomplete -F _numproofctl numproofctl\n";
}

std::string zsh_completion(const CLI::App& app) {
    const auto grammar = grammar_of(app);
    std::string text = std::string{"#compdef numproofctl\n"} + kHead;
    text +=
        "_numproofctl() {\n"
        "    local at= before=${words[CURRENT - 1]}\n"
        "    local -i i\n"
        "    local -a choices\n"
        "    for ((i = 2; i < CURRENT; i++)); do\n"
        "        case ${words[i]} in\n"
        "        (" +
        alternatives(grammar.takers) +
        ") ((i++)); continue ;;\n"
        "        esac\n"
        "        case \"$at ${words[i]}\" in\n"
        "        (" +
        alternatives(grammar.steps) +
        ") at=\"$at ${words[i]}\" ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$at $before\" in\n";
    for (const auto& value : grammar.values) {
        text += zsh_place(value, "        return\n");
    }
    text += "    esac\n    case $at in\n";
    for (const auto& place : grammar.places) {
        text += zsh_place(place, {});
    }
    return text + "    esac\n}\n_numproofctl \"$@\"\n";
}

}  // namespace numproof::ctl
