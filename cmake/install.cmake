# SPDX-License-Identifier: Apache-2.0
# Where everything goes that a package has. The unit's paths are those of prefix /usr.
include(GNUInstallDirs)
set(NUMPROOF_UNIT_DIR ${CMAKE_INSTALL_PREFIX}/lib/systemd/system CACHE PATH "Folder of systemd units")
set(packaging ${CMAKE_SOURCE_DIR}/packaging)
set(share ${CMAKE_INSTALL_DATADIR}/numproof)

install(TARGETS numproofd numproofctl)
install(PROGRAMS ${packaging}/systemd/is-configured DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/numproof)
install(FILES ${packaging}/systemd/numproofd.service ${packaging}/systemd/numproofd.socket
    DESTINATION ${NUMPROOF_UNIT_DIR})
install(FILES ${packaging}/systemd/sysusers.conf DESTINATION lib/sysusers.d RENAME numproof.conf)
install(FILES ${packaging}/systemd/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME numproof.conf)

# The second copy tells whether the first was ever changed.
install(FILES config/numproof.yaml packaging/etc/clients.yaml DESTINATION ${CMAKE_INSTALL_SYSCONFDIR}/numproof)
install(FILES config/numproof.yaml DESTINATION ${share})

install(DIRECTORY api/openapi DESTINATION ${share}/api)
install(FILES api/asyncapi.yaml DESTINATION ${share}/api)
foreach(folder prometheus grafana)
    if(EXISTS ${packaging}/${folder})
        install(DIRECTORY ${packaging}/${folder} DESTINATION ${share} PATTERN "*test*" EXCLUDE)
    endif()
endforeach()
foreach(section 5 8)
    file(GLOB pages ${packaging}/man/*.${section})
    install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
install(FILES ${packaging}/completions/numproofctl.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME numproofctl)
install(FILES ${packaging}/completions/_numproofctl DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
file(GLOB documents docs/*.md)
install(FILES README.md SECURITY.md ${documents} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/systemd/networks.conf packaging/systemd/credentials.conf
    config/examples/clients.yaml config/examples/sdk-paths.yaml config/examples/one-box.yaml
    config/examples/two-nodes-sentinel.yaml config/examples/cluster-three-brokers.yaml
    config/examples/haproxy.cfg
    DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
