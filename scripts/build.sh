#!/bin/sh
# SPDX-License-Identifier: MIT
# Configures a build tree and builds it, and shows how far it is.  usage: scripts/build.sh DIRECTORY [CMAKE ARGUMENT…]
# Environment: JOBS (default: one a core).
set -eu
cd "$(dirname "$0")/.."

# Under sudo only what needs root is done as root: what root builds, its user could not build again.
if [ "$(id -u)" -eq 0 ] && [ "${SUDO_UID:-0}" -ne 0 ] && [ "$(stat -c %u .)" -eq "$SUDO_UID" ]; then
    exec setpriv --reuid "$SUDO_UID" --regid "$SUDO_GID" --init-groups "$PWD/scripts/build.sh" "$@"
fi

directory=$1
shift
cmake -G Ninja -S . -B "$directory" "$@" >/dev/null

tty=
[ ! -t 2 ] || tty=yes

# Ninja's lines become one that moves, or one a quarter.  What a compiler says passes through.
progress() {
    awk -v directory="$directory" -v tty="$tty" '
        $1 == "progress" && $2 > 0 {
            if (!begun++)
                printf "Building into %s\n", directory
            if (tty)
                printf "\r  %d of %d ", $2, $3
            else if (int(4 * $2 / $3) > quarter) {
                quarter = int(4 * $2 / $3)
                printf "  %d %%\n", 25 * quarter
            }
        }
        $1 != "progress" && !/^ninja: (Entering directory|no work)/ { print }
        { fflush() }
        END { if (tty && begun) print "" }' >&2
}

# The exit status is that of ninja, which is not the last of the pipe.
export NINJA_STATUS='progress %f %t '
status=$({ { ninja -C "$directory" ${JOBS:+-j "$JOBS"} 2>&1 && echo 0 >&3 || echo 1 >&3; } | progress; } 3>&1)
exit "${status:-1}"
