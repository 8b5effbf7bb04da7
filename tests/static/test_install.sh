#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What `make install` installs is all a user needs: a small program is built with it by pkg-config and by CMake, in C and in C++, and runs; and the
# installed command finds its parts.  Installed is under a DESTDIR, as packagers do: with a prefix of its own, and with /usr, below which Debian's
# libraries lie one folder deeper.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage
prefix=/opt/i2ctarget
there=$stage$prefix
version=$(sed -nE 's/^#define I2CTARGET_VERSION "(.*)"/\1/p' "$SOURCE_DIR/include/i2ctarget/i2ctarget.h")

fail() {
    echo "$1" >&2
    exit 1
}

equal() {
    [ "$2" = "$3" ] || fail "$1: '$2' is not '$3'"
}

quietly() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log"; fail "failed: $*"; }
}

# ---- what lies where

quietly make -C "$SOURCE_DIR" install BUILD="$work/build" DESTDIR="$stage" prefix=$prefix
equal "files outside the prefix" "$(find "$stage" -not -type d -not -path "$there/*")" ""
libdir=$(dirname "$(find "$there" -name libi2ctarget.so)")
for file in bin/i2ctarget libexec/i2ctarget/i2ctarget-cuse share/man/man1/i2ctarget.1 share/i2ctarget/maps/tmp102.toml share/bash-completion/completions/i2ctarget \
    share/zsh/site-functions/_i2ctarget lib/systemd/user/i2ctarget-bus@.service; do
    [ -f "$there/$file" ] || fail "not installed: $file"
done
for file in libi2ctarget.so libi2ctarget-devices.a pkgconfig/i2ctarget.pc pkgconfig/i2ctarget-devices.pc cmake/i2ctarget/i2ctarget-config.cmake; do
    [ -e "$libdir/$file" ] || fail "not installed: $libdir/$file"
done
equal "installed headers" "$(cd "$there/include" && find . -type f | sort)" "$(for folder in include boards/virtual; do (cd "$SOURCE_DIR/$folder" && find ./i2ctarget -type f); done | sort)"
find "$libdir/i2ctarget" -name '*shim*.so' | grep -q . || fail "not installed: the shim"
if grep -rlI -e "$work" -e "$SOURCE_DIR" "$there"; then
    fail "the files above name the place where they were built"
fi

# ---- a program, in C and in C++, and two ways to build it

mkdir "$work/program"
cat >"$work/program/main.c" <<'END'
#include <stdio.h>
#include <i2ctarget/bus.h>
#include <i2ctarget/device.h>
#include <i2ctarget/port.h>
#include <i2ctarget/testbus.h>
#include <i2ctarget/i2ctarget.h>
#include <i2ctarget/devices/lm75.h>

int main(void)
{
    struct i2ctarget target;
    struct i2ctarget_lm75 thermometer;
    i2ctarget_lm75_init(&thermometer);
    if (i2ctarget_init(&target, NULL, NULL, NULL, 0, false) != -I2CTARGET_EINVAL)
        return 1;
    i2ctarget_deinit(&target);
    puts("i2ctarget " I2CTARGET_VERSION);
    return 0;
}
END
cp "$work/program/main.c" "$work/program/main.cpp"

export PKG_CONFIG_PATH=$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$stage
equal "pkg-config --modversion" "$(pkg-config --modversion i2ctarget)" "$version"
read -ra flags <<<"$(pkg-config --cflags --libs i2ctarget-devices)"
quietly gcc -std=c11 -Wall -Wextra -pedantic -Werror "$work/program/main.c" "${flags[@]}" -o "$work/c"
equal "the C program says" "$(LD_LIBRARY_PATH=$libdir "$work/c")" "i2ctarget $version"
quietly g++ -std=c++17 -Wall -Wextra -pedantic -Werror "$work/program/main.cpp" "${flags[@]}" -o "$work/cpp"
equal "the C++ program says" "$(LD_LIBRARY_PATH=$libdir "$work/cpp")" "i2ctarget $version"

cat >"$work/program/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.16)
project(program C)
find_package(i2ctarget \${asked} REQUIRED CONFIG COMPONENTS \${components})
add_executable(program main.c)
target_link_libraries(program PRIVATE i2ctarget::devices)
END
# configure VERSION COMPONENTS
configure() {
    cmake -G Ninja -S "$work/program" -B "$work/program/build" -DCMAKE_PREFIX_PATH="$there" -Dasked="$1" -Dcomponents="$2"
}
refused() {
    configure "$1" "$2" >"$work/log" 2>&1 && fail "find_package(i2ctarget $1 COMPONENTS $2) found something"
    tr -s '\n ' ' ' <"$work/log" | grep -qF "$3" || { cat "$work/log"; fail "find_package(i2ctarget $1 COMPONENTS $2) does not say: $3"; }
}
quietly configure "${version%.*}" "devices;i2ctarget"
quietly ninja -C "$work/program/build"
equal "the CMake program says" "$("$work/program/build/program")" "i2ctarget $version"
refused "${version%.*}" "devices;displays" "i2ctarget has no component displays. Its components are i2ctarget and devices."
refused 99.0 devices "$version"

# ---- the command

command=$there/bin/i2ctarget
case $("$command" --version) in
"i2ctarget $version "*protocol*) ;;
*) fail "i2ctarget --version says: $("$command" --version)" ;;
esac

# It finds its shim by its own place: a program on a bus sees the device there.
export I2CTARGET_DIR=$work/sockets
mkdir -m 700 "$I2CTARGET_DIR"
shows_device() {
    quietly timeout 60 "$1" run --bus 7 -- "$1" exec --bus 7 -- sh -c 'test -c /dev/i2c-7 && exec 3<>/dev/i2c-7'
}
shows_device "$command"

quietly make -C "$SOURCE_DIR" install BUILD="$work/build" DESTDIR="$work/usr" prefix=/usr
shows_device "$work/usr/usr/bin/i2ctarget"

# So it finds what makes a device of a bus, if there were one.
for one in "$command" "$work/usr/usr/bin/i2ctarget"; do
    said=$("$one" attach 8 --cuse 2>&1) && fail "attached a bus that is not there"
    case $said in
    *missing*) fail "$one says: $said" ;;
    esac
done

# ---- installed for one user, and removed

# What the first lines of README do: no DESTDIR, a prefix of one's own, and then the lines that `make install` prints.
own=$work/home/own
mkdir "$work/home"
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
make -C "$SOURCE_DIR" --no-print-directory install BUILD="$work/build" prefix="$own" >"$work/said" 2>"$work/log" || { cat "$work/log"; fail "install: $own"; }
equal "what it says first" "$(head -n 1 "$work/said")" "Installed in $own.  These lines let the shell and the compiler find it:"
cat >"$work/program/own.sh" <<'END'
eval "$(sed -n 's/^  export/export/p' "$1")"
cc -Wall -Wextra -Werror -o "$2/own" "$2/main.c" $(pkg-config --cflags --libs i2ctarget-devices) && "$2/own" && command -v i2ctarget
END
equal "a program that was just built" "$(bash "$work/program/own.sh" "$work/said" "$work/program" 2>&1)" "i2ctarget $version
$own/bin/i2ctarget"
said=$(export PATH=$own/bin:$PATH PKG_CONFIG_PATH=$own/lib/pkgconfig
    make -C "$SOURCE_DIR" --no-print-directory install BUILD="$work/build" prefix="$own" 2>/dev/null)
equal "what it says when all is found" "$said" "Installed in $own."

uninstall() {
    make -C "$SOURCE_DIR" --no-print-directory uninstall BUILD=/no/such/build "$@" 2>&1
}
spaced="$work/a home/own"
make -C "$SOURCE_DIR" --no-print-directory install BUILD="$work/build" prefix="$spaced" >"$work/said" 2>"$work/log" || { cat "$work/log"; fail "install: $spaced"; }
equal "the command in a folder with a space" "$(eval "$(sed -n 's/^  export/export/p' "$work/said")" && command -v i2ctarget)" "$spaced/bin/i2ctarget"
shows_device "$spaced/bin/i2ctarget"
equal "uninstall in a folder with a space" "$(uninstall prefix="$spaced")" "Removed from $spaced."

touch "$own/lib/somebody-elses"
equal "uninstall" "$(uninstall prefix="$own")" "Removed from $own."
equal "what is left" "$(cd "$work/home" && find . | sort | paste -s)" "$(printf '.\t./own\t./own/lib\t./own/lib/somebody-elses')"
said=$(uninstall prefix="$own") && fail "removed what is not there"
equal "uninstall again" "${said%%$'\n'*}" "i2ctarget is not installed in $own: there is no $own/share/i2ctarget/installed"
mkdir "$work/usr/usr/kept"
equal "uninstall with DESTDIR" "$(uninstall prefix=/usr DESTDIR="$work/usr")" "Removed from $work/usr/usr."
equal "what is left with DESTDIR" "$(cd "$work/usr" && find . | sort | paste -s)" "$(printf '.\t./usr\t./usr/kept')"
said=$(make -C "$SOURCE_DIR" install BUILD="$work/build" prefix='~/x' 2>&1) && fail "installed in a folder ~"
equal "a prefix that the shell did not expand" "$(grep -c 'has not made a folder' <<<"$said")" 1

# ---- /usr/local, as root has it, in a mount namespace

cat >"$work/local.sh" <<'END'
set -eu
cp -a /etc "$1/etc" 2>/dev/null || true
mount --bind "$1/etc" /etc
mount -t tmpfs none /usr/local
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
make -C "$2" --no-print-directory install BUILD="$1/build" 2>"$1/log" || { cat "$1/log"; exit 1; }
cc -o "$1/program/local" "$1/program/main.c" $(pkg-config --cflags --libs i2ctarget-devices)
"$1/program/local"
i2ctarget --version | cut -d ' ' -f 1,2
make -C "$2" --no-print-directory uninstall
find /usr/local ! -type d
END
equal "in /usr/local" "$(unshare -mr sh "$work/local.sh" "$work" "$SOURCE_DIR" 2>&1)" "Installed in /usr/local.
i2ctarget $version
i2ctarget $version
Removed from /usr/local."

echo "installed, built against and run: $version"
