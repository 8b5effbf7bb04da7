#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetches packages of Debian 13 into a folder: MicroPython and the SDK of the RP2040, which Debian 12 does not have.
# usage: scripts/debian13.sh DIRECTORY PACKAGE…     src:NAME is a source package, any other one a package for all architectures
#
# DIRECTORY/NAME is then the unpacked package (a link to NAME_VERSION).  One that is there is not fetched again, and needs no network.
# apt does it, with sources, lists and a cache of its own in DIRECTORY/apt: the machine's are not touched, nothing is installed, and
# Debian's signatures are checked.  The mirror is the one that the machine's own sources name.
set -eu
mkdir -p "$1"
directory=$(cd "$1" && pwd)
shift
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    echo "debian13.sh: $*" >&2
    exit 1
}

missing=
for package in "$@"; do
    [ -e "$directory/${package#src:}" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

for tool in apt-get dpkg-source dpkg-deb; do
    command -v $tool >/dev/null || fail "$tool is missing: these packages can be fetched on Debian only"
done
[ -e $keyring ] || fail "$keyring is missing (Debian: debian-archive-keyring)"
# shellcheck disable=SC2016 # apt fills these in
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
[ -n "$mirror" ] || fail "no Debian mirror is known here: run apt-get update first"

apt=$directory/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
for kind in deb deb-src; do
    echo "$kind [signed-by=$keyring] $mirror trixie main"
done >"$apt/sources.list"
cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "$apt/parts";
Dir::Etc::PreferencesParts "$apt/parts";
Dir::Etc::Preferences "/dev/null";
Dir::State "$apt";
Dir::State::Status "$apt/status";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
APT::Sandbox::User "";
END
: >"$apt/status"
export APT_CONFIG="$apt/apt.conf"
work=$(mktemp -d "$directory/fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# quietly COMMAND…: what it prints is shown only if it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        fail "could not fetch$missing of Debian 13 from $mirror; is there a network?  What was fetched before is in $directory"
    }
}

# unpacked NAME VERSION FOLDER: it is complete only from here on.
unpacked() {
    rm -rf "$directory/$1_$2"
    mv "$3" "$directory/$1_$2"
    ln -sfn "$1_$2" "$directory/$1"
    echo "$directory/$1: $1 $2 of Debian 13"
}

quietly apt-get update --error-on=any
for package in $missing; do
    name=${package#src:}
    if [ "$package" = "$name" ]; then
        quietly apt-get download "$name"
        dpkg-deb -x "$name"_*.deb folder
        version=$(dpkg-deb -f "$name"_*.deb Version)
    else
        quietly apt-get source --download-only "$name"
        quietly dpkg-source -x "$name"_*.dsc folder
        version=$(sed -n 's/^Version: //p' "$name"_*.dsc | head -n 1)
    fi
    unpacked "$name" "$version" folder
done
