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
        micropython/src/memory.c micropython/src/eeprom.c micropython/src/device.c
        micropython/src/service.c micropython/src/telling.c micropython/src/errors.c micropython/src/waiting.c
        common/words.c common/arguments.c common/message.c common/device.c)
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

# The port's code for that is in SRAM (ports/rp2040/fast.h).  So are the core's and the devices', with their constants: a single miss in the
# flash's cache takes longer than an answer may.  Their sections get names that the SDK's linker script puts there.
set(hot ${CMAKE_BINARY_DIR}/i2ctarget_hot.o)
add_library(i2ctarget_hot OBJECT ${I2CTARGET}/src/core/core.c ${I2CTARGET}/devices/eeprom.c ${I2CTARGET}/devices/memory.c)
target_include_directories(i2ctarget_hot PRIVATE ${I2CTARGET}/include ${I2CTARGET}/src)
target_compile_options(i2ctarget_hot PRIVATE -O2 -ffreestanding -ffunction-sections -fdata-sections)
add_custom_command(OUTPUT ${hot}
    COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o ${hot} $<TARGET_OBJECTS:i2ctarget_hot>
    COMMAND ${CMAKE_OBJCOPY} --prefix-alloc-sections=.time_critical ${hot}
    DEPENDS i2ctarget_hot $<TARGET_OBJECTS:i2ctarget_hot> COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(i2ctarget_make_hot DEPENDS ${hot})
add_library(i2ctarget_in_sram UNKNOWN IMPORTED)
set_target_properties(i2ctarget_in_sram PROPERTIES IMPORTED_LOCATION ${hot})
add_dependencies(i2ctarget_in_sram i2ctarget_make_hot)
list(REMOVE_ITEM sources ${I2CTARGET}/src/core/core.c ${I2CTARGET}/ports/rp2040/../../src/core/core.c)
set_target_properties(i2ctarget_rp2040 PROPERTIES INTERFACE_SOURCES "${sources}")
target_link_libraries(usermod_i2ctarget INTERFACE i2ctarget_in_sram)

# machine.freq(): rp2/clock.c.
target_link_options(usermod_i2ctarget INTERFACE -Wl,--wrap=set_sys_clock_pll)

target_link_libraries(usermod INTERFACE usermod_i2ctarget)
