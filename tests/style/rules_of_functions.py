# SPDX-License-Identifier: Apache-2.0
"""Finds functions that are too long and public symbols without a comment, by counting brackets.

The sources are formatted by clang-format, and that is relied on: a declaration begins a line, a block
opens at the end of one, and what closes it stands at the same indentation.
"""
import re

FUNCTION_LINES_MAX = 60
# A block that is no function body: what stands before its brace begins like this.
NO_FUNCTION = re.compile(
    r"^\s*(namespace|class|struct|union|enum|extern|template\s*<[^>]*>\s*(class|struct)|else|do|try|"
    r"(if|for|while|switch|catch)\b)"
)
FUNCTION_END = re.compile(r"\)\s*(const|noexcept|override|final|mutable|&|&&|->\s*[\w:<>,\s*&]+|\s)*\{$")


def statement_before(lines, index):
    """The lines of the statement that ends at `index`, and where it begins."""
    begin = index
    while begin > 0:
        above = lines[begin - 1].strip()
        if not above or above.endswith((";", "{", "}", ":", ">")) and not above.endswith("::") or (
            above.startswith("#")
        ):
            break
        begin -= 1
    return begin, " ".join(line.strip() for line in lines[begin : index + 1])


def long_functions(text):
    """(line, name, length) of every function body of more than 60 lines."""
    lines = text.splitlines()
    found = []
    for index, line in enumerate(lines):
        if not line.rstrip().endswith("{"):
            continue
        begin, statement = statement_before(lines, index)
        if "(" not in statement or NO_FUNCTION.match(statement):
            continue
        end, depth = index, 1
        while depth > 0 and end + 1 < len(lines):
            end += 1
            depth += lines[end].count("{") - lines[end].count("}")
        length = end - index - 1
        if length > FUNCTION_LINES_MAX and FUNCTION_END.search(statement):
            name = re.search(r"([\w:~]+)\s*\(", statement)
            found.append((begin + 1, name.group(1) if name else "a function", length))
    return found


TYPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:class|struct|enum class|enum|union)\s+(\w+)[^;]*$")
ALIAS = re.compile(r"^using\s+(\w+)\s*=")
FUNCTION = re.compile(r"([\w~]+|operator\S+)\s*\(")


def is_exempt(statement, class_name):
    """Special members that do what the reader expects, and what a base class documents already."""
    if re.search(r"\b(override|final)\b[^{]*[;{]|= (default|delete)", statement):
        return True
    if re.match(r"(friend|using namespace|static_assert|public|private|protected|#|\}|enum class \w+;)", statement):
        return True
    name = declared_name(statement)
    return name is not None and (name.lstrip("~") == class_name or name.startswith("operator"))


def documented_symbols_missing(text):
    """(line, name) of every type, free function and pure virtual of a header without a comment.

    No comment of their own need: what goes on a documented group without an empty line between, an
    overload of something documented, what is described behind its line, and whatever stands in a
    namespace that is described.
    """
    lines = text.splitlines()
    found, scopes, documented, known = [], [], False, set()
    index = 0
    while index < len(lines):
        line = lines[index].strip()
        if not line or line.startswith("#"):
            while line.endswith("\\") and index + 1 < len(lines):
                index += 1
                line = lines[index].strip()
            documented = False
            index += 1
            continue
        if line.startswith("//"):
            documented = documented or line.startswith("///")
            index += 1
            continue
        statement, end = read_statement(lines, index)
        documented = documented or "///<" in lines[min(end, len(lines) - 1)] or "///<" in lines[index]
        name = declared_name(statement)
        update = judge(statement, scopes, documented or name in known, index + 1)
        found += update
        if documented and name:
            known.add(name)
        # Lines that follow without a gap belong to the same group.
        documented = documented and not statement.endswith("{") and not update
        index = end + 1
    return found


def read_statement(lines, index):
    """One statement from `index` on, and the line where it ends; a function's body is skipped."""
    parts, end = [], index
    while end < len(lines):
        part = re.sub(r"\[\[\w+\]\]\s*|\s*//.*", "", lines[end]).strip()
        parts.append(part)
        if part.endswith((";", "{", "}", "};", ",")) and balanced(" ".join(parts)) or part.endswith(":") and (
            part.rstrip(":") in ("public", "private", "protected")
        ):
            break
        end += 1
    statement = " ".join(parts)
    opens_body = statement.endswith("{") and "(" in statement and not TYPE.match(statement[:-1].strip())
    if opens_body:
        depth = statement.count("{") - statement.count("}")
        while depth > 0 and end + 1 < len(lines):
            end += 1
            depth += lines[end].count("{") - lines[end].count("}")
    return statement, end


def declared_name(statement):
    """The name of the function that `statement` declares, or None."""
    name = FUNCTION.search(re.sub(r"\[\[\w+\]\]|alignas\([^)]*\)", "", statement))
    return name.group(1) if name else None


def balanced(statement):
    return statement.count("(") == statement.count(")")


def judge(statement, scopes, documented, number):
    """Keeps `scopes` (kind, name, access) up to date; the undocumented symbol of this statement, if any."""
    if re.match(r"(public|private|protected):$", statement) and scopes:
        scopes[-1] = (scopes[-1][0], scopes[-1][1], statement[:-1])
        return []
    if re.match(r"\}", statement):
        if scopes:
            scopes.pop()
        return []
    if re.match(r"(inline )?namespace\b.*\{$", statement):
        hidden = documented or re.search(r"namespace (\w*detail )?\{", statement)
        kind = "hidden" if hidden else "namespace"
        scopes.append((kind, "", "public"))
        return []
    hidden = any(kind == "hidden" or access != "public" for kind, _, access in scopes)
    inner = scopes[-1] if scopes else ("namespace", "", "public")
    type_match = TYPE.match(statement.rstrip("{").strip())
    if type_match and statement.endswith("{"):
        is_class = re.search(r"\bclass\b", statement) and "enum" not in statement
        kind = "enum" if "enum" in statement else "class"
        scopes.append((kind, type_match.group(1), "private" if is_class else "public"))
        undocumented = not documented and not hidden and kind == "class" and inner[0] == "namespace"
        undocumented = undocumented and not statement.startswith("template <>")
        return [(number, type_match.group(1))] if undocumented else []
    if hidden or documented or inner[0] == "enum" or is_exempt(statement, inner[1]):
        return []
    name = declared_name(statement)
    # A class is described as a whole; what every implementation must keep is said one by one.
    if not name or (inner[0] == "class" and not statement.endswith("= 0;")):
        return []
    return [] if re.match(r"(NP_|return\b|if\b|using\b|#|[\w:]+ k[A-Z])", statement) else [(number, name)]
