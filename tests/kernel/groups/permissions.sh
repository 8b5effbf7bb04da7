# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# Whose bus it is and who may use what it becomes: what docs/LINUX.md says of users, udev and containers.
#
# User 1000 is in group i2c (110), user 1001 is not.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd cuse
# programs: tests/linux/smbus_device /lib/systemd/systemd-udevd /usr/bin/setpriv
# seconds: 30

unset I2CTARGET_DIR

ann() { /usr/bin/setpriv --reuid 1000 --regid 1000 --groups 110 env XDG_RUNTIME_DIR=/run/user/1000 "$@"; }
bob() { /usr/bin/setpriv --reuid 1001 --regid 1001 --clear-groups "$@"; }

setup() {
    echo 'i2c:x:110:' >/etc/group
    mkdir -p /run/user/1000 /lib/udev/rules.d
    chown 1000 /run/user/1000
    # Debian's, from its package i2c-tools; and ours.
    echo 'SUBSYSTEM=="i2c-dev",KERNEL=="i2c-[0-9]*", GROUP="i2c", MODE="0660"' >/lib/udev/rules.d/60-i2c-tools.rules
    echo 'SUBSYSTEM=="cuse", KERNEL=="i2c-[0-9]*", GROUP="i2c", MODE="0660"' >/lib/udev/rules.d/60-i2ctarget.rules
    start udevd /lib/systemd/systemd-udevd &&
        eventually 10 test -e /run/udev/control &&
        started bus1 '^bus 1 ready' /usr/bin/setpriv --reuid 1000 --regid 1000 --groups 110 \
            env XDG_RUNTIME_DIR=/run/user/1000 i2ctarget bus 1 &&
        start memory /usr/bin/setpriv --reuid 1000 --regid 1000 --groups 110 \
            env XDG_RUNTIME_DIR=/run/user/1000 I2CTARGET_BUS=1 /checks/bin/smbus_device &&
        ann i2ctarget exec --wait 0x20 -- true &&
        started attach1 '^/dev/i2c-[0-9]+ is bus 1$' env SUDO_UID=1000 SUDO_GID=1000 i2ctarget attach 1 &&
        started cuse '^/dev/i2c-7 is bus 1$' env SUDO_UID=1000 SUDO_GID=1000 i2ctarget attach 1 --cuse=7
}

is_for_the_group() {
    [ "$(stat -c '%a %g' "$1")" = "660 110" ]
}

# a user's bus, attached by sudo, is for the group of all adapters
check_group() {
    number=$(adapter_of 1)
    eventually 5 is_for_the_group "/dev/i2c-$number"
    eventually 5 is_for_the_group /dev/i2c-7
    for node in "$number" 7; do
        ann /usr/sbin/i2cset -y "$node" 0x20 0x10 0x5a
        prints 0x5a ann /usr/sbin/i2cget -y "$node" 0x20 0x10
        refuses "Permission denied" bob /usr/sbin/i2cget -y "$node" 0x20 0x10
    done
}

# a bus is its user's; without sudo nobody but root attaches it
check_users() {
    refuses "try sudo" bob i2ctarget attach 1
    refuses "try sudo" bob i2ctarget attach 1 --cuse=8
    refuses "no bus 1: start it" bob i2ctarget exec -- true
    refuses "no bus 1: start it" i2ctarget attach 1 --cuse=8
}

# who may use /dev/cuse makes devices without root
check_group_of_cuse() {
    chown 0:110 /dev/cuse
    chmod 660 /dev/cuse
    started own '^/dev/i2c-9 is bus 1$' /usr/bin/setpriv --reuid 1000 --regid 1000 --groups 110 \
        env XDG_RUNTIME_DIR=/run/user/1000 i2ctarget attach 1 --cuse=9
    eventually 5 is_for_the_group /dev/i2c-9
    prints 0x5a ann /usr/sbin/i2cget -y 9 0x20 0x10
    stop own
}

# A /dev as containers have it.
in_container() {
    unshare -m sh -c "mount -t tmpfs tmpfs /dev && mknod /dev/null c 1 3 && $1"
}

# in a container nobody makes the node, and we say so
check_container() {
    # shellcheck disable=SC2016 # the inner shell expands it
    in_container 'mknod /dev/cuse c 10 203
        SUDO_UID=1000 SUDO_GID=1000 i2ctarget attach 1 --cuse=10 >/tmp/said 2>&1 &
        until grep -q "is bus 1" /tmp/said; do sleep 0.05; done
        numbers=$(tr : " " </sys/class/cuse/i2c-10/dev)
        mknod /dev/i2c-10 c $numbers
        /usr/sbin/i2cget -y 10 0x20 0x10 >/tmp/got
        kill $!; wait $!'
    grep -q 'nobody made a node for it in /dev: use mknod' /tmp/said || fail "$(cat /tmp/said)"
    same 0x5a "$(cat /tmp/got)"
    refuses "/dev/cuse does not come into this container" in_container "SUDO_UID=1000 SUDO_GID=1000 i2ctarget attach 1 --cuse=10"
}
