# SPDX-License-Identifier: MIT
# A RISC-V core of 32 bits with multiplication and short instructions.
set(processor riscv32)
set(tools riscv64-unknown-elf)
set(options "-march=rv32imc_zicsr -mabi=ilp32")
include(${CMAKE_CURRENT_LIST_DIR}/../toolchain.cmake)
