#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes sure that the tools are installed.  usage: scripts/setup.sh PURPOSE…
# Purposes: make build python demo check kernel bench fuzz size firmware emulator micropython lint format sdk deb deb-check
#
# On Debian, as root, it installs what is missing.  Otherwise it prints the command to run, and the exit status is 1.  If nothing is
# missing, it downloads nothing and does not refresh the package lists.  Package names are those of Debian 12.
set -eu
PATH=$PATH:/usr/sbin:/sbin
missing=

# needs PACKAGE TEST…: the package is missing if the test fails.
needs() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has() {
    command -v "$1"
}

installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" | grep -qx installed
}

has_header() {
    printf '#include <stddef.h>\n#include <stdarg.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <%s>\n' "$1" |
        cc -E -x c -
}

has_module() {
    /usr/bin/python3 -I -c "import $1" # -I ignores a folder of that name here
}

busybox_is_static() {
    test -x /bin/busybox && ! ldd /bin/busybox
}

# The libraries of the sanitizers and of the fuzzer are in other packages than the compiler.
clang_links() {
    object=$(mktemp) || return 1
    echo 'int main(void) { return 0; }' | clang "$1" -x c - -o "$object"
    status=$?
    rm -f "$object"
    return $status
}

for purpose in "$@"; do
    case $purpose in
    make)
        needs make has make
        ;;
    build)
        needs gcc has gcc
        needs libc6-dev has_header stdio.h
        needs cmake has cmake
        needs ninja-build has ninja
        needs pkg-config has pkg-config
        needs libfuse3-dev pkg-config --exists fuse3
        ;;
    python)
        needs python3 has /usr/bin/python3
        needs python3-dev "$(dirname "$0")/python.sh"
        ;;
    demo)
        needs i2c-tools has i2cget
        ;;
    check)
        needs valgrind has valgrind
        needs edid-decode has edid-decode
        needs read-edid has get-edid
        needs clang has clang
        needs libcmocka-dev has_header cmocka.h
        needs g++ has g++
        needs make has make
        needs pkg-config has pkg-config
        needs sigrok-cli has sigrok-cli
        needs python3 has /usr/bin/python3
        needs python3-pytest has_module pytest
        needs python3-smbus2 has_module smbus2
        needs python3-setuptools has_module setuptools
        needs python3-wheel has_module wheel
        needs python3-venv has_module ensurepip
        needs python3-pip has_module pip
        needs python3-build has_module build
        needs mypy has_module mypy
        needs binutils has readelf
        needs groff-base has groff
        needs nodejs has node
        needs npm has npm
        needs lld has wasm-ld
        needs zsh has zsh
        # tests/emulator/cortexm
        needs libunicorn-dev has_header unicorn/unicorn.h
        needs qemu-system-arm has qemu-system-arm
        needs gcc-arm-none-eabi has arm-none-eabi-gcc
        # tests/emulator/riscv, tests/emulator/xtensa
        needs qemu-system-misc has qemu-system-riscv32
        needs qemu-system-misc has qemu-system-xtensa
        # ports/esp32 (tests/static/test_symbols.py), and these two emulators
        needs gcc-xtensa-lx106 has xtensa-lx106-elf-gcc
        needs gcc-riscv64-unknown-elf has riscv64-unknown-elf-gcc
        # sdk/ and zephyr/
        needs arduino-builder has arduino-builder
        needs arduino-core-avr test -d /usr/share/arduino/hardware/arduino/avr
        needs python3-kconfiglib has_module kconfiglib
        needs python3-yaml has_module yaml
        ;;
    kernel)
        needs i2c-tools has decode-dimms
        needs gpiod has gpiomon
        needs qemu-system-x86 has qemu-system-x86_64
        needs busybox-static busybox_is_static
        needs cpio has cpio
        needs kmod has depmod
        needs udev test -e /lib/systemd/systemd-udevd
        needs xz-utils has xz
        needs make has make
        needs gcc-12 has gcc-12 # Debian's headers of the kernel want this one
        needs libelf1 installed libelf1
        # A 32-bit program, on machines that can run one.
        [ "$(uname -m)" != x86_64 ] || needs libc6-dev-i386 test -e /usr/lib32/libc.a
        [ "$(uname -m)" != x86_64 ] || needs lib32gcc-12-dev test -e /usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a
        ;;
    bench)
        needs valgrind has valgrind
        needs i2c-tools has i2cdetect
        needs util-linux has taskset
        needs libfuse3-dev has_header fuse3/fuse_opt.h
        needs pkg-config has pkg-config
        ;;
    fuzz)
        needs clang has clang
        needs libclang-rt-14-dev clang_links -fsanitize=address
        needs libcmocka-dev has_header cmocka.h
        needs lld has wasm-ld
        ;;
    size)
        needs gcc-arm-none-eabi has arm-none-eabi-gcc
        needs gcc-xtensa-lx106 has xtensa-lx106-elf-gcc
        needs gcc-riscv64-unknown-elf has riscv64-unknown-elf-gcc
        ;;
    firmware)
        needs gcc-arm-none-eabi has arm-none-eabi-gcc
        needs gcc-xtensa-lx106 has xtensa-lx106-elf-gcc
        needs gcc-riscv64-unknown-elf has riscv64-unknown-elf-gcc
        needs cmake has cmake
        needs ninja-build has ninja
        needs python3 has /usr/bin/python3
        ;;
    emulator)
        needs gcc-arm-none-eabi has arm-none-eabi-gcc
        needs clang has clang
        needs lld has wasm-ld
        needs nodejs has node
        needs npm has npm
        # Chips whose core is in tests/emulator
        needs gcc has gcc
        needs libc6-dev has_header stdio.h
        needs libunicorn-dev has_header unicorn/unicorn.h
        ;;
    micropython)
        needs dpkg-dev has dpkg-source
        needs debian-archive-keyring test -e /usr/share/keyrings/debian-archive-keyring.gpg
        needs make has make
        needs gcc has gcc
        needs python3 has /usr/bin/python3
        needs gcc-arm-none-eabi has arm-none-eabi-gcc
        needs libnewlib-arm-none-eabi test -e /usr/include/newlib/stdio.h
        needs python3-pyelftools has_module elftools
        # esptool
        needs python3-serial has_module serial
        needs python3-bitstring has_module bitstring
        needs python3-ecdsa has_module ecdsa
        needs python3-cryptography has_module cryptography
        needs python3-intelhex has_module intelhex
        needs python3-yaml has_module yaml
        needs libstdc++-arm-none-eabi-newlib test -e /usr/include/newlib/c++
        ;;
    lint)
        needs clang has clang
        needs clang-format has clang-format
        needs clang-tidy has clang-tidy
        needs cppcheck has cppcheck
        needs shellcheck has shellcheck
        ;;
    format)
        needs clang-format has clang-format
        ;;
    sdk)
        needs python3 has /usr/bin/python3
        ;;
    deb)
        needs dpkg-dev has dpkg-buildpackage
        needs debhelper has dh
        needs dh-python has pybuild
        needs lintian has lintian
        needs libfuse3-dev has_header fuse3/fuse_opt.h
        needs pybuild-plugin-pyproject installed pybuild-plugin-pyproject
        needs python3-setuptools has_module setuptools
        needs python3-wheel has_module wheel
        ;;
    deb-check)
        needs mmdebstrap has mmdebstrap
        needs util-linux has unshare
        [ "$(id -u)" -eq 0 ] || needs uidmap has newuidmap
        ;;
    *)
        echo "setup.sh: unknown purpose: $purpose" >&2
        exit 2
        ;;
    esac
done

missing=$(echo "$missing" | xargs -n 1 | sort -u | xargs)
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends $missing"
if ! command -v apt-get >/dev/null; then
    echo "Missing, by the names of their Debian packages: $missing" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Some tools are missing.  Run this, then try again:" >&2
    echo "  sudo apt-get update && sudo $install" >&2
    exit 1
fi
echo "Installing: $missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update || echo "The package lists could not be refreshed; trying with those that are here." >&2
$install >/dev/null
