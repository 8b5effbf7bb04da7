# SPDX-License-Identifier: MIT
# One Cortex-M4 with its floating-point unit.
set(cpu cortex-m4)
set(cpu_options "-mfpu=fpv4-sp-d16 -mfloat-abi=hard")
include(${CMAKE_CURRENT_LIST_DIR}/../cortexm/toolchain.cmake)
