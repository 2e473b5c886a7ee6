/* SPDX-License-Identifier: MIT */
/* The one checked reader: nothing else touches octets that came from outside. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * RvlReader:
 *
 * Walks octets in network order. It saturates: after the first failure each read gives zero (or
 * an empty view) and the first cause is kept; callers check once, where the value is used. Views
 * are borrowed from the octets underneath. A value type: may lie on the stack, needs no clearing.
 * The fields are private; @reserved keeps its length, so that a later release may have more of them.
 */
typedef struct {
    const uint8_t *octets;
    size_t size;
    size_t position;
    size_t base;             /* offset of octets[0] in the whole message, for error reports */
    size_t failed_offset;    /* of the first failure, in the whole message */
    size_t failed_wanted;    /* octets that it wanted, */
    size_t failed_had;       /* and that were left */
    const char *failed_what; /* static name of what was being read */
    bool failed;
    uint64_t reserved[3];
} RvlReader;

/** rvl_reader_init: @octets are borrowed for the reader's life. */
void rvl_reader_init(RvlReader *reader, const void *octets, size_t size);

/** rvl_reader_init_at: @base: offset of octets[0] in the whole message, for reports. */
void rvl_reader_init_at(RvlReader *reader, const void *octets, size_t size, size_t base);

/** rvl_reader_u8: the next octet. @what is a static string: the field's name in the RFC. */
uint8_t rvl_reader_u8(RvlReader *reader, const char *what);
uint16_t rvl_reader_u16(RvlReader *reader, const char *what);
uint32_t rvl_reader_u24(RvlReader *reader, const char *what);
uint32_t rvl_reader_u32(RvlReader *reader, const char *what);
uint64_t rvl_reader_u64(RvlReader *reader, const char *what);

/**
 * rvl_reader_octets:
 *
 * Returns: (transfer none) (nullable): a view of the next @n octets; NULL after a failure, and
 * not NULL for @n = 0 otherwise.
 */
const uint8_t *rvl_reader_octets(RvlReader *reader, size_t n, const char *what);

/** rvl_reader_copy: copies @n octets to @out; zeros on failure. */
void rvl_reader_copy(RvlReader *reader, void *out, size_t n, const char *what);

void rvl_reader_skip(RvlReader *reader, size_t n, const char *what);

/**
 * rvl_reader_child:
 * @child: (out): a reader of the next @n octets, past which it cannot read; other than @reader
 *
 * @reader moves behind them. After a failure the child has failed too. A child's failure does not
 * reach its parent: check the child.
 */
void rvl_reader_child(RvlReader *reader, size_t n, const char *what, RvlReader *child);

/** rvl_reader_rest: @rest: (out): a child of all that is left. */
void rvl_reader_rest(RvlReader *reader, const char *what, RvlReader *rest);

size_t rvl_reader_left(const RvlReader *reader);
/** rvl_reader_offset: where the next read stands in the whole message. */
size_t rvl_reader_offset(const RvlReader *reader);
bool rvl_reader_is_at_end(const RvlReader *reader);

/** rvl_reader_fail: makes the reader fail here, for a value that is wrong in itself. */
void rvl_reader_fail(RvlReader *reader, const char *what);

bool rvl_reader_failed(const RvlReader *reader);

/**
 * rvl_reader_check:
 * @error: RVL_CAUSE_MESSAGE_MALFORMED with offset, both sizes and the field's name
 *
 * Returns: whether all reads so far held.
 */
bool rvl_reader_check(const RvlReader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_reader_check_end: as rvl_reader_check(), and nothing is left. */
bool rvl_reader_check_end(const RvlReader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
