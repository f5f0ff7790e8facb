# SPDX-License-Identifier: Apache-2.0
# np_embed(TARGET NAME FILES...): a static library with the FILES (paths from the current folder) as
# text. #include "embedded/NAME.h" declares them in numproof::embedded::NAME, each by its path with
# `_` for whatever is no letter or digit: sandbox/clients.yaml is sandbox_clients_yaml.
function(np_embed target name)
    set(folder ${CMAKE_BINARY_DIR}/embedded/${target})
    set(header ${folder}/embedded/${name}.h)
    set(source ${folder}/${name}.cc)
    set(paths)
    foreach(file ${ARGN})
        list(APPEND paths ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
    add_custom_command(
        OUTPUT ${header} ${source}
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DHEADER=${header} -DSOURCE=${source}
            -DROOT=${CMAKE_CURRENT_SOURCE_DIR} "-DFILES=${ARGN}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
        DEPENDS ${paths} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
        VERBATIM)
    add_library(${target} STATIC ${source} ${header})
    target_link_libraries(${target} PRIVATE np_flags)
    # A long text is one literal; only the standard's smallest limit says that it may be too long.
    target_compile_options(${target} PRIVATE -Wno-overlength-strings)
    target_include_directories(${target} PUBLIC ${folder})
endfunction()
