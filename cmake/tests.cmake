# SPDX-License-Identifier: MIT
#
# How a test is added.  Every test has one label that says which suite it belongs to (unit, contract, cut, linux, static: the name of its
# directory under tests/), the label `sanitize` if it also runs in the AddressSanitizer and UndefinedBehaviorSanitizer build, and the label
# `threads` if it also runs in the ThreadSanitizer build.  `make check` leaves out those labelled `boards`, which `make check-boards` runs, and
# those labelled `packages`, which `make check-packages` runs.
#
#   i2ctarget_add_c_test(NAME SUITE SOURCE… [LIBS lib…] [TIMEOUT seconds] [NO_SANITIZE] [THREADS] [LABELS label…])
#       a cmocka program
#   i2ctarget_add_script_test(NAME SUITE PROGRAM [ARG…] [TIMEOUT seconds] [SANITIZE] [THREADS] [LABELS label…] [ENVIRONMENT VAR=value…])
#       a program that exits 0 when all is well; a *.py is run by /usr/bin/python3, where Debian's modules are.  It is told, through the
#       environment: SOURCE_DIR and BUILD_DIR, the roots of both trees.
#
# A limit is for tests that hang: it is at least five times what the test takes on an idle machine, in the slowest build that runs it.  So tests
# with a long limit may be long ones, and begin first (COST): no long test is left for the end, with the other processors idle.
#
# A suite's CMakeLists.txt may shorten this, as tests/unit does.

find_path(CMOCKA_INCLUDE_DIR cmocka.h)
find_library(CMOCKA_LIBRARY cmocka)
if(NOT CMOCKA_INCLUDE_DIR OR NOT CMOCKA_LIBRARY)
    message(FATAL_ERROR "The tests need cmocka (Debian: libcmocka-dev).  Without them: -DI2CTARGET_TESTS=OFF")
endif()

function(i2ctarget_add_c_test name suite)
    cmake_parse_arguments(PARSE_ARGV 2 arg "NO_SANITIZE;THREADS" "TIMEOUT" "LABELS;LIBS")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
    target_link_libraries(${name} PRIVATE ${arg_LIBS} ${CMOCKA_LIBRARY})
    add_test(NAME ${name} COMMAND ${name})
    set(labels ${suite} ${arg_LABELS})
    if(NOT arg_NO_SANITIZE)
        list(APPEND labels sanitize)
    endif()
    if(arg_THREADS)
        list(APPEND labels threads)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${arg_TIMEOUT} COST ${arg_TIMEOUT})
endfunction()

function(i2ctarget_add_script_test name suite program)
    cmake_parse_arguments(PARSE_ARGV 3 arg "SANITIZE;THREADS" "TIMEOUT" "LABELS;ENVIRONMENT")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    if(NOT IS_ABSOLUTE ${program})
        set(program ${CMAKE_CURRENT_SOURCE_DIR}/${program})
    endif()
    if(program MATCHES "\\.py$")
        set(program /usr/bin/python3 ${program})
    endif()
    add_test(NAME ${name} COMMAND ${program} ${arg_UNPARSED_ARGUMENTS})
    set(labels ${suite} ${arg_LABELS})
    if(arg_SANITIZE)
        list(APPEND labels sanitize)
    endif()
    if(arg_THREADS)
        list(APPEND labels threads)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${arg_TIMEOUT} COST ${arg_TIMEOUT}
        ENVIRONMENT "SOURCE_DIR=${PROJECT_SOURCE_DIR};BUILD_DIR=${PROJECT_BINARY_DIR};${arg_ENVIRONMENT}")
endfunction()
