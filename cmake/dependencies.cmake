# SPDX-License-Identifier: Apache-2.0
# Everything comes from Debian 12; docs/decisions says why each library is here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(tl-expected REQUIRED)

pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET
    libevent_core libevent_extra libevent_openssl libevent_pthreads)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(YAMLCPP REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(CJOSE REQUIRED IMPORTED_TARGET cjose)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(CLI11 REQUIRED)

# Its pkg-config file lists private libraries that do not exist: name it directly.
find_library(EVHTP_LIBRARY evhtp REQUIRED)
add_library(np_evhtp_library INTERFACE)
target_link_libraries(np_evhtp_library INTERFACE ${EVHTP_LIBRARY} PkgConfig::LIBEVENT)

if(NUMPROOF_TESTS)
    find_package(GTest REQUIRED)
    include(GoogleTest)
endif()
