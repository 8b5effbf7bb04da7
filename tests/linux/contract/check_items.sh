#!/bin/bash
# SPDX-License-Identifier: MIT
# Every item of the contract has a check, and every check an item.
set -u
items=$(sed -n 's/^\([A-Z][0-9]\+\) .*/\1/p' "$SOURCE_DIR/tests/linux/contract/items.txt")
checks=$("$BUILD_DIR/tests/linux/i2c-contract" --list) || exit 1
status=0

if [ -n "$(sort <<<"$items" | uniq -d)" ]; then
    echo "an item is there twice"
    status=1
fi
if [ -n "$(awk '{ print $2 }' <<<"$checks" | sort | uniq -d)" ]; then
    echo "two checks have one name"
    status=1
fi
for item in $items; do
    grep -q "^$item " <<<"$checks" || {
        echo "$item: no check proves it"
        status=1
    }
done
while read -r item name; do
    grep -qx "$item" <<<"$items" || {
        echo "$name: there is no item $item"
        status=1
    }
done <<<"$checks"
echo "$(wc -l <<<"$items") items, $(wc -l <<<"$checks") checks"
exit $status
