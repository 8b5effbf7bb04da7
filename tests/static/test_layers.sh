#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The tree is the diagram, and includes go one way (docs/DESIGN.md §5).  usage: test_layers.sh [TREE]
#
# Each folder has a list of what its files may include; a folder without a list is an error.  Own headers are written with their folder, "line/wires.h",
# so that the arrow can be read off; only examples and boards include a neighbour by its bare name.
set -u
tree=${1:-$SOURCE_DIR}
cd "$tree" || exit 2
status=0

# What a compiler has without a C library (C11 §4).
freestanding='<(float|iso646|limits|stdalign|stdarg|stdbool|stddef|stdint|stdnoreturn)\.h>'
libc='<[^>]*>'

rule_for() {
    case $1 in
    include/*) echo "\"i2ctarget/[a-z0-9_]+\.h\"|$freestanding" ;;
    # The trace is a file; whoever has no files leaves it out.
    src/line/vcd.[ch]) echo "\"line/[a-z0-9_]+\.h\"|$freestanding|<(errno|inttypes|stdio|string)\.h>" ;;
    src/line/*) echo "\"line/[a-z0-9_]+\.h\"|\"i2ctarget/event\.h\"|$freestanding" ;;
    src/core/*) echo "\"core/[a-z0-9_]+\.h\"|\"i2ctarget/[a-z0-9_]+\.h\"|$freestanding" ;;
    ports/virtual/*) echo "\"(virtual|line|i2ctarget)/[a-z0-9_]+\.h\"|$libc" ;;
    ports/remote/*) echo "\"(remote|link|i2ctarget)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/link/*) echo "\"link/[a-z0-9_]+\.h\"|$libc" ;;
    linux/bus/*) echo "\"(bus|line|link)/[a-z0-9_]+\.h\"|\"i2ctarget/event\.h\"|$libc" ;;
    linux/shim/*) echo "\"(shim|link)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/cli/*) echo "\"(cli|bus|link|i2ctarget)/[a-z0-9_]+\.h\"|$libc" ;;
    boards/* | examples/*) echo "\"[a-z0-9_]+\.h\"|\"i2ctarget/[a-z0-9_]+\.h\"|$libc" ;;
    esac
}

# A header of ours in angle brackets would pass for one of the system.
ours='<(i2ctarget|line|core|virtual|remote|link|bus|shim|cli)/'

check_file() {
    local rule line number included
    rule=$(rule_for "$1")
    if [ -z "$rule" ]; then
        echo "$1: its folder has no rule in test_layers.sh"
        status=1
        return
    fi
    while IFS=: read -r number line; do
        included=$(sed -E 's/^[ \t]*#[ \t]*include[ \t]*([<"][^>"]*[>"]).*/\1/' <<<"$line")
        if ! grep -qxE "$rule" <<<"$included" || grep -qE "$ours" <<<"$included"; then
            echo "$1:$number: may not include $included"
            status=1
        fi
    done < <(grep -nE '^[ \t]*#[ \t]*include' "$1")
}

count=0
while IFS= read -r -d '' file; do
    check_file "$file"
    count=$((count + 1))
done < <(find include src ports linux boards examples -name '*.[ch]' -print0 2>/dev/null)

echo "$count files looked at"
[ "$count" -gt 0 ] || status=1
exit $status
