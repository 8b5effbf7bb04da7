# SPDX-License-Identifier: MIT
# A table as a C string.  cmake -DCSV=….csv -DNAME=… -DHEADER=… -P csv.cmake
file(READ "${CSV}" text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REGEX REPLACE "\n$" "" text "${text}")
string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
file(WRITE "${HEADER}" "/* Made from ${NAME}.csv; do not edit. */\nstatic const char ${NAME}_csv[] =\n    \"${text}\\n\";\n")
