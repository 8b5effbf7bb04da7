#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Rules of the house that a text search can judge.  usage: test_house.sh [TREE]
#   - .c files stay under 500 lines (tests, fuzzers and benchmarks aside)
#   - every source file names its licence
#   - no weak symbols: what is absent must be visible
#   - controller and target, not the old words, outside the names that Linux and CircuitPython gave
#   - links between the documents lead somewhere
set -u
tree=${1:-$SOURCE_DIR}
cd "$tree" || exit 2
status=0

complain() {
    echo "$1"
    status=1
}

# All files of the repository that match: PATTERN is a regular expression on the path.
files() {
    find . \( -name .git -o -name node_modules -o -name __pycache__ -o -path ./build \) -prune -o -type f -print |
        sed 's#^\./##' | grep -E "$1" | sort
}

check_lengths() {
    local lines file
    while read -r lines file; do
        complain "$file: $lines lines; a .c file has less than 500"
    done < <(files '\.c$' | grep -vE '^(tests|fuzz|bench)/' | xargs -r wc -l | awk '$1 >= 500 && $2 != "total"')
}

sources() {
    files '(\.(c|h|sh|py|cmake|in)|CMakeLists\.txt|Makefile)$' | grep -vE '\.(pc|cmake)\.in$'
}

# Those of the sources that name it in their first three lines.
licensed() {
    sources | xargs -r grep -Hnm 1 'SPDX-License-Identifier: MIT' | awk -F: '$2 <= 3 { print $1 }' | sort
}

check_licences() {
    local file
    while read -r file; do
        complain "$file: no SPDX-License-Identifier in its first lines"
    done < <(comm -23 <(sources) <(licensed))
}

check_weak_symbols() {
    local hit
    while read -r hit; do
        complain "$hit: a weak symbol"
    done < <(files '\.[ch]$' | xargs -r grep -nE '__attribute__ *\(\(.*weak|pragma +weak|\b__weak\b' | cut -d: -f1,2)
}

check_words() {
    local hit
    while read -r hit; do
        complain "$hit"
    done < <(files '\.(c|h|py|sh|md|1|cmake)$|CMakeLists\.txt$|Makefile$' |
        xargs -r sed -s -nE 's/I2C_SLAVE(_FORCE)?|I2CSlave(Request)?|i2cslave//g; /([Mm]aste[r]|[Ss]lav[e]|MASTE[R]|SLAV[E])/{F;=;p}' |
        paste -d: - - -)
}

# GitHub's way to make an anchor of a heading.
anchors() {
    sed -nE 's/^#+ +(.*)$/\1/p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

check_link() {
    local document=$1 link=$2 path anchor
    case $link in
    http://* | https://* | mailto:*) return ;;
    esac
    path=${link%%#*}
    anchor=
    [ "$path" = "$link" ] || anchor=${link#*#}
    if [ -n "$path" ]; then path=$(dirname "$document")/$path; else path=$document; fi
    [ -e "$path" ] || { complain "$document: leads nowhere: $link"; return; }
    [ -z "$anchor" ] || anchors "$path" | grep -qxF -- "$anchor" || complain "$document: no such heading: $link"
}

check_links() {
    local document link
    while read -r document; do
        while read -r link; do
            check_link "$document" "$link"
        done < <(grep -oE '\]\([^) ]+' "$document" | sed 's/^](//')
    done < <(files '\.md$')
}

check_lengths
check_licences
check_weak_symbols
check_words
check_links
exit $status
