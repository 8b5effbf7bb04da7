# SPDX-License-Identifier: MIT
# boards.csv as a C string.  cmake -DCSV=… -DHEADER=… -P boards_csv.cmake
file(READ "${CSV}" text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REGEX REPLACE "\n$" "" text "${text}")
string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
file(WRITE "${HEADER}" "/* Made from boards.csv; do not edit. */\nstatic const char boards_csv[] =\n    \"${text}\\n\";\n")
