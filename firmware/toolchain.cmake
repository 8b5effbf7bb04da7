# SPDX-License-Identifier: MIT
# A processor core without an operating system.  The core's toolchain file sets `processor`; `tools`, what the names of GCC's programs begin
# with; and `options` of the compiler.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${processor})
set(CMAKE_C_COMPILER ${tools}-gcc)
set(CMAKE_ASM_COMPILER ${tools}-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "${options}")
set(CMAKE_ASM_FLAGS_INIT "${options}")
set(CMAKE_C_FLAGS "${options} -O2 -g" CACHE STRING "")
set(CMAKE_ASM_FLAGS "${options} -g" CACHE STRING "")
