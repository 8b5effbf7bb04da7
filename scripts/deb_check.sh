#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian packages, installs them in a clean root, runs the demo there as an ordinary user, and takes them away again.
# usage: scripts/deb_check.sh DIRECTORY
# The root is made of Debian's packages once, and kept as DIRECTORY/root.tar.  It takes root, or subordinate user ids (newuidmap).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# What debian/tests/control names, and what the packages depend on.
contents=gcc,i2c-tools,libc6-dev,libfuse3-3,passwd,pkg-config,python3

# fresh_root DIRECTORY: root.tar, of the release that this machine has, as the packages are built for it
fresh_root() {
    suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    [ "$(cat "$1/root.is" 2>/dev/null)" = "$suite $contents" ] && return
    echo "A root of Debian $suite"
    mmdebstrap --quiet --variant=minbase --include=$contents --dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$1/new.tar"
    mv "$1/new.tar" "$1/root.tar"
    echo "$suite $contents" >"$1/root.is"
}

quietly() {
    "$@" >"$directory/log" 2>&1 || {
        cat "$directory/log"
        return 1
    }
}

in_root() {
    chroot "$there" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/home/tester "$@"
}

as_user() {
    # shellcheck disable=SC2016 # for the shell in the root
    in_root setpriv --reuid=1000 --regid=1000 --clear-groups sh -ec 'cd; exec "$@"' sh "$@"
}

# Everything but what dpkg and ldconfig write down for themselves.
files() {
    find "$there" -xdev \( -path "$there/proc" -o -path "$there/dev" -o -path "$there/var" -o -path "$there/tmp" -o -path "$there/home" \) -prune \
        -o -print | sort
}

# With CMake of this machine, which is in no package that is needed there.
find_package() {
    mkdir "$there/tmp/consumer"
    cat >"$there/tmp/consumer/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.16)
project(consumer C)
find_package(i2ctarget REQUIRED COMPONENTS devices)
add_executable(registers ${EXAMPLES}/registers.c)
target_link_libraries(registers PRIVATE i2ctarget::devices)
CMAKE
    quietly cmake -S "$there/tmp/consumer" -B "$there/tmp/consumer/build" -DCMAKE_FIND_ROOT_PATH="$there" -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY \
        -DEXAMPLES="$there/usr/share/doc/libi2ctarget-dev/examples"
    quietly cmake --build "$there/tmp/consumer/build"
}

# Runs as root in name spaces of its own.  What it mounts is gone afterwards.
inside() {
    directory=$1
    there=$directory/root
    mkdir "$there"
    tar -x -f "$directory/root.tar" -C "$there" --exclude='./dev/*'
    mount --rbind /dev "$there/dev"
    mount -t proc proc "$there/proc"
    in_root useradd --uid 1000 --create-home tester
    files >"$directory/before"

    cp "$directory"/*.deb "$there/tmp"
    quietly in_root sh -c 'dpkg --install /tmp/*.deb'
    cp "$root/debian/tests/demo" "$there/tmp"
    as_user sh /tmp/demo
    as_user bash -c '. /usr/share/bash-completion/completions/i2ctarget; complete -p i2ctarget'
    find_package

    quietly in_root dpkg --purge i2ctarget libi2ctarget-dev libi2ctarget0 python3-i2ctarget
    files | diff "$directory/before" - || { echo "The packages leave these files behind." >&2; return 1; }
}

# as_root COMMAND…: in name spaces of its own, where it is root
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        unshare --mount --pid --fork "$@"
    else
        unshare --mount --pid --fork --map-root-user --map-auto "$@"
    fi
}

if [ "$1" = --inside ]; then
    inside "$2"
    exit
fi
"$root/scripts/deb.sh" "$1"
directory=$(cd "$1" && pwd)
fresh_root "$directory"
as_root rm -rf "$directory/root"
as_root "$root/scripts/deb_check.sh" --inside "$directory"
as_root rm -rf "$directory/root"
echo "Installed, used and purged in a clean root."
