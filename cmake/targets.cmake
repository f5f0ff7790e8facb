# SPDX-License-Identifier: Apache-2.0
# np_library(NAME [dependencies...]): all sources of the current folder as one static library.
function(np_library name)
    file(GLOB sources CONFIGURE_DEPENDS *.cc)
    if(NOT sources)
        return()
    endif()
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC np_flags ${ARGN})
endfunction()

# np_failpoints(SOURCES...): NP_FAILPOINT in these sources of this folder is real where the tests are
# built. Source by source, so that a build with tests and one without share nearly all objects.
function(np_failpoints)
    if(NUMPROOF_TESTS)
        set_source_files_properties(${ARGN} PROPERTIES COMPILE_DEFINITIONS NUMPROOF_FAILPOINTS)
    endif()
endfunction()

# np_test(NAME [dependencies...]): all sources of the current folder as one GoogleTest program,
# whose cases ctest lists one by one.
function(np_test name)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
    if(NOT sources)
        return()
    endif()
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE np_flags ${ARGN} GTest::gmock_main)
    # A test's own code need not be fast, only soon built; coroutines need their tail calls.
    target_compile_options(${name} PRIVATE -O1 -g1 -foptimize-sibling-calls)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120
        ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/sanitizers/tsan.supp")
endfunction()
