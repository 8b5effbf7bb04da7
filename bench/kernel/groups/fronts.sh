# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# `make bench-kernel`: three calls of i2c-dev through every front, and the bare roads that they go, in one run of one guest.
#
# A front's floor is what its road costs if whoever is at its end answers at once, and what the same call costs through the shim,
# where there is nothing but a socket between program and bus.  (usbfs takes 4096 bytes at most: 8192 are two of these, less one
# transfer without data.)  In each of five rounds all
# take turns; the best round is shown, since the machine below the guest may have been busy in the others.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd i2c-stub cuse
# programs: tests/linux/smbus_device bench/kernel/i2cdev_times bench/kernel/bare_socket bench/kernel/bare_usbip bench/kernel/bare_cuse
# seconds: 400

setup() {
    modprobe i2c-stub chip_addr=0x50 &&
        bus 1 &&
        target 1 smbus_device 0x20 /checks/bin/smbus_device &&
        attached 1 &&
        adapter_of 1 >/tmp/adapter &&
        stub=$(adapter_named 'SMBus stub driver') &&
        echo "$stub" >/tmp/stub &&
        started cuse '^/dev/i2c-77 is bus 1$' i2ctarget attach 1 --cuse=77 &&
        start bare_cuse /checks/bin/bare_cuse serve &&
        eventually 10 test -e /dev/bare
}

# One round of everything.
measure() {
    set -e
    /checks/bin/bare_socket
    /checks/bin/bare_usbip
    # SMBus calls: the structure, then the data.  I2C_RDWR: the structure, the messages, then the buffers.
    /checks/bin/bare_cuse ask 3 34
    /checks/bin/bare_cuse ask 4 8192
    /checks/bin/i2cdev_times stub "/dev/i2c-$(cat /tmp/stub)" 0x50
    I2CTARGET_BUS=1 i2ctarget exec -- /checks/bin/i2cdev_times shim /dev/i2c-1 0x20
    /checks/bin/i2cdev_times adapter "/dev/i2c-$(cat /tmp/adapter)" 0x20
    /checks/bin/i2cdev_times cuse /dev/i2c-77 0x20
}

# Of each line, which come sorted, the first; then what they mean.
table() {
    awk '
    !(($1 " " $2) in best) { best[$1 " " $2] = $3 / 1000 }
    function row(name, taken, floor, goal) {
        printf "  %-34s %9.0f us %7.1f turns", name, taken, taken / turn
        if (floor) printf "   %5.2f of its floor, goal 1.3: %s", taken / floor, taken <= floor * 1.3 ? "reached" : "NOT reached"
        printf "\n"
    }
    function call(name, what, road, rounds) {
        print name
        if (("stub " what) in best) row("i2c-stub", best["stub " what])
        row("shim", best["shim " what])
        row("adapter", best["adapter " what], road + best["shim " what])
        row("CUSE", best["cuse " what], best["cuse " rounds] + best["shim " what])
    }
    END {
        turn = best["socket turn"]
        usb = best["usbip in_1"]
        print "bare roads"
        row("AF_UNIX, there and back", turn)
        row("USB/IP, 1 byte in", usb)
        row("USB/IP, 33 bytes out", best["usbip out_33"])
        row("USB/IP, 4096 bytes in", best["usbip in_4096"])
        row("CUSE, 3 rounds", best["cuse rounds_3_34"])
        row("CUSE, 4 rounds, 8192 bytes", best["cuse rounds_4_8192"])
        call("SMBus byte-data read: 4 control transfers", "read_byte", 4 * usb, "rounds_3_34")
        call("32-byte write: 2 control transfers", "write_32", usb + best["usbip out_33"], "rounds_3_34")
        call("I2C_RDWR of w1 and r8192: 5 control transfers", "read_8192", 3 * usb + 2 * best["usbip in_4096"], "rounds_4_8192")
    }'
}

# what each costs, in microseconds and in turns of a bare socket
check_times() {
    for _ in 1 2 3 4 5; do
        measure
    done >/tmp/unsorted
    sort -k 1,2 -k 3n /tmp/unsorted | table | while IFS= read -r line; do say "$line"; done
}
