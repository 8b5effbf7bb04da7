/* SPDX-License-Identifier: MIT */
#include "cli/output_file.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

bool output_file_open(struct output_file *file, const char *word, const char *path)
{
    *file = (struct output_file){.word = word, .path = path};
    signal(SIGXFSZ, SIG_IGN);
    file->stream = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (!file->stream)
        cli_error(word, "%s: %s", path, strerror(errno));
    return file->stream != NULL;
}

/* Behind a symbolic link it is the file that goes; a device or a pipe stays. */
static void remove_part(const char *path)
{
    struct stat status;
    char *real = realpath(path, NULL);
    if (real && stat(real, &status) == 0 && S_ISREG(status.st_mode))
        unlink(real);
    free(real);
}

static bool close_standard_output(const struct output_file *file)
{
    bool is_written = fflush(stdout) == 0 && !ferror(stdout);
    if (!is_written)
        cli_error(file->word, "cannot write: %s", strerror(errno));
    return is_written;
}

bool output_file_close(struct output_file *file)
{
    if (file->stream == stdout)
        return close_standard_output(file);
    bool is_written = fflush(file->stream) == 0 && !ferror(file->stream);
    int error = errno;
    if (fclose(file->stream) != 0 && is_written) {
        is_written = false;
        error = errno;
    }
    if (!is_written) {
        remove_part(file->path);
        cli_error(file->word, "%s: %s", file->path, strerror(error));
    }
    return is_written;
}
