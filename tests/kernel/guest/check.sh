#!/bin/sh
# SPDX-License-Identifier: MIT
# One check, or setup or teardown, in a process of its own.  usage: check.sh GROUP FUNCTION
# What a setup exports is for all that follows: it is left in a file.
# shellcheck source=/dev/null
. /checks/variables
# shellcheck source=/dev/null
. /checks/lib.sh
# shellcheck source=/dev/null
. "/checks/groups/$1.sh"
set -eu
"$2"
if [ "$2" = setup ]; then export -p >"$GROUP_DIR/exports"; fi
