#!/bin/bash
# SPDX-License-Identifier: MIT
# Every public header stands alone, twice, as C11 and as C++17.  usage: test_headers.sh [TREE]
set -u
tree=${1:-$SOURCE_DIR}
cd "$tree/include" || exit 2
virtual=../boards/virtual
status=0
count=0
for header in i2ctarget/*.h i2ctarget/devices/*.h "$virtual"/i2ctarget/*.h; do
    [ -e "$header" ] || continue
    name=${header#"$virtual/"}
    text="#include \"$name\"
#include \"$name\"
extern int c_wants_a_declaration;
"

    for compiler in 'gcc -x c -std=c11 -Wstrict-prototypes -Wshadow' 'clang -x c -std=c11 -Wstrict-prototypes -Wshadow' \
        'g++ -x c++ -std=c++17 -Wshadow' 'clang++ -x c++ -std=c++17 -Wshadow'; do
        # shellcheck disable=SC2086  # the compiler and its options are words
        if ! $compiler -Wall -Wextra -Wconversion -Werror -pedantic -fsyntax-only -I. -I"$virtual" - <<<"$text"; then
            echo "$header: does not stand alone for: $compiler"
            status=1
        fi
    done
    count=$((count + 1))
done
echo "$count headers"
[ "$count" -gt 0 ] || status=1
exit $status
