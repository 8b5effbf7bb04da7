# SPDX-License-Identifier: MIT
# A Cortex-M without an operating system.  The chip's toolchain file sets `cpu`, and `cpu_options` if there is more to say.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${cpu})
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_ASM_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-mcpu=${cpu} -mthumb ${cpu_options}")
set(CMAKE_ASM_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS_INIT} -O2 -g" CACHE STRING "")
set(CMAKE_ASM_FLAGS "${CMAKE_C_FLAGS_INIT} -g" CACHE STRING "")
