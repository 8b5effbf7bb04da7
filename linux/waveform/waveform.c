/* SPDX-License-Identifier: MIT */
#include "waveform/waveform.h"

#include <stdlib.h>
#include <string.h>

/* ---- arrays ---------------------------------------------------------------------------------- */

/* Room for `more` elements.  NULL: there is no memory, and the old array is as it was. */
static void *grow(void *array, size_t *room, size_t count, size_t more, size_t element_bytes)
{
    enum { FIRST_ROOM = 256 };
    size_t wanted = *room ? *room : FIRST_ROOM;
    while (wanted < count + more)
        wanted *= 2;
    if (wanted == *room)
        return array;
    void *grown = realloc(array, wanted * element_bytes);
    if (grown)
        *room = wanted;
    return grown;
}

static bool add_sample(struct waveform *self, const struct vcd_sample *sample)
{
    struct vcd_sample *samples =
        grow(self->samples, &self->sample_room, self->sample_count, 1, sizeof *samples);
    if (!samples)
        return false;
    self->samples = samples;
    samples[self->sample_count++] = *sample;
    return true;
}

static bool add_symbols(struct waveform *self, const struct symbol *symbols, unsigned count)
{
    struct symbol *all =
        grow(self->symbols, &self->symbol_room, self->symbol_count, count, sizeof *all);
    if (!all)
        return false;
    self->symbols = all;
    memcpy(all + self->symbol_count, symbols, count * sizeof *all);
    self->symbol_count += count;
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

bool waveform_open(struct waveform_reader *reader, const char *path, const char *scl,
                   const char *sda)
{
    *reader = (struct waveform_reader){0};
    return vcd_file_open(&reader->file, path, scl, sda);
}

static bool is_same(const struct vcd_sample *a, const struct vcd_sample *b)
{
    return a->scl == b->scl && a->sda == b->sda;
}

static bool take(struct waveform_reader *reader, const struct vcd_sample *sample)
{
    struct waveform *waveform = &reader->waveform;
    struct symbol symbols[DECODER_SYMBOLS_MAX];
    unsigned count = decoder_step(&reader->decoder, sample->scl, sample->sda, sample->is_freeing,
                                  sample->ns, symbols);
    if (waveform->symbol_count == 0 && count == 0)
        waveform->sample_count = 0; /* in front of START only the last moment matters */
    bool is_new = waveform->sample_count == 0 ||
                  !is_same(&waveform->samples[waveform->sample_count - 1], sample);
    return (!is_new || add_sample(waveform, sample)) && add_symbols(waveform, symbols, count);
}

static bool has_ended(const struct waveform *waveform)
{
    return waveform->symbol_count > 0 &&
           waveform->symbols[waveform->symbol_count - 1].kind == SYMBOL_STOP;
}

static bool take_end(struct waveform_reader *reader)
{
    struct waveform *waveform = &reader->waveform;
    struct symbol symbols[DECODER_SYMBOLS_MAX];
    if (waveform->symbol_count == 0)
        return true;
    uint64_t now_ns = waveform->samples[waveform->sample_count - 1].ns;
    return add_symbols(waveform, symbols, decoder_end(&reader->decoder, now_ns, symbols));
}

static int fail_for_memory(struct waveform_reader *reader)
{
    snprintf(reader->file.problem, sizeof reader->file.problem, "there is no memory");
    return -1;
}

int waveform_next(struct waveform_reader *reader)
{
    struct waveform *waveform = &reader->waveform;
    struct vcd_sample sample;
    int got = 1;
    if (waveform->sample_count > 0)
        waveform->samples[0] = waveform->samples[waveform->sample_count - 1];
    waveform->sample_count = waveform->sample_count > 0;
    waveform->symbol_count = 0;
    while (!has_ended(waveform) && (got = vcd_file_next(&reader->file, &sample)) == 1) {
        if (!take(reader, &sample))
            return fail_for_memory(reader);
    }
    if (got == 0 && !take_end(reader))
        return fail_for_memory(reader);
    if (got < 0 || waveform->symbol_count == 0)
        return got < 0 ? -1 : 0;
    waveform->number++;
    return 1;
}

void waveform_close(struct waveform_reader *reader)
{
    vcd_file_close(&reader->file);
    free(reader->waveform.samples);
    free(reader->waveform.symbols);
}

/* ---- how long SCL is low --------------------------------------------------------------------- */

/* 0: SCL did not rise here. */
static uint64_t low_before(const struct waveform *waveform, size_t sample)
{
    const struct vcd_sample *samples = waveform->samples;
    size_t fell = sample;
    if (sample == 0 || !samples[sample].scl || samples[sample - 1].scl)
        return 0;
    while (fell > 0 && !samples[fell - 1].scl)
        fell--;
    return samples[sample].ns - samples[fell].ns;
}

uint64_t waveform_low_ns(const struct waveform *waveform)
{
    uint64_t shortest = 0;
    for (size_t i = 0; i < waveform->sample_count; i++) {
        uint64_t low = low_before(waveform, i);
        if (low > 0 && (shortest == 0 || low < shortest))
            shortest = low;
    }
    return shortest;
}

uint64_t waveform_held_ns(const struct waveform *waveform, size_t sample, uint64_t low_ns)
{
    uint64_t low = low_before(waveform, sample);
    return low > 2 * low_ns ? low - low_ns : 0;
}
