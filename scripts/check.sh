#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs tests, with every compiler.  All steps run even if one fails; the exit status is 0 only if none failed.
# usage: scripts/check.sh [boards|packages]     (without a word: all tests but those that a word names)
# Environment: BUILD (directory, default build), JOBS (default: one a core).
set -u
cd "$(dirname "$0")/.." || exit 2
build=${BUILD:-build}
jobs=${JOBS:-$(nproc)}
part=${1:-}
failed=
summary=

title() {
    printf '\n==== %s\n' "$1"
}

# step NAME COMMAND…
step() {
    name=$1
    shift
    title "$name"
    began=$(date +%s)
    if "$@"; then
        verdict=ok
    else
        verdict=FAILED
        failed=yes
    fi
    summary="$summary$(printf '%-52s %-6s %4d s' "$name" "$verdict" "$(($(date +%s) - began))")
"
}

# configure DIRECTORY COMPILER [CMAKE ARGUMENT…]
configure() {
    directory=$1
    compiler=$2
    shift 2
    cmake -G Ninja -S . -B "$directory" -DCMAKE_C_COMPILER="$compiler" -DI2CTARGET_TESTS=ON "$@" >"$build/cmake.log" 2>&1 || {
        cat "$build/cmake.log"
        return 1
    }
}

# compile DIRECTORY COMPILER [CMAKE ARGUMENT…]
compile() {
    configure "$@" && ninja -C "$1" -j "$jobs" --quiet
}

# One more at once than there are cores: a third of the time tests wait for time to pass.
run_tests() {
    directory=$1
    shift
    # A shell starts background jobs with SIGINT ignored, and tests of Ctrl-C would then wait for ever.
    env --default-signal=INT,QUIT ctest --test-dir "$directory" -j "$((jobs + 1))" --output-on-failure --no-tests=error "$@"
}

# The tests of this part, by their labels (cmake/tests.cmake).
run_part() {
    directory=$1
    shift
    if [ -n "$part" ]; then
        run_tests "$directory" -L "^$part\$" "$@"
    else
        run_tests "$directory" -LE '^(boards|packages)$' "$@"
    fi
}

with_gcc() {
    compile "$build/gcc" gcc && run_part "$build/gcc"
}

with_sanitizers() {
    compile "$build/asan" gcc -DI2CTARGET_SANITIZE=ON && run_part "$build/asan" -L sanitize
}

# Builds only what the thread tests run.
with_threads() {
    configure "$build/tsan" gcc -DI2CTARGET_SANITIZE=thread && ninja -C "$build/tsan" -j "$jobs" --quiet thread_programs &&
        run_tests "$build/tsan" -L threads
}

# Nothing of it runs, and clang's warnings come before it optimises: the build type's -O2 -g is left out.
with_clang() {
    compile "$build/clang" clang -DI2CTARGET_BENCH=ON -DCMAKE_C_FLAGS_RELWITHDEBINFO=-DNDEBUG
}

with_kernel() {
    scripts/kernel.sh "$build/gcc" "$build/kernel"
}

with_deb() {
    JOBS=$jobs scripts/deb_check.sh "$build/deb"
}

# Downloads, while compilers work.  What goes wrong here, the machines try again, and tell.
fetch_kernel() {
    tests/kernel/run.py "$build/gcc" --cache "$build/kernel" --fetch >/dev/null 2>&1
}

mkdir -p "$build" || exit 2
case $part in
"")
    fetch_kernel &
    step "clang: compiles without a warning, benchmarks too" with_clang
    step "gcc, AddressSanitizer, UndefinedBehaviorSanitizer" with_sanitizers
    step "gcc, ThreadSanitizer" with_threads
    step "gcc: tests" with_gcc
    step "Debian's kernel, in a virtual machine" with_kernel
    ;;
boards)
    step "boards and chips: gcc, both sanitizers" with_sanitizers
    step "boards and chips: gcc" with_gcc
    ;;
packages)
    step "installed, and in other people's builds" with_gcc
    step "Debian packages, in a clean root" with_deb
    ;;
*)
    echo "check.sh: there is no part $part" >&2
    exit 2
    ;;
esac

title "Summary"
printf '%s' "$summary"
[ -z "$failed" ]
