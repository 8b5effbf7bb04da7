# SPDX-License-Identifier: MIT
# What a user links: the core, the test bus, the port of `i2ctarget bus` and its board, in one library.
find_package(Threads REQUIRED)
set(parts i2ctarget_core i2ctarget_line i2ctarget_vcd i2ctarget_testbus i2ctarget_remote i2ctarget_link i2ctarget_board)
foreach(part IN LISTS parts)
    list(APPEND objects $<TARGET_OBJECTS:${part}>)
endforeach()
add_library(i2ctarget SHARED ${objects})
set_target_properties(i2ctarget PROPERTIES
    LINKER_LANGUAGE C VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
target_link_libraries(i2ctarget PRIVATE Threads::Threads)

# The same library with its internal functions visible, for tests.
add_library(i2ctarget_inside INTERFACE)
target_link_libraries(i2ctarget_inside INTERFACE ${parts})
