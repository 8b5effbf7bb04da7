/* SPDX-License-Identifier: MIT */
/*
 * two_cores_CHIP IMAGE ADDRESS COUNT NS: executes an image for so long, and writes in JSON so many
 * words of its memory, the model's findings, and why it ended, if it did.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "emulator/board/board.h"

static struct board board;

static void report_words(uint32_t address, unsigned count)
{
    printf("{\"words\": [");
    for (unsigned i = 0; i < count; i++) {
        uint32_t word = 0;
        core_load_word(board.core, address + 4 * i, &word);
        printf("%s%" PRIu32, i ? ", " : "", word);
    }
}

static void report_findings(void)
{
    char text[128];
    printf("], \"findings\": [");
    for (unsigned i = 0; i < board_chip.finding_count(); i++) {
        board_chip.finding(i, text, sizeof text);
        printf("%s\"%s\"", i ? ", " : "", text);
    }
    printf("], \"faults\": %u, \"trouble\": \"%s\"}\n", core_faults(board.core), board.trouble);
}

int main(int count, char **words)
{
    if (count != 5)
        return 2;
    int scl = board_chip.pin("GPIO5"), sda = board_chip.pin("GPIO4");
    bool is_good = board_init(&board, words[1], scl, sda, 100000);
    if (is_good) {
        board_run(&board, strtoull(words[4], NULL, 10));
        report_words((uint32_t)strtoul(words[2], NULL, 0), (unsigned)atoi(words[3]));
        report_findings();
    } else {
        fprintf(stderr, "%s\n", board.trouble);
    }
    board_free(&board);
    return !is_good;
}
