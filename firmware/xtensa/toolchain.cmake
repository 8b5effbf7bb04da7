# SPDX-License-Identifier: MIT
# An Xtensa LX6 or LX7 without an operating system.  The compiler is that of the LX106: its instructions are a part of theirs, and it uses no register windows (CALL0 ABI).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR xtensa)
set(CMAKE_C_COMPILER xtensa-lx106-elf-gcc)
set(CMAKE_ASM_COMPILER xtensa-lx106-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# Literals lie beside the code that loads them.
set(CMAKE_C_FLAGS_INIT "-mtext-section-literals")
set(CMAKE_ASM_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS_INIT} -O2 -g" CACHE STRING "")
set(CMAKE_ASM_FLAGS "${CMAKE_C_FLAGS_INIT} -g" CACHE STRING "")
