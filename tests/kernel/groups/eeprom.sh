# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's driver for EEPROMs, at24, and ours.  It reads in parts of at most 128 bytes; it writes pages, and when the address is not
# acknowledged because a write goes on, it tries again, for 200 ms here.  (Linux drivers/misc/eeprom/at24.c)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd at24
# programs: tests/linux/i2c-contract
# built: described_client
# seconds: 90
# takes: 15

setup() {
    bytes 256 1 >/tmp/small &&
        bytes 16384 2 >/tmp/large &&
        bus 1 &&
        target 1 small 0x50 i2ctarget device eeprom --address 0x50 --type 24c02 --write-time 100 --file /tmp/small &&
        target 1 paged 0x54 i2ctarget device eeprom --address 0x54 --type 24c32 --write-time 100 --file /tmp/paged &&
        target 1 large 0x55 i2ctarget device eeprom --address 0x55 --type 24c128 --file /tmp/large &&
        target 1 slow 0x56 i2ctarget device eeprom --address 0x56 --type 24c02 --write-time 1000 &&
        target 1 named 0x57 i2ctarget device eeprom --address 0x57 --type 24mac402 --eui 02:00:5e:10:00:01 \
            --serial 00112233445566778899aabbccddeeff &&
        bytes 262144 4 >/tmp/huge &&
        target 1 huge 0x40 i2ctarget device eeprom --address 0x40 --file /tmp/huge &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe at24 write_timeout=200
}

# all that an EEPROM holds, through its file in sysfs
check_read() {
    client "$ADAPTER" 24c02 0x50
    memory=$(directory_of "$ADAPTER" 0x50)/eeprom
    same 256 "$(stat -c %s "$memory")"
    cmp /tmp/small "$memory"
    dd if="$memory" bs=1 skip=77 count=5 2>/dev/null >/tmp/part
    same "$(dd if=/tmp/small bs=1 skip=77 count=5 2>/dev/null)" "$(cat /tmp/part)"
}

# 16 KiB, two address bytes
check_read_large() {
    client "$ADAPTER" 24c128 0x55
    cmp /tmp/large "$(directory_of "$ADAPTER" 0x55)/eeprom"
}

# a name alone has no page size: at24 writes byte by byte, and asks until each is in
check_write_bytes() {
    memory=$(directory_of "$ADAPTER" 0x50)/eeprom
    watched 1
    printf 'kernel' | dd of="$memory" bs=16 seek=1 conv=notrunc 2>/dev/null
    transfers 1 >/tmp/seen
    same kernel "$(dd if="$memory" bs=1 skip=16 count=6 2>/dev/null)"
    same 6 "$(grep -c 'S 50 W + 1[0-5] .. + ' /tmp/seen)" "writes of a byte"
    grep -q 'S 50 W - ' /tmp/seen || fail "it never asked whether the EEPROM was still writing"
}

# with a page size at24 writes whole pages, and no part of the next
check_write_pages() {
    modprobe described_client "adapter=$ADAPTER" address=0x54 type=24c32 pagesize=32
    memory=$(directory_of "$ADAPTER" 0x54)/eeprom
    eventually 30 test -e "$memory"
    bytes 100 3 >/tmp/wanted
    watched 1
    dd if=/tmp/wanted of="$memory" bs=100 oflag=seek_bytes seek=20 conv=notrunc 2>/dev/null
    transfers 1 >/tmp/seen
    dd if="$memory" bs=1 skip=20 count=100 2>/dev/null | cmp - /tmp/wanted
    # 20 to 31, 32 to 63, 64 to 95, 96 to 119: the address bytes, and how many words follow.  The adapter can do without a START,
    # and at24 uses that to send the address and the page from two buffers.
    same "00 14:12 00 20:32 00 40:32 00 60:24" "$(sed -n 's/.* S 54 W + \(.. .. +  \.\.\. .*\) +  P.*/\1/p' /tmp/seen |
        sed 's/+  \.\.\. //' | awk '{ print $1 " " $2 ":" NF - 2 }' | xargs)" "pages"
    modprobe -r described_client
}

# two megabits at four addresses: the first and the last bytes of each 64 KiB, and what lies on both sides of a limit
check_read_huge() {
    client "$ADAPTER" 24c2048 0x40
    memory=$(directory_of "$ADAPTER" 0x40)/eeprom
    same 262144 "$(stat -c %s "$memory")"
    for place in 0 65500 131000 196600 262080; do
        dd if="$memory" bs=64 iflag=skip_bytes skip="$place" count=1 2>/dev/null >/tmp/part
        dd if=/tmp/huge bs=64 iflag=skip_bytes skip="$place" count=1 2>/dev/null | cmp - /tmp/part
        same 64 "$(stat -c %s /tmp/part)"
    done
}

# the node address and the serial number, at the second address
check_identity() {
    client "$ADAPTER" 24mac402 0x5f
    same "02 00 5e 10 00 01" "$(od -An -t x1 "$(directory_of "$ADAPTER" 0x5f)/eeprom" | xargs)"
    dropped "$ADAPTER" 0x5f
    client "$ADAPTER" 24cs02 0x5f
    same "00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff" "$(od -An -t x1 "$(directory_of "$ADAPTER" 0x5f)/eeprom" | xargs)"
}

# a write that takes longer than at24's patience is ETIMEDOUT, and the EEPROM is not disturbed
check_impatient() {
    client "$ADAPTER" 24c02 0x56
    memory=$(directory_of "$ADAPTER" 0x56)/eeprom
    refuses "timed out" dd if=/tmp/small of="$memory" bs=2 count=1 conv=notrunc
    sleep 1
    same "$(head -c 1 /tmp/small)" "$(head -c 1 "$memory")" "the first byte"
    same 377 "$(dd if="$memory" bs=1 skip=1 count=1 2>/dev/null | od -An -b | tr -d ' ')" "the second byte"
}

# the file behind the EEPROM has what was written
check_file_behind() {
    same kernel "$(dd if=/tmp/small bs=1 skip=16 count=6 2>/dev/null)"
    cmp -n 100 /tmp/wanted /tmp/paged 0 20
}

# an address that a driver has is its own, for programs (tests/linux/contract)
check_claimed() {
    contract /checks/bin/i2c-contract --busy 0x50 --only bound_address,ignores_busy "/dev/i2c-$ADAPTER"
}
