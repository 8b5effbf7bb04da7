#!/bin/sh
# SPDX-License-Identifier: MIT
# The form of .clang-format for all C files.  With --check nothing is changed, and a file that is not in form is an error.
set -eu
cd "$(dirname "$0")/.."
case ${1:-} in
--check) set -- --dry-run --Werror ;;
*) set -- -i ;;
esac
find include src devices ports linux bindings boards examples firmware tests bench fuzz -name '*.[ch]' -print0 | xargs -0 clang-format "$@"
