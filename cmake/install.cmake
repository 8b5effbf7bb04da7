# SPDX-License-Identifier: MIT
#
# What `make install` puts where, below the prefix:
#
#   bin/i2ctarget                            the command
#   lib/libi2ctarget.so                      the library, with include/i2ctarget/*.h
#   lib/libi2ctarget-devices.a               the ready-made devices, with include/i2ctarget/devices/*.h
#   lib/i2ctarget/libi2ctarget-shim.so       what `i2ctarget exec` preloads (installed by linux/shim)
#   libexec/i2ctarget/i2ctarget-cuse         what `i2ctarget attach --cuse` runs (installed by linux/cuse)
#   lib/pkgconfig/i2ctarget.pc               pkg-config --cflags --libs i2ctarget
#   lib/pkgconfig/i2ctarget-devices.pc       the same with the devices
#   lib/cmake/i2ctarget/                     find_package(i2ctarget) → i2ctarget::i2ctarget, i2ctarget::devices
#   share/man/man1/i2ctarget.1
#   share/i2ctarget/maps/                    maps of registers for `i2ctarget device registers`
#   share/bash-completion/, share/zsh/       completion in shells
#   lib/systemd/user/i2ctarget-bus@.service  a bus that is always there
include(CMakePackageConfigHelpers)

install(TARGETS i2ctarget i2ctarget_devices EXPORT i2ctarget-targets LIBRARY ARCHIVE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/i2ctarget ${PROJECT_SOURCE_DIR}/boards/virtual/i2ctarget TYPE INCLUDE FILES_MATCHING PATTERN "*.h")
if(I2CTARGET_PROGRAMS)
    install(TARGETS i2ctarget_cli RUNTIME)
    install(FILES ${PROJECT_SOURCE_DIR}/docs/i2ctarget.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/maps DESTINATION ${CMAKE_INSTALL_DATADIR}/i2ctarget FILES_MATCHING PATTERN "*.toml")
    set(completion ${PROJECT_SOURCE_DIR}/linux/cli/completion)
    install(FILES ${completion}/i2ctarget.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME i2ctarget)
    install(FILES ${completion}/_i2ctarget DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${PROJECT_SOURCE_DIR}/docs/systemd/i2ctarget-bus@.service DESTINATION lib/systemd/user)
endif()

# The loader looks into these two prefixes by itself.  From any other, a program that pkg-config helped to build has to know the place.
set(pc_rpath " -Wl,-rpath,\${libdir}")
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
    set(pc_rpath)
endif()
foreach(package i2ctarget i2ctarget-devices)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/i2ctarget)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/i2ctarget-config.cmake.in
    ${PROJECT_BINARY_DIR}/i2ctarget-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/i2ctarget-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/i2ctarget-config.cmake
    ${PROJECT_BINARY_DIR}/i2ctarget-config-version.cmake DESTINATION ${package_dir})
install(EXPORT i2ctarget-targets NAMESPACE i2ctarget:: DESTINATION ${package_dir})
