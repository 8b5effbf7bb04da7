# SPDX-License-Identifier: MIT
#
# Suites and rigs.  A suite is a program that runs on one rig at a time: `contract RIG`, `cut RIG`, …  Rigs register themselves (RIG_TABLE of
# tests/support/rig.h), so a suite has all rigs that are linked with it, and a chip joins all suites from its own folder.
#
#   i2ctarget_add_suite(NAME LABEL SOURCE…)
#       the program; its tests have this label
#   i2ctarget_add_rigs(NAME SOURCE… [LIBS lib…])
#       an object library with a table of rigs; it becomes a part of every suite
#   i2ctarget_add_suite_test(SUITE RIG [ITEMS prefix] [THIN] [NO_SANITIZE] [LABELS label…])
#       the test SUITE_RIG; with ITEMS only those whose names begin so, as SUITE_RIG_prefix.  THIN: a selection of its cases, as in the
#       sanitizers' build; `make soak` runs all

add_library(i2ctarget_rigs INTERFACE)

function(i2ctarget_add_suite name label)
    add_executable(${name} ${ARGN})
    set_target_properties(${name} PROPERTIES I2CTARGET_LABEL ${label})
    target_include_directories(${name} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
    target_link_libraries(${name} PRIVATE i2ctarget_rigs i2ctarget_test_support ${CMOCKA_LIBRARY})
endfunction()

function(i2ctarget_add_rigs name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
    add_library(${name} OBJECT ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
    target_link_libraries(${name} PUBLIC i2ctarget_test_support ${arg_LIBS})
    target_sources(i2ctarget_rigs INTERFACE $<TARGET_OBJECTS:${name}>)
    target_link_libraries(i2ctarget_rigs INTERFACE ${arg_LIBS})
endfunction()

function(i2ctarget_add_suite_test suite rig)
    cmake_parse_arguments(PARSE_ARGV 2 arg "THIN;NO_SANITIZE" "ITEMS" "LABELS")
    set(name ${suite}_${rig})
    if(arg_ITEMS)
        string(APPEND name _${arg_ITEMS})
    endif()
    add_test(NAME ${name} COMMAND ${suite} ${rig} ${arg_ITEMS})
    get_target_property(labels ${suite} I2CTARGET_LABEL)
    list(APPEND labels ${arg_LABELS})
    if(NOT arg_NO_SANITIZE)
        list(APPEND labels sanitize)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 300 COST 300)
    if(arg_THIN OR I2CTARGET_SANITIZE)
        set_tests_properties(${name} PROPERTIES ENVIRONMENT "I2CTARGET_THIN=1")
    endif()
endfunction()
