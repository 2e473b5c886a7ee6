/* SPDX-License-Identifier: MIT */
/* Errors: a GError whose code is a cause and which says where, found, wanted and remedy. */
#pragma once

#include <stddef.h>
#include <glib.h>
#include <ravelin/cause.h>

G_BEGIN_DECLS

/**
 * RVL_ERROR:
 *
 * The one error domain. Codes are #RvlCause. An error holds its parts; the sentence in
 * `message` is rendered from them, as
 * `<where>: <what>; found <found>, wanted <wanted>; <remedy>`
 * with absent parts left out, so that log, JSON and `explain` always agree.
 */
#define RVL_ERROR (rvl_error_quark())
GQuark rvl_error_quark(void);

/** RVL_ERROR_NO_OFFSET: the error points at no octet. */
#define RVL_ERROR_NO_OFFSET G_MAXSIZE

/**
 * rvl_error_set:
 * @error: (nullable) (out): where to put it, as with g_set_error()
 * @cause: the cause; its sentence is used where @format is NULL
 * @format: (nullable): what is wrong, printf style; no full stop. Octets of a peer are passed
 *   through rvl_error_escape() by the callee: control characters never reach a message
 *
 * Thread: any.
 */
void rvl_error_set(GError **error, RvlCause cause, const char *format, ...) G_GNUC_PRINTF(3, 4);

/**
 * rvl_error_set_found:
 * @found: (nullable): the value that was found
 * @wanted: (nullable): the value or values that would have been right
 *
 * Like rvl_error_set(), with both values, which are also the cause's first and second value.
 */
void rvl_error_set_found(GError **error,
                         RvlCause cause,
                         const char *found,
                         const char *wanted,
                         const char *format,
                         ...) G_GNUC_PRINTF(5, 6);

/**
 * rvl_error_set_at_offset:
 * @offset: octet of the message (from its first) that the report points at
 *
 * Like rvl_error_set(), for wire data: `at octet 148` becomes part of the where.
 */
void rvl_error_set_at_offset(GError **error, RvlCause cause, size_t offset, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/**
 * rvl_error_prefix_where:
 * @error: (nullable): an error pointer or what it points to may be NULL: nothing happens then
 * @format: this layer's part of the where: `IKE_AUTH request from 192.0.2.7:4500`
 *
 * Each layer adds its part on the way up, once. Errors of foreign domains are prefixed too.
 */
void rvl_error_prefix_where(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * rvl_error_set_remedy:
 * @remedy: what to do, in place of the cause's own remedy
 */
void rvl_error_set_remedy(GError **error, const char *remedy);

/**
 * rvl_error_cause:
 *
 * Returns: the cause, or RVL_CAUSE_NONE for NULL and foreign domains.
 */
RvlCause rvl_error_cause(const GError *error);

/* Parts of an error; NULL (or RVL_ERROR_NO_OFFSET) where absent or of a foreign domain.
 * (transfer none): valid as long as the error. */
const char *rvl_error_where(const GError *error);
const char *rvl_error_what(const GError *error);
const char *rvl_error_found(const GError *error);
const char *rvl_error_wanted(const GError *error);
const char *rvl_error_remedy(const GError *error);
size_t rvl_error_offset(const GError *error);

/**
 * rvl_error_escape:
 * @octets: (array length=n): anything, from anybody
 *
 * Returns: (transfer full): printable UTF-8: control characters, invalid sequences and backslash
 * as `\xNN`, at most 256 characters, then `…`.
 */
char *rvl_error_escape(const void *octets, size_t n);

G_END_DECLS
