/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks share: a clock, medians, and the rows of one table.
 *
 * Machines are noisy.  So everything is measured in rounds.  Values that are to be compared are
 * measured in the same round, and the median of the rounds counts.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

uint64_t measure_now_ns(void); /* CLOCK_MONOTONIC */

/* Sorts them. */
double measure_median(double *values, size_t count);

/* One row: the value with its unit. */
void measure_row(const char *what, double value, const char *unit);

/* Prints a row, and says whether the value is as large as it should be. */
void measure_row_at_least(const char *what, double value, const char *unit, double goal);
void measure_row_at_most(const char *what, double value, const char *unit, double goal);

#endif
