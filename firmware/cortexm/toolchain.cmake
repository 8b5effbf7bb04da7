# SPDX-License-Identifier: MIT
# A Cortex-M.  The chip's toolchain file sets `cpu`, and `cpu_options` if there is more to say.
set(processor ${cpu})
set(tools arm-none-eabi)
set(options "-mcpu=${cpu} -mthumb ${cpu_options}")
include(${CMAKE_CURRENT_LIST_DIR}/../toolchain.cmake)
