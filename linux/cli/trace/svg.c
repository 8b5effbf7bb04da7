/* SPDX-License-Identifier: MIT */
#include "cli/trace/svg.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    MARGIN = 16,
    NAMES = 44, /* room for "SCL" and "SDA" */
    LINE_WIDTH_MAX = 1180,
    BIT_WIDTH = 22,
    HELD_WIDTH = 74, /* of a low phase that is cut */
    TITLE_Y = 12,
    BOX_Y = 22,
    BOX_HEIGHT = 24,
    SCL_Y = 60, /* the high levels … */
    SDA_Y = 98,
    SWING = 24, /* … and how far below them the low ones are */
    DIGIT_Y = 140,
    LINE_HEIGHT = 164,
    TAIL = 12,
};

static const char style[] =
    "text{font:13px 'DejaVu Sans',Verdana,sans-serif;fill:#1f2933}"
    ".t{font-size:11px;fill:#52606d}.d{font-size:10px;fill:#7b8794;text-anchor:middle}"
    ".b{text-anchor:middle}.w{fill:none;stroke:#1f5d96;stroke-width:1.8}"
    ".s{fill:none;stroke:#b3541e;stroke-width:1.8}.m{stroke:#8a96a3;stroke-dasharray:3 3}"
    ".a{fill:#dcecf9;stroke:#2f6fa8}.x{fill:#fdf3dc;stroke:#b98a1d}.c{fill:#f1f3f5;stroke:#8a96a3}"
    ".k{fill:#dff3e4;stroke:#3a8a53}.n{fill:#fbe1e0;stroke:#b8413b}.h{fill:#f3e9f7}"
    ".e{font-size:10px;fill:#6b3d80;text-anchor:middle}";

/* ---- where a moment is ----------------------------------------------------------------------- */

/* x of each sample, from the first one on. */
struct places {
    const struct waveform *waveform;
    double *x;
    uint64_t low_ns;
};

/* A bit has this length in time. */
static double bit_ns(const struct waveform *waveform)
{
    for (size_t i = 0; i < waveform->symbol_count; i++) {
        const struct symbol *symbol = &waveform->symbols[i];
        if (symbol->kind == SYMBOL_ADDRESS || symbol->kind == SYMBOL_DATA)
            return 2.0 * (double)waveform_low_ns(waveform);
    }
    const struct vcd_sample *samples = waveform->samples;
    return (double)(samples[waveform->sample_count - 1].ns - samples[0].ns) / 4.0;
}

static double step_width(double ns, double of_bit_ns, bool is_held)
{
    double width = of_bit_ns > 0 ? ns / of_bit_ns * BIT_WIDTH : BIT_WIDTH;
    double most = is_held ? HELD_WIDTH : BIT_WIDTH;
    if (is_held)
        return most;
    return width < 2 ? 2 : width > most ? most : width;
}

/* The low phase that this step is a part of ends at a sample that is late. */
static bool is_held_step(const struct places *places, size_t sample)
{
    const struct vcd_sample *samples = places->waveform->samples;
    return waveform_held_ns(places->waveform, sample, places->low_ns) > 0 &&
           !samples[sample - 1].scl;
}

static bool find_places(struct places *places, const struct waveform *waveform)
{
    double of_bit_ns = bit_ns(waveform);
    *places = (struct places){.waveform = waveform, .low_ns = waveform_low_ns(waveform)};
    places->x = calloc(waveform->sample_count, sizeof *places->x);
    if (!places->x)
        return false;
    for (size_t i = 1; i < waveform->sample_count; i++) {
        double ns = (double)(waveform->samples[i].ns - waveform->samples[i - 1].ns);
        places->x[i] = places->x[i - 1] + step_width(ns, of_bit_ns, is_held_step(places, i));
    }
    return true;
}

