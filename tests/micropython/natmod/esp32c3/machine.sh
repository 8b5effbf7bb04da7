# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # build.sh reads and has them
arch=rv32imc
compiler="riscv64-unknown-elf-gcc -march=rv32imc_zicsr -mabi=ilp32 -mno-relax"
linker="riscv64-unknown-elf-ld -m elf32lriscv"
readelf=riscv64-unknown-elf-readelf
objcopy=riscv64-unknown-elf-objcopy
libraries=$($compiler -march=rv32imc -print-libgcc-file-name) # with zicsr it would be that of another processor
chip=esp32c3
core=riscv
core_sources=
# shellcheck source=tests/micropython/natmod/esp32.sh
. "$machine/../esp32.sh"
