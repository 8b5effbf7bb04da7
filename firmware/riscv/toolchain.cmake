# SPDX-License-Identifier: MIT
# A RISC-V core of 32 bits with multiplication and short instructions, without an operating system.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-march=rv32imc_zicsr -mabi=ilp32")
set(CMAKE_ASM_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS_INIT} -O2 -g" CACHE STRING "")
set(CMAKE_ASM_FLAGS "${CMAKE_C_FLAGS_INIT} -g" CACHE STRING "")
