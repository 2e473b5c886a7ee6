/* SPDX-License-Identifier: MIT */
/* The one checked writer: builds octets in network order, with lengths patched in afterwards. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/** RVL_WRITER_MAX_OCTETS: hard maximum of any writer; a datagram holds less. */
#define RVL_WRITER_MAX_OCTETS ((size_t)1 << 20)

/**
 * RvlWriter:
 *
 * A growing buffer. It saturates: after the first failure (its maximum is passed, a length does
 * not fit its field) writes do nothing and the first cause is kept. Not for secrets.
 */
typedef struct RvlWriter RvlWriter;

/** rvl_writer_new: @max: hard maximum in octets, at most RVL_WRITER_MAX_OCTETS. */
RvlWriter *rvl_writer_new(size_t max);
void rvl_writer_free(RvlWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlWriter, rvl_writer_free)

void rvl_writer_u8(RvlWriter *writer, uint8_t value);
void rvl_writer_u16(RvlWriter *writer, uint16_t value);
void rvl_writer_u24(RvlWriter *writer, uint32_t value);
void rvl_writer_u32(RvlWriter *writer, uint32_t value);
void rvl_writer_u64(RvlWriter *writer, uint64_t value);
void rvl_writer_octets(RvlWriter *writer, const void *octets, size_t n);
void rvl_writer_zeros(RvlWriter *writer, size_t n);

/**
 * rvl_writer_reserve:
 *
 * Returns: (transfer none) (nullable): @n zeroed octets to be filled at once: the next write may
 * move them. NULL after a failure.
 */
uint8_t *rvl_writer_reserve(RvlWriter *writer, size_t n);

/**
 * rvl_writer_begin_u16:
 *
 * Leaves room for a 16-bit length and returns its mark; rvl_writer_end_u16() fills in the octets
 * from the mark plus @adjust: pass 4 where the length counts itself and two octets before it.
 */
size_t rvl_writer_begin_u16(RvlWriter *writer);
void rvl_writer_end_u16(RvlWriter *writer, size_t mark, size_t adjust);
size_t rvl_writer_begin_u32(RvlWriter *writer);
void rvl_writer_end_u32(RvlWriter *writer, size_t mark, size_t adjust);

/** rvl_writer_patch_u8: overwrites the octet at @offset, which was written before. */
void rvl_writer_patch_u8(RvlWriter *writer, size_t offset, uint8_t value);
void rvl_writer_patch_u16(RvlWriter *writer, size_t offset, uint16_t value);
void rvl_writer_patch_u32(RvlWriter *writer, size_t offset, uint32_t value);

size_t rvl_writer_size(const RvlWriter *writer);
/** rvl_writer_peek: (transfer none): the octets so far, until the next write. */
const uint8_t *rvl_writer_peek(const RvlWriter *writer);
bool rvl_writer_failed(const RvlWriter *writer);

/**
 * rvl_writer_finish:
 *
 * Returns: (transfer full) (nullable): the octets; the writer is empty afterwards. NULL with
 * @error after a failure.
 */
GBytes *rvl_writer_finish(RvlWriter *writer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
