#!/bin/sh
# SPDX-License-Identifier: MIT
# Formats all C files as .clang-format says.  With --check it changes nothing, and a file in another format is an error.
set -eu
cd "$(dirname "$0")/.."
case ${1:-} in
--check) set -- --dry-run --Werror ;;
*) set -- -i ;;
esac
find include src devices ports linux bindings boards examples firmware sdk tests bench fuzz -name '*.[ch]' -print0 | xargs -0 clang-format "$@"
