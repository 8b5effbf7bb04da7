#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every item 1..52 of the conformance list is either in the name of a test of the contract suite, or has a reason in items.txt why it is
# not; never both.
set -eu

items="$SOURCE_DIR/tests/contract/items.txt"
names=$("$BUILD_DIR/tests/contract/contract" --list)
errors=0

complain() {
    echo "$*" >&2
    errors=$((errors + 1))
}

number=0
while read -r item letter cover text; do
    case $item in '#' | '#'* | '') continue ;; esac
    number=$((number + 1))
    [ "$item" -eq "$number" ] || complain "items.txt: item $item where $number should be"
    [ -n "$text" ] || complain "items.txt: item $item says nothing"
    prefix=$(printf '%s%02d_' "$(echo "$letter" | tr 'A-J' 'a-j')" "$item")
    count=$(echo "$names" | grep -c "^$prefix" || true)
    case $cover in
    test | part) [ "$count" -gt 0 ] || complain "item $item: no test is named $prefix…" ;;
    none) [ "$count" -eq 0 ] || complain "item $item is said to have no test, but there is $prefix…" ;;
    *) complain "items.txt: item $item: '$cover'?" ;;
    esac
done <"$items"
[ "$number" -eq 52 ] || complain "items.txt has $number items, not 52"

# The other direction: a test name with an item must name an existing item, under its own letter.
for name in $names; do
    case $name in
    table_*) ;;
    [a-j][0-9][0-9]_*)
        claimed=$(echo "$name" | sed 's/^[a-j]0*\([0-9]*\)_.*/\1/')
        letter=$(echo "$name" | cut -c1 | tr 'a-j' 'A-J')
        grep -q "^ *$claimed $letter " "$items" || complain "$name: there is no item $claimed under $letter"
        ;;
    *) complain "$name: neither an item nor a row of the table" ;;
    esac
done
echo "$(echo "$names" | wc -l) tests, $number items, $errors errors"
[ "$errors" -eq 0 ]
