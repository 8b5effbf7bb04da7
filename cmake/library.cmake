# SPDX-License-Identifier: MIT
# What a user links, under the names that an installed library has, too:
#
#   i2ctarget::i2ctarget    the core, the test bus, the port of `i2ctarget bus` and its board, interrupt lines, in one library
#   i2ctarget::devices      the ready-made devices, and with them the former
#
# The library is a shared one.  In somebody else's build it is what that build makes of libraries (BUILD_SHARED_LIBS): static, if it says nothing.
find_package(Threads REQUIRED)
set(parts i2ctarget_core i2ctarget_quirks i2ctarget_line i2ctarget_vcd i2ctarget_testbus i2ctarget_remote i2ctarget_interrupt i2ctarget_link i2ctarget_board)
foreach(part IN LISTS parts)
    list(APPEND objects $<TARGET_OBJECTS:${part}>)
endforeach()
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED BUILD_SHARED_LIBS)
    set(BUILD_SHARED_LIBS ON)
endif()
add_library(i2ctarget ${objects})
set_target_properties(i2ctarget PROPERTIES
    LINKER_LANGUAGE C VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR} ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_libraries(i2ctarget PRIVATE Threads::Threads)
add_library(i2ctarget::i2ctarget ALIAS i2ctarget)

# The programs of this project link the devices with parts of the library; everybody else with all of it.
add_library(i2ctarget_with_devices INTERFACE)
target_link_libraries(i2ctarget_with_devices INTERFACE i2ctarget_devices i2ctarget)
add_library(i2ctarget::devices ALIAS i2ctarget_with_devices)
set_target_properties(i2ctarget_devices PROPERTIES OUTPUT_NAME i2ctarget-devices EXPORT_NAME devices)
target_link_libraries(i2ctarget_devices INTERFACE $<INSTALL_INTERFACE:i2ctarget::i2ctarget>)

foreach(library i2ctarget i2ctarget_devices)
    target_include_directories(${library} INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()
target_include_directories(i2ctarget INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/boards/virtual>)

# The same library with its internal functions visible, for tests.
add_library(i2ctarget_inside INTERFACE)
target_link_libraries(i2ctarget_inside INTERFACE ${parts})
