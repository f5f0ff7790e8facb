# SPDX-License-Identifier: Apache-2.0
# Warnings, hardening and sanitizers: the same for every target of ours.
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(np_flags INTERFACE)
target_include_directories(np_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(np_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wswitch-enum -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Werror
    -fstack-protector-strong -fstack-clash-protection -fcf-protection -fno-omit-frame-pointer)
target_link_options(np_flags INTERFACE -Wl,-z,relro,-z,now)

if(NUMPROOF_SANITIZER)
    target_compile_definitions(np_flags INTERFACE NUMPROOF_SANITIZED)
    target_compile_options(np_flags INTERFACE
        -fsanitize=${NUMPROOF_SANITIZER} -fno-sanitize-recover=all)
    target_link_options(np_flags INTERFACE -fsanitize=${NUMPROOF_SANITIZER})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(np_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
