# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # build.sh reads and has them
arch=x64
compiler=gcc
linker=ld
readelf=readelf
objcopy=objcopy
machine_sources="bindings/micropython/unix/linux.c tests/micropython/natmod/machine.c tests/micropython/natmod/libc.c tests/micropython/natmod/jumps.S
    linux/remote/port.c linux/remote/quirk.c linux/remote/readiness.c linux/remote/roster.c linux/remote/session.c
    linux/link/link.c linux/link/directory.c linux/link/explain.c linux/link/text.c linux/link/claim.c linux/link/standard.c linux/link/stops.c"
machine_flags="-D_GNU_SOURCE -I$root/linux"
python_parts=parts.py
mend_objects() {
    keep_static_variables
}
