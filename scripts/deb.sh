#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds Debian packages from debian/, and lets lintian judge them.  usage: scripts/deb.sh DIRECTORY
# The packages are in DIRECTORY.  Nothing is built again if the sources are the same.  Exit status: 0 if lintian finds neither errors nor warnings.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
tree=$directory/source
log=$directory/build.log

# The files of the tree: git's, without those that were deleted and are not committed yet; or all that is not built.
sources() {
    cd "$root"
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --deleted >"$directory/deleted"
        git ls-files --cached --others --exclude-standard | grep -v -x -F -f "$directory/deleted"
    else
        find . -path ./build -prune -o -name __pycache__ -prune -o -type f -print
    fi
}

sources | sort >"$directory/files"
now=$(cd "$root" && tar -c -T "$directory/files" --mtime=@0 --owner=0 --group=0 | sha256sum)
if [ "$(cat "$directory/built-from" 2>/dev/null)" != "$now" ]; then
    rm -rf "$tree" "$directory"/*.deb "$directory"/*.changes "$directory/built-from"
    mkdir "$tree"
    tar -C "$root" -c -T "$directory/files" | tar -C "$tree" -x
    # With Debian's own programs, and nothing else of this environment.
    (cd "$tree" && env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$directory" LANG=C.UTF-8 \
        DEB_BUILD_OPTIONS="parallel=${JOBS:-$(nproc)} noautodbgsym terse" dpkg-buildpackage -b -us -uc) >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        exit 1
    }
    echo "$now" >"$directory/built-from"
fi
lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$directory"/i2ctarget_*.changes
(cd "$directory" && echo ./*.deb) | tr ' ' '\n' | sed "s,^\.,  ${1%/},"
