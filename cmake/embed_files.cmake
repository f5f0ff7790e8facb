# SPDX-License-Identifier: Apache-2.0
# Run by np_embed() at build time: writes HEADER and SOURCE from FILES in ROOT.
set(head "// Made by cmake/embed_files.cmake.\n#pragma once\n\n#include <string_view>\n\n")
string(APPEND head "namespace numproof::embedded::${NAME} {\n\n")
set(body "// Made by cmake/embed_files.cmake.\n#include \"embedded/${NAME}.h\"\n\n")
string(APPEND body "namespace numproof::embedded::${NAME} {\n\n")
foreach(file ${FILES})
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" constant ${file})
    file(READ ${ROOT}/${file} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" octets "${hex}")
    string(REPLACE "\n" "\"\n    \"" octets "${octets}")
    file(SIZE ${ROOT}/${file} size)
    string(APPEND head "/// `${file}`\nextern const std::string_view ${constant};\n\n")
    string(APPEND body
        "const std::string_view ${constant}{\n    \"${octets}\", ${size}};\n\n")
endforeach()
file(WRITE ${HEADER} "${head}}  // namespace numproof::embedded::${NAME}\n")
file(WRITE ${SOURCE} "${body}}  // namespace numproof::embedded::${NAME}\n")
