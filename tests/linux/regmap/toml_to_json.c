/* SPDX-License-Identifier: MIT */
/* Prints a file in TOML as JSON, with the command's own reader.  Exit status 1: "LINE: what is wrong". */
#include <stdio.h>
#include <stdlib.h>

#include "cli/regmap/toml.h"

static char text[1 << 20];

static void print_string(const char *string)
{
    putchar('"');
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte == '"' || byte == '\\' || byte < 0x20)
            printf("\\u%04x", byte);
        else
            putchar(byte);
    }
    putchar('"');
}

static void print(const struct toml *value);

static void print_all(const struct toml *value, char begin, char end)
{
    putchar(begin);
    for (const struct toml *at = value->first; at; at = at->next) {
        if (at != value->first)
            putchar(',');
        if (at->key) {
            print_string(at->key);
            putchar(':');
        }
        print(at);
    }
    putchar(end);
}

static void print(const struct toml *value)
{
    switch (value->kind) {
    case TOML_STRING:
        print_string(value->string);
        break;
    case TOML_INTEGER:
        printf("%lld", (long long)value->integer);
        break;
    case TOML_BOOLEAN:
        fputs(value->integer ? "true" : "false", stdout);
        break;
    case TOML_ARRAY:
        print_all(value, '[', ']');
        break;
    case TOML_TABLE:
        print_all(value, '{', '}');
        break;
    }
}

int main(void)
{
    struct toml_error error;
    size_t length = fread(text, 1, sizeof text, stdin);
    /* A copy without anything behind it, so that AddressSanitizer sees a read beyond the end. */
    char *copy = malloc(length + !length);
    for (size_t i = 0; i < length; i++)
        copy[i] = text[i];
    struct toml *root = toml_read(copy, length, &error);
    free(copy);
    if (!root) {
        printf("%d: %s\n", error.line, error.text);
        return 1;
    }
    print(root);
    putchar('\n');
    toml_free(root);
    return 0;
}
