#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and installs, and removes it again.
# usage: scripts/install.sh BUILD_DIR PREFIX DESTDIR
#        scripts/install.sh --uninstall PREFIX DESTDIR
#
# PREFIX/share/i2ctarget/installed lists the files, and the folders that were made for them.  So uninstalling needs no build tree, and takes
# nothing away that was there before.
set -eu

complain() {
    echo "$1" >&2
    exit 1
}

# choose PREFIX DESTDIR
choose() {
    case $1 in
    "" | "~"*) complain "The shell has not made a folder of prefix=$1; try: prefix=\$HOME/.local" ;;
    esac
    prefix=$(realpath -ms "$1") destdir=${2:+$(realpath -ms "$2")}
    record=$prefix/share/i2ctarget/installed
}

# The folders, of those that lead to the files on standard input, that do not exist below DESTDIR.
missing_folders() {
    while IFS= read -r file; do
        folder=$(dirname "$file")
        while [ "$folder" != / ] && [ ! -d "$destdir$folder" ]; do
            printf '%s/\n' "$folder"
            folder=$(dirname "$folder")
        done
    done
}

# What CMake is about to install, one path a line, without DESTDIR.
planned() {
    DESTDIR=$stage cmake --install "$build" >/dev/null
    (cd "$stage" && find . ! -type d) | sed 's/^\.//'
    rm -f "$build/install_manifest.txt"
    echo "$record"
}

install_all() {
    stage=$(mktemp -d)
    list=$(mktemp)
    trap 'rm -rf "$stage" "$list"' EXIT
    planned >"$list"
    missing_folders <"$list" >>"$list.folders"
    cat "$list.folders" >>"$list"
    rm "$list.folders"
    [ ! -e "$destdir$record" ] || cat "$destdir$record" >>"$list"
    DESTDIR=$destdir cmake --install "$build" >/dev/null ||
        complain "Nobody but root installs there; or choose another place: make install prefix=\$HOME/.local"
    rm -f "$build/install_manifest.txt" # of root's, the next user could not write it
    mkdir -p "$(dirname "$destdir$record")"
    LC_ALL=C sort -u "$list" >"$destdir$record"
    chmod 644 "$destdir$record"
}

# Files first, then the folders, the deepest first.  A folder with something else in it stays.
uninstall_all() {
    [ -e "$destdir$record" ] || complain "i2ctarget is not installed in $destdir$prefix: there is no $destdir$record"
    list=$(mktemp)
    trap 'rm -f "$list"' EXIT
    cp "$destdir$record" "$list"
    grep -v '/$' "$list" | while IFS= read -r file; do
        rm -f "$destdir$file"
    done
    grep '/$' "$list" | LC_ALL=C sort -r | while IFS= read -r folder; do
        rmdir "$destdir$folder" 2>/dev/null || true
    done
}

# Programs find the library in the folders of the loader by its cache only, which is root's.
refresh_loader() {
    case $prefix in
    /usr | /usr/local) [ "$(id -u)" -ne 0 ] || ldconfig ;;
    esac
}

# say_how VARIABLE FOLDER: unless it is there already.
say_how() {
    now=$(printenv "$1" || true)
    case ":$now:" in
    *":$2:"*) ;;
    *) printf '  export %s="%s%s"\n' "$1" "$2" "${now:+:\$$1}" ;;
    esac
}

say_where() {
    how=$(
        say_how PATH "$prefix/bin"
        [ "$(pkg-config --variable=prefix i2ctarget 2>/dev/null)" = "$prefix" ] ||
            say_how PKG_CONFIG_PATH "$(dirname "$(grep '/i2ctarget\.pc$' "$record")")"
    )
    if [ -z "$how" ]; then
        echo "Installed in $prefix."
    else
        printf 'Installed in %s.  These lines let the shell and the compiler find it:\n%s\n' "$prefix" "$how"
    fi
}

if [ "$1" = --uninstall ]; then
    choose "$2" "$3"
    uninstall_all
    [ -n "$destdir" ] || refresh_loader
    echo "Removed from $destdir$prefix."
else
    build=$1
    choose "$2" "$3"
    "$(dirname "$0")/build.sh" "$build" -DI2CTARGET_TESTS=OFF -DCMAKE_INSTALL_PREFIX="$prefix"
    install_all
    [ -z "$destdir" ] || exit 0
    refresh_loader
    say_where
fi
