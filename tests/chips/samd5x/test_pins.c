/* SPDX-License-Identifier: MIT */
/*
 * boards/chips.csv against the port's tables: the largest package has each pin's pads and EXTINT as
 * the port has them, and the port serves two pins just where the table says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/samd5x.h"
#include "samd5x/pins.h"

enum { SERCOM_COUNT = 8, SDA_PAD = 0, SCL_PAD = 1, PAD_COUNT = 2, LINE_MAX_CHARS = 200 };

/* What the table says of a pin. */
struct row {
    bool is_there;
    int extint;                                 /* -1: none */
    uint8_t functions[SERCOM_COUNT][PAD_COUNT]; /* PMUX_C, PMUX_D; 0: it is not that pad */
};

static struct row rows[PINS];

static void read_ways(struct row *row, char *ways)
{
    row->is_there = true;
    for (char *way = strtok(ways, " "); way; way = strtok(NULL, " ")) {
        unsigned sercom;
        char function, line[4];
        if (sscanf(way, "SERCOM%u/%c=%3s", &sercom, &function, line) == 3) {
            unsigned pad = strcmp(line, "SDA") == 0 ? SDA_PAD : SCL_PAD;
            assert_true(sercom < SERCOM_COUNT);
            row->functions[sercom][pad] = (uint8_t)(function - 'A');
        } else {
            assert_int_equal(sscanf(way, "EXTINT%d", &row->extint), 1);
        }
    }
}

/* "SAM[DE]5[1-4][GJP]*,PA00,SERCOM1/D=SDA EXTINT0," if the pattern has P. */
static void read_line(char *text)
{
    char group, ways[LINE_MAX_CHARS] = "", packages[8] = "";
    unsigned number;
    if (sscanf(text, "SAM[DE]5[1-4]%7[][GJP]*,P%c%u,%199[^,\n]", packages, &group, &number, ways) <
            3 ||
        !strchr(packages, 'P'))
        return;
    struct row *row = &rows[32 * (unsigned)(group - 'A') + number];
    assert_false(row->is_there);
    read_ways(row, ways);
}

static int read_table(void **state)
{
    char text[LINE_MAX_CHARS];
    (void)state;
    for (unsigned pin = 0; pin < PINS; pin++)
        rows[pin] = (struct row){.extint = -1};
    FILE *file = fopen(CHIPS_CSV, "r");
    assert_non_null(file);
    while (fgets(text, sizeof text, file))
        read_line(text);
    fclose(file);
    return 0;
}

static void the_table_has_the_pins_of_the_largest_package(void **state)
{
    unsigned count = 0;
    (void)state;
    for (unsigned pin = 0; pin < PINS; pin++)
        count += rows[pin].is_there;
    assert_int_equal(count, 99);
}

static void every_extint_is_that_of_the_port(void **state)
{
    (void)state;
    for (unsigned pin = 0; pin < PINS; pin++)
        assert_int_equal(i2ctarget_samd5x_extint(pin), rows[pin].extint);
}

/* The SERCOM that the table gives two pins; NO_SERCOM: none. */
static int sercom_of(unsigned scl, unsigned sda)
{
    for (int i = 0; i < SERCOM_COUNT; i++) {
        if (rows[scl].functions[i][SCL_PAD] && rows[sda].functions[i][SDA_PAD])
            return i;
    }
    return NO_SERCOM;
}

static void every_pair_has_the_sercom_of_the_port(void **state)
{
    (void)state;
    for (unsigned scl = 0; scl < PINS; scl++) {
        for (unsigned sda = 0; sda < PINS; sda++) {
            struct wiring wiring;
            int sercom = i2ctarget_samd5x_pins_find(scl, sda, &wiring);
            assert_int_equal(sercom, sercom_of(scl, sda));
            if (sercom == NO_SERCOM)
                continue;
            assert_int_equal(wiring.scl_function, rows[scl].functions[sercom][SCL_PAD]);
            assert_int_equal(wiring.sda_function, rows[sda].functions[sercom][SDA_PAD]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_table_has_the_pins_of_the_largest_package, read_table),
        cmocka_unit_test_setup(every_extint_is_that_of_the_port, read_table),
        cmocka_unit_test_setup(every_pair_has_the_sercom_of_the_port, read_table),
    };
    return cmocka_run_group_tests_name("samd5x_pins", tests, NULL, NULL);
}
