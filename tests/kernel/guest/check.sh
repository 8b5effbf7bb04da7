#!/bin/sh
# SPDX-License-Identifier: MIT
# One check, in a process of its own.  usage: check.sh GROUP FUNCTION
# shellcheck source=/dev/null
. /checks/variables
# shellcheck source=/dev/null
. /checks/lib.sh
# shellcheck source=/dev/null
. "/checks/groups/$1.sh"
set -eu
"$2"
