/* SPDX-License-Identifier: MIT */
#include "cli/fault_option.h"

#include "cli/cli.h"

bool fault_option_take(const char *word, const char *text, struct bus_options *options)
{
    char why[I2CTARGET_FAULT_WHY_MAX];
    if (options->fault_count == I2CTARGET_FAULTS_MAX) {
        cli_misuse(word, "--fault: a bus takes %d faults at most", I2CTARGET_FAULTS_MAX);
        return false;
    }
    if (!i2ctarget_fault_parse(text, &options->faults[options->fault_count], why)) {
        cli_misuse(word, "--fault \"%s\": %s", text, why);
        return false;
    }
    options->fault_count++;
    return true;
}
