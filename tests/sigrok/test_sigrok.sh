#!/bin/sh
# SPDX-License-Identifier: MIT
#
# An independent judge: sigrok's I2C decoder reads the trace of a long random run exactly as it was meant.
set -eu

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

"$BUILD_DIR/tests/sigrok/random_traffic" "$directory/run.vcd" "$directory/expected"
sigrok-cli -i "$directory/run.vcd" -I vcd -P i2c:scl=SCL:sda=SDA \
    -A i2c=start:repeat-start:stop:ack:nack:address-read:address-write:data-read:data-write >"$directory/decoded"

echo "  $(wc -l <"$directory/decoded") annotations, $(wc -c <"$directory/run.vcd") bytes of trace"
[ "$(wc -l <"$directory/decoded")" -gt 5000 ] || { echo "too few to mean anything" >&2; exit 1; }
diff -u "$directory/expected" "$directory/decoded" >"$directory/difference" || {
    echo "sigrok reads something else (- expected, + decoded):" >&2
    head -40 "$directory/difference" >&2
    exit 1
}
