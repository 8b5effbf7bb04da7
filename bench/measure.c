/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t measure_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

double measure_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void begin_row(const char *what, double value, const char *unit)
{
    printf("  %-56s %9.2f %-12s", what, value, unit);
}

static void end_row(const char *bound, double goal, bool is_reached)
{
    printf(" goal: %s %g: %s\n", bound, goal, is_reached ? "reached" : "NOT reached");
    fflush(stdout);
}

void measure_row(const char *what, double value, const char *unit)
{
    begin_row(what, value, unit);
    putchar('\n');
    fflush(stdout);
}

void measure_row_at_least(const char *what, double value, const char *unit, double goal)
{
    begin_row(what, value, unit);
    end_row("at least", goal, value >= goal);
}

void measure_row_at_most(const char *what, double value, const char *unit, double goal)
{
    begin_row(what, value, unit);
    end_row("at most", goal, value <= goal);
}
