/* SPDX-License-Identifier: MIT */
#include "waveform/decoder.h"

enum { BITS_OF_BYTE = 8, CLOCKS_OF_BYTE = 9 };

struct output {
    struct symbol *symbols;
    unsigned count;
};

static void emit(struct output *output, struct symbol symbol)
{
    output->symbols[output->count++] = symbol;
}

static void forget_byte(struct decoder *self, uint64_t now_ns)
{
    self->bits = 0;
    self->bit_count = 0;
    self->began_ns = now_ns;
}

/* A START or STOP comes in the middle of a byte.  The bit in which it comes is no bit. */
static void cut(struct decoder *self, uint64_t now_ns, struct output *output)
{
    if (self->bit_count > 0)
        emit(output, (struct symbol){.kind = SYMBOL_CUT,
                                     .begin_ns = self->began_ns,
                                     .end_ns = now_ns,
                                     .bits = self->bits,
                                     .bit_count = self->bit_count,
                                     .is_address = self->is_address});
    self->in_bit = false;
    forget_byte(self, now_ns);
}

static void start(struct decoder *self, uint64_t now_ns, struct output *output)
{
    enum symbol_kind kind = self->in_transfer ? SYMBOL_RESTART : SYMBOL_START;
    cut(self, now_ns, output);
    emit(output, (struct symbol){.kind = kind, .begin_ns = now_ns, .end_ns = now_ns});
    self->in_transfer = true;
    self->is_address = true;
}

static void stop(struct decoder *self, uint64_t now_ns, struct output *output)
{
    if (!self->in_transfer)
        return;
    cut(self, now_ns, output);
    emit(output, (struct symbol){.kind = SYMBOL_STOP, .begin_ns = now_ns, .end_ns = now_ns});
    self->in_transfer = false;
}

static void end_byte(struct decoder *self, uint64_t now_ns, struct output *output)
{
    emit(output, (struct symbol){.kind = self->is_address ? SYMBOL_ADDRESS : SYMBOL_DATA,
                                 .begin_ns = self->began_ns,
                                 .end_ns = now_ns,
                                 .ninth_ns = self->ninth_ns,
                                 .bits = (uint16_t)(self->bits >> 1),
                                 .bit_count = BITS_OF_BYTE,
                                 .ack = (self->bits & 1) == 0});
    self->is_address = false;
    forget_byte(self, now_ns);
}

static void scl_rises(struct decoder *self)
{
    self->in_bit = self->in_transfer;
    self->bit = self->sda;
}

static void scl_falls(struct decoder *self, bool is_freeing, uint64_t now_ns, struct output *output)
{
    if (!self->in_bit) {
        self->began_ns = now_ns; /* of the byte that follows a START */
        return;
    }
    self->in_bit = false;
    if (is_freeing) {
        emit(output,
             (struct symbol){.kind = SYMBOL_FREEING, .begin_ns = self->began_ns, .end_ns = now_ns});
        forget_byte(self, now_ns);
        return;
    }
    self->bits = (uint16_t)(self->bits << 1 | self->bit);
    if (++self->bit_count == BITS_OF_BYTE)
        self->ninth_ns = now_ns;
    if (self->bit_count == CLOCKS_OF_BYTE)
        end_byte(self, now_ns, output);
}

static void sda_moves(struct decoder *self, bool sda, uint64_t now_ns, struct output *output)
{
    self->sda = sda;
    if (!self->scl)
        return;
    if (sda)
        stop(self, now_ns, output);
    else
        start(self, now_ns, output);
}

unsigned decoder_step(struct decoder *self, bool scl, bool sda, bool is_freeing, uint64_t now_ns,
                      struct symbol symbols[DECODER_SYMBOLS_MAX])
{
    struct output output = {.symbols = symbols};
    if (!self->has_begun) {
        *self = (struct decoder){.has_begun = true, .scl = scl, .sda = sda};
        return 0;
    }
    bool falls = self->scl && !scl, rises = !self->scl && scl;
    self->scl = scl && !rises;
    if (falls)
        scl_falls(self, is_freeing, now_ns, &output);
    if (self->sda != sda)
        sda_moves(self, sda, now_ns, &output);
    if (rises)
        scl_rises(self);
    self->scl = scl;
    return output.count;
}

unsigned decoder_end(struct decoder *self, uint64_t now_ns,
                     struct symbol symbols[DECODER_SYMBOLS_MAX])
{
    struct output output = {.symbols = symbols};
    cut(self, now_ns, &output);
    self->in_transfer = false;
    return output.count;
}
