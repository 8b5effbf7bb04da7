# SPDX-License-Identifier: MIT
# Two Cortex-M0+.
set(cpu cortex-m0plus)
include(${CMAKE_CURRENT_LIST_DIR}/../cortexm/toolchain.cmake)
