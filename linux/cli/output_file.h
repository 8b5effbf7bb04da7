/* SPDX-License-Identifier: MIT */
/*
 * A file that a command makes: when the command ends it is whole, or it is not there.  "-" is
 * standard output.
 *
 *   struct output_file file;
 *   if (!output_file_open(&file, "trace", path))
 *       return false;
 *   fputs("…", file.stream);
 *   return output_file_close(&file);
 */
#ifndef CLI_OUTPUT_FILE_H
#define CLI_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct output_file {
    FILE *stream; /* write here */
    const char *word, *path;
};

/*
 * `word`: the command that speaks.  Both strings must last until the close.  From now on a limit on
 * the size of files is an error like a full disk.  False: a message has been printed.
 */
bool output_file_open(struct output_file *file, const char *word, const char *path);

/* False: not everything could be written, and a message has been printed. */
bool output_file_close(struct output_file *file);

#endif
