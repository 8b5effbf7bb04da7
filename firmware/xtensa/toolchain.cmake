# SPDX-License-Identifier: MIT
# An Xtensa LX6 or LX7.  The compiler is that of the LX106: its instructions are a part of theirs, and it uses no register windows (CALL0 ABI).
set(processor xtensa)
set(tools xtensa-lx106-elf)
# Literals lie beside the code that loads them.
set(options "-mtext-section-literals")
include(${CMAKE_CURRENT_LIST_DIR}/../toolchain.cmake)
