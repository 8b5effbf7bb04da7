# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A thousand times attached and detached; neither the kernel nor the bus server may grow.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd
# programs: examples/registers
# seconds: 5400

setup() {
    bus 1 && target 1 registers 0x40 /checks/bin/registers
}

kilobytes() {
    awk -v what="$1:" '$1 == what { print $2 }' "$2"
}

# 1000 times attached and detached
check_cycles() {
    cycle 50
    slab=$(kilobytes SUnreclaim /proc/meminfo)
    resident=$(kilobytes VmRSS "/proc/$(pid_of bus1)/status")
    files=$(find "/proc/$(pid_of bus1)/fd" | wc -l)
    cycle 950
    say "kernel: $(($(kilobytes SUnreclaim /proc/meminfo) - slab)) KiB more, in 950 cycles"
    say "server: $(($(kilobytes VmRSS "/proc/$(pid_of bus1)/status") - resident)) KiB more"
    [ $(($(kilobytes SUnreclaim /proc/meminfo) - slab)) -lt 2000 ] || fail "the kernel keeps more and more"
    [ $(($(kilobytes VmRSS "/proc/$(pid_of bus1)/status") - resident)) -lt 256 ] || fail "the server keeps more and more"
    same "$files" "$(find "/proc/$(pid_of bus1)/fd" | wc -l)" "descriptors of the server"
}
