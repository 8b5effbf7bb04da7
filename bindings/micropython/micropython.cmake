# SPDX-License-Identifier: MIT
# A user C module for MicroPython's ports that are built with CMake: rp2, on the RP2040.
#
#     cmake -S micropython/ports/rp2 -B build -DMICROPY_BOARD=RPI_PICO -DUSER_C_MODULES=…/i2ctarget/bindings/micropython
get_filename_component(I2CTARGET ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

if(NOT PICO_RP2040)
    get_filename_component(port ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    message(FATAL_ERROR "i2ctarget: no port of the library serves MicroPython's ${port} on ${MICROPY_BOARD} yet")
endif()

add_library(usermod_i2ctarget INTERFACE)
foreach(file IN ITEMS
        micropython/rp2/machine.c micropython/rp2/claiming.c micropython/rp2/claims.c micropython/rp2/clock.c
        micropython/src/module.c micropython/src/requests.c micropython/src/target.c micropython/src/request.c
        micropython/src/service.c micropython/src/errors.c micropython/src/waiting.c
        common/words.c common/arguments.c common/message.c)
    target_sources(usermod_i2ctarget INTERFACE ${I2CTARGET}/bindings/${file})
endforeach()
target_sources(usermod_i2ctarget INTERFACE ${I2CTARGET}/src/core/explain.c)
target_include_directories(usermod_i2ctarget INTERFACE
    ${I2CTARGET}/bindings/micropython/rp2 ${I2CTARGET}/bindings/micropython/usermod
    ${I2CTARGET}/bindings/micropython/src ${I2CTARGET}/bindings)

# The core and the port.
add_subdirectory(${I2CTARGET}/ports/rp2040 ${CMAKE_BINARY_DIR}/i2ctarget)
target_link_libraries(usermod_i2ctarget INTERFACE i2ctarget_rp2040)

# Between an event and its answer every cycle counts, whatever the rest of the firmware is built for.
get_target_property(sources i2ctarget_rp2040 INTERFACE_SOURCES)
set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS -O2)

# machine.freq(): rp2/clock.c.
target_link_options(usermod_i2ctarget INTERFACE -Wl,--wrap=set_sys_clock_pll)

target_link_libraries(usermod INTERFACE usermod_i2ctarget)
