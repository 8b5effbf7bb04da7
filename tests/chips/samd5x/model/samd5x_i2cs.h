/* SPDX-License-Identifier: MIT */
/* The bit engine of a SERCOM as I2C target: its registers, its bus and its messages. */
#ifndef CHIPS_SAMD5X_MODEL_SAMD5X_I2CS_H
#define CHIPS_SAMD5X_MODEL_SAMD5X_I2CS_H

#include "chips/samd5x/model/samd5x_parts.h"

/* CTRLA, CTRLB, INTFLAG and STATUS of I2CS (SVD). */
enum {
    SAMD5X_SWRST = 1,
    SAMD5X_ENABLE = 2,
    SAMD5X_SEXTTOEN = 1 << 23,
    SAMD5X_SCLSM = 1 << 27,
    SAMD5X_LOWTOUTEN = 1 << 30
};
enum {
    SAMD5X_SMEN = 1 << 8,
    SAMD5X_GCMD = 1 << 9,
    SAMD5X_AACKEN = 1 << 10,
    SAMD5X_ACKACT = 1 << 18
};
enum { SAMD5X_PREC = 1, SAMD5X_AMATCH = 2, SAMD5X_DRDY = 4, SAMD5X_ERROR = 0x80 };
enum {
    SAMD5X_BUSERR = 1,
    SAMD5X_COLL = 2,
    SAMD5X_RXNACK = 4,
    SAMD5X_DIR = 8,
    SAMD5X_SR = 0x10,
    SAMD5X_LOWTOUT = 0x40,
    SAMD5X_CLKHOLD = 0x80,
    SAMD5X_SEXTTOUT = 0x200,
    SAMD5X_LENERR = 0x800
};

/* ---- samd5x_i2cs.c: the side of the bus ------------------------------------------------------ */

/* Begins, with the lines as they are; ends, and releases them. */
void samd5x_i2cs_begin(struct samd5x *chip, struct samd5x_sercom *self, bool scl, bool sda);
void samd5x_i2cs_end(struct samd5x *chip, struct samd5x_sercom *self);
/* It is now_ns, and the lines have these levels at the pads. */
void samd5x_i2cs_run(struct samd5x *chip, struct samd5x_sercom *self, bool scl, bool sda);
/* When something happens in it by itself; WIRES_NEVER: nothing does. */
uint64_t samd5x_i2cs_ns(const struct samd5x *chip, const struct samd5x_sercom *self);

/* ---- samd5x_message.c: the side of the software ---------------------------------------------- */

void samd5x_i2cs_command(struct samd5x *chip, struct samd5x_sercom *self, unsigned command);
/* AMATCH was cleared by hand: the address is answered as ACKACT says. */
void samd5x_i2cs_answer(struct samd5x *chip, struct samd5x_sercom *self);
/* DATA was written; DATA was read in smart mode. */
void samd5x_i2cs_data(struct samd5x *chip, struct samd5x_sercom *self, uint8_t value);
void samd5x_i2cs_data_read(struct samd5x *chip, struct samd5x_sercom *self);

bool samd5x_i2cs_holds(const struct samd5x_sercom *self); /* STATUS.CLKHOLD */
/* SCL has fallen: the next bit, or what a whole byte leads to. */
void samd5x_i2cs_clocked(struct samd5x *chip, struct samd5x_sercom *self);
void samd5x_i2cs_release(struct samd5x *chip, struct samd5x_sercom *self); /* SCL */
/* Both lines; waits for a START. */
void samd5x_i2cs_let_go(struct samd5x *chip, struct samd5x_sercom *self);

#endif
