# SPDX-License-Identifier: MIT
#
# What `make install` puts where, below the prefix:
#
#   bin/i2ctarget                            the command
#   lib/libi2ctarget.so                      the library, with include/i2ctarget/*.h
#   lib/i2ctarget/libi2ctarget-shim.so       what `i2ctarget exec` preloads (linux/shim says so itself)
#   libexec/i2ctarget/i2ctarget-cuse         what `i2ctarget attach --cuse` runs (linux/cuse says so itself)
#   lib/pkgconfig/i2ctarget.pc               pkg-config --cflags --libs i2ctarget
#   lib/cmake/i2ctarget/                     find_package(i2ctarget) → i2ctarget::i2ctarget
#   share/man/man1/i2ctarget.1
include(CMakePackageConfigHelpers)

target_include_directories(i2ctarget INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

install(TARGETS i2ctarget EXPORT i2ctarget-targets LIBRARY)
install(TARGETS i2ctarget_cli RUNTIME)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/i2ctarget TYPE INCLUDE FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/docs/i2ctarget.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

configure_file(${CMAKE_CURRENT_LIST_DIR}/i2ctarget.pc.in ${PROJECT_BINARY_DIR}/i2ctarget.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/i2ctarget.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/i2ctarget)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/i2ctarget-config.cmake.in
    ${PROJECT_BINARY_DIR}/i2ctarget-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/i2ctarget-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/i2ctarget-config.cmake
    ${PROJECT_BINARY_DIR}/i2ctarget-config-version.cmake DESTINATION ${package_dir})
install(EXPORT i2ctarget-targets NAMESPACE i2ctarget:: DESTINATION ${package_dir})
