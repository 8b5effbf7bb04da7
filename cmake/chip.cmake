# SPDX-License-Identifier: MIT
#
# In a build for a microcontroller: the core, the port of the chip and the devices, as sources that are compiled with the options of whoever links
# them, under the names of the library for Linux:
#
#   i2ctarget::i2ctarget    the core and the port
#   i2ctarget::devices      the ready-made devices, and with them the former
#
# I2CTARGET_PORT names the port, a folder of ports/.  With the pico-sdk it need not be said: it is that of PICO_PLATFORM.
set(ports_of_chips rp2040 samd5x)
if(NOT I2CTARGET_PORT AND PICO_PLATFORM)
    set(I2CTARGET_PORT ${PICO_PLATFORM})
endif()
if(NOT I2CTARGET_PORT IN_LIST ports_of_chips)
    message(FATAL_ERROR "i2ctarget: a build for ${CMAKE_SYSTEM_NAME} needs a port, and I2CTARGET_PORT is '${I2CTARGET_PORT}'; there are: ${ports_of_chips}")
endif()
add_subdirectory(ports/${I2CTARGET_PORT})
add_library(i2ctarget::i2ctarget ALIAS i2ctarget_${I2CTARGET_PORT})

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/devices/*.c ${PROJECT_SOURCE_DIR}/src/smbus/*.c)
add_library(i2ctarget_devices INTERFACE)
target_sources(i2ctarget_devices INTERFACE ${sources})
target_link_libraries(i2ctarget_devices INTERFACE i2ctarget_${I2CTARGET_PORT})
add_library(i2ctarget::devices ALIAS i2ctarget_devices)