/* The first sample at this time or later. */
static size_t sample_at(const struct waveform *waveform, uint64_t ns)
{
    size_t low = 0, high = waveform->sample_count - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (waveform->samples[middle].ns < ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double x_of(const struct places *places, uint64_t ns)
{
    return places->x[sample_at(places->waveform, ns)];
}

/* ---- one line -------------------------------------------------------------------------------- */

/* Samples from..until and the symbols first..limit, drawn at a height. */
struct strip {
    FILE *file;
    const struct places *places;
    size_t from, until, first, limit;
    int y;
    double left; /* what is subtracted from each x */
};

static double on_strip(const struct strip *strip, uint64_t ns)
{
    return x_of(strip->places, ns) - strip->left;
}

/* Behind the last sample nothing changes for a moment. */
static void draw_wire(const struct strip *strip, const char *class, int y, bool is_scl)
{
    const struct vcd_sample *samples = strip->places->waveform->samples;
    fprintf(strip->file, "<path class=\"%s\" d=\"", class);
    for (size_t i = strip->from; i <= strip->until; i++) {
        bool level = is_scl ? samples[i].scl : samples[i].sda;
        int at = strip->y + y + (level ? 0 : SWING);
        fprintf(strip->file, i == strip->from ? "M%.1f %d" : "H%.1fV%d",
                strip->places->x[i] - strip->left, at);
    }
    if (strip->until + 1 == strip->places->waveform->sample_count)
        fprintf(strip->file, "H%.1f", strip->places->x[strip->until] - strip->left + TAIL);
    fputs("\"/>\n", strip->file);
}

static void write_time(FILE *file, uint64_t ns)
{
    if (ns < 10000000)
        fprintf(file, "%.0f µs", (double)ns / 1e3);
    else
        fprintf(file, "%.1f ms", (double)ns / 1e6);
}

static void shade_held(const struct strip *strip)
{
    const struct places *places = strip->places;
    for (size_t i = strip->from + 1; i <= strip->until; i++) {
        uint64_t held = waveform_held_ns(places->waveform, i, places->low_ns);
        if (held == 0)
            continue;
        size_t fell = i;
        while (fell > strip->from && !places->waveform->samples[fell - 1].scl)
            fell--;
        double left = places->x[fell] - strip->left, right = places->x[i] - strip->left;
        fprintf(strip->file,
                "<rect class=\"h\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>"
                "<text class=\"e\" x=\"%.1f\" y=\"%d\">held ",
                left, strip->y + SCL_Y - 4, right - left, SDA_Y + SWING - SCL_Y + 8,
                (left + right) / 2, strip->y + SCL_Y + SWING / 2 + 3);
        write_time(strip->file, held);
        fputs("</text>\n", strip->file);
    }
}

static void draw_box(const struct strip *strip, const char *class, double left, double right,
                     const char *text)
{
    fprintf(strip->file,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\"/>"
            "<text class=\"b\" x=\"%.1f\" y=\"%d\">%s</text>\n",
            class, left, strip->y + BOX_Y, right - left, BOX_HEIGHT, (left + right) / 2,
            strip->y + BOX_Y + 17, text);
}

/* START, Sr and STOP: a line through both wires. */
static void draw_mark(const struct strip *strip, const struct symbol *symbol, const char *text)
{
    double x = on_strip(strip, symbol->begin_ns);
    fprintf(strip->file,
            "<line class=\"m\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>"
            "<text class=\"b\" x=\"%.1f\" y=\"%d\">%s</text>\n",
            x, strip->y + BOX_Y + BOX_HEIGHT, x, strip->y + SDA_Y + SWING + 4, x,
            strip->y + BOX_Y + 17, text);
}

static void draw_byte(const struct strip *strip, const struct symbol *symbol)
{
    bool is_address = symbol->kind == SYMBOL_ADDRESS;
    double left = on_strip(strip, symbol->begin_ns), right = on_strip(strip, symbol->end_ns);
    double ninth = on_strip(strip, symbol->ninth_ns);
    char text[32];
    if (is_address)
        snprintf(text, sizeof text, "0x%02x %s", symbol->bits >> 1,
                 symbol->bits & 1 ? "read" : "write");
    else
        snprintf(text, sizeof text, "0x%02x", symbol->bits);
    draw_box(strip, is_address ? "a" : "x", left, ninth, text);
    draw_box(strip, symbol->ack ? "k" : "n", ninth, right, symbol->ack ? "A" : "N");
}

static void draw_symbol(const struct strip *strip, const struct symbol *symbol)
{
    double left = on_strip(strip, symbol->begin_ns), right = on_strip(strip, symbol->end_ns);
    char text[32];
    switch (symbol->kind) {
    case SYMBOL_START:
        draw_mark(strip, symbol, "S");
        break;
    case SYMBOL_RESTART:
        draw_mark(strip, symbol, "Sr");
        break;
    case SYMBOL_STOP:
        draw_mark(strip, symbol, "P");
        break;
    case SYMBOL_ADDRESS:
    case SYMBOL_DATA:
        draw_byte(strip, symbol);
        break;
    case SYMBOL_CUT:
        snprintf(text, sizeof text, "%u bits", symbol->bit_count);
        draw_box(strip, "c", left, right, text);
        break;
    case SYMBOL_FREEING:
        draw_box(strip, "c", left, right, "");
        break;
    }
}

/* The bits of bytes, below SDA. */
static void draw_digits(const struct strip *strip)
{
    const struct waveform *waveform = strip->places->waveform;
    for (size_t n = strip->first; n < strip->limit; n++) {
        const struct symbol *symbol = &waveform->symbols[n];
        if (symbol->kind == SYMBOL_FREEING || symbol->begin_ns == symbol->end_ns)
            continue;
        size_t until = sample_at(waveform, symbol->end_ns);
        for (size_t i = sample_at(waveform, symbol->begin_ns) + 1; i < until; i++) {
            const struct vcd_sample *now = &waveform->samples[i];
            if (now->scl && !now[-1].scl)
                fprintf(strip->file, "<text class=\"d\" x=\"%.1f\" y=\"%d\">%d</text>\n",
                        (strip->places->x[i] + strip->places->x[i + 1]) / 2 - strip->left,
                        strip->y + DIGIT_Y, now->sda);
        }
    }
}

static void draw_strip(const struct strip *strip)
{
    const struct waveform *waveform = strip->places->waveform;
    fprintf(strip->file, "<text x=\"%d\" y=\"%d\">SCL</text><text x=\"%d\" y=\"%d\">SDA</text>\n",
            MARGIN, strip->y + SCL_Y + 17, MARGIN, strip->y + SDA_Y + 17);
    if (strip->from == 0) {
        fprintf(strip->file, "<text class=\"t\" x=\"%d\" y=\"%d\">transfer %" PRIu64 ", at ",
                MARGIN, strip->y + TITLE_Y, waveform->number);
        write_time(strip->file, waveform->symbols[0].begin_ns);
        fputs("</text>\n", strip->file);
    }
    shade_held(strip);
    for (size_t n = strip->first; n < strip->limit; n++)
        draw_symbol(strip, &waveform->symbols[n]);
    draw_wire(strip, "w", SCL_Y, true);
    draw_wire(strip, "s", SDA_Y, false);
    draw_digits(strip);
}

/* ---- all lines ------------------------------------------------------------------------------- */

/* As many symbols as there is room for, and one at least. */
static size_t limit_of(const struct places *places, size_t first, size_t from)
{
    const struct waveform *waveform = places->waveform;
    size_t limit = first + 1;
    while (limit < waveform->symbol_count &&
           x_of(places, waveform->symbols[limit].end_ns) - places->x[from] < LINE_WIDTH_MAX)
        limit++;
    return limit;
}

static void draw_lines(struct trace_svg *svg, const struct places *places)
{
    const struct waveform *waveform = places->waveform;
    size_t last = waveform->sample_count - 1, from = 0, first = 0;
    while (first < waveform->symbol_count) {
        size_t limit = limit_of(places, first, from);
        size_t until = limit < waveform->symbol_count
                           ? sample_at(waveform, waveform->symbols[limit - 1].end_ns)
                           : last;
        struct strip strip = {.file = svg->body,
                              .places = places,
                              .from = from,
                              .until = until,
                              .first = first,
                              .limit = limit,
                              .y = svg->height,
                              .left = places->x[from] - MARGIN - NAMES};
        draw_strip(&strip);
        int width = (int)(places->x[until] - strip.left) + TAIL + MARGIN;
        if (width > svg->width)
            svg->width = width;
        svg->height += LINE_HEIGHT;
        first = limit;
        from = until;
    }
}

bool trace_svg_begin(struct trace_svg *svg)
{
    *svg = (struct trace_svg){.width = 4 * NAMES, .height = MARGIN};
    svg->body = open_memstream(&svg->text, &svg->length);
    return svg->body != NULL;
}

bool trace_svg_add(struct trace_svg *svg, const struct waveform *waveform)
{
    struct places places;
    if (!find_places(&places, waveform))
        return false;
    draw_lines(svg, &places);
    free(places.x);
    return !ferror(svg->body);
}

void trace_svg_drop(struct trace_svg *svg)
{
    fclose(svg->body);
    free(svg->text);
}

static void write_escaped(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            fputs("&lt;", file);
        else if (*text == '&')
            fputs("&amp;", file);
        else if ((unsigned char)*text >= ' ')
            fputc(*text, file);
    }
}

void trace_svg_end(struct trace_svg *svg, const char *title, FILE *file)
{
    fclose(svg->body);
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\">\n"
            "<title>",
            svg->width, svg->height, svg->width);
    write_escaped(file, title);
    fprintf(file, "</title>\n<style>%s</style>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
            style, svg->width, svg->height);
    fwrite(svg->text, 1, svg->length, file);
    fputs("</svg>\n", file);
    free(svg->text);
}
