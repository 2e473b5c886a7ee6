/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one checked reader: saturates at the first failure and remembers it. */
#include "config.h"

#include <ravelin/reader.h>

#include <string.h>

#include <ravelin/error.h>

static const uint8_t empty[1];

void
rvl_reader_init(RvlReader *reader, const void *octets, size_t size)
{
    *reader = (RvlReader){
        .octets = octets != NULL ? octets : empty,
        .size = octets != NULL ? size : 0,
    };
}

void
rvl_reader_init_at(RvlReader *reader, const void *octets, size_t size, size_t base)
{
    rvl_reader_init(reader, octets, size);
    reader->base = base;
}

static void
fail(RvlReader *reader, size_t wanted, const char *what)
{
    if (reader->failed)
        return;
    reader->failed = true;
    reader->failed_offset = reader->base + reader->position;
    reader->failed_wanted = wanted;
    reader->failed_had = reader->size - reader->position;
    reader->failed_what = what;
}

/* Returns the next @n octets and moves behind them, or NULL. */
static const uint8_t *
take(RvlReader *reader, size_t n, const char *what)
{
    const uint8_t *taken;

    if (n > reader->size - reader->position)
        fail(reader, n, what);
    if (reader->failed)
        return NULL;
    taken = reader->octets + reader->position;
    reader->position += n;
    return taken;
}

static uint64_t
take_number(RvlReader *reader, size_t n, const char *what)
{
    const uint8_t *octets = take(reader, n, what);
    uint64_t value = 0;

    for (size_t i = 0; octets != NULL && i < n; i++)
        value = value << 8 | octets[i];
    return value;
}

uint8_t
rvl_reader_u8(RvlReader *reader, const char *what)
{
    return (uint8_t)take_number(reader, 1, what);
}

uint16_t
rvl_reader_u16(RvlReader *reader, const char *what)
{
    return (uint16_t)take_number(reader, 2, what);
}

uint32_t
rvl_reader_u24(RvlReader *reader, const char *what)
{
    return (uint32_t)take_number(reader, 3, what);
}

uint32_t
rvl_reader_u32(RvlReader *reader, const char *what)
{
    return (uint32_t)take_number(reader, 4, what);
}

uint64_t
rvl_reader_u64(RvlReader *reader, const char *what)
{
    return take_number(reader, 8, what);
}

const uint8_t *
rvl_reader_octets(RvlReader *reader, size_t n, const char *what)
{
    return take(reader, n, what);
}

void
rvl_reader_copy(RvlReader *reader, void *out, size_t n, const char *what)
{
    const uint8_t *octets = take(reader, n, what);

    if (n == 0)
        return;
    if (octets != NULL)
        memcpy(out, octets, n);
    else
        memset(out, 0, n);
}

void
rvl_reader_skip(RvlReader *reader, size_t n, const char *what)
{
    (void)take(reader, n, what);
}

void
rvl_reader_child(RvlReader *reader, size_t n, const char *what, RvlReader *child)
{
    size_t base = reader->base + reader->position;
    const uint8_t *octets = take(reader, n, what);

    if (octets != NULL)
        *child = (RvlReader){.octets = octets, .size = n, .base = base};
    else
        *child = (RvlReader){
            .octets = empty,
            .base = base,
            .failed = true,
            .failed_offset = reader->failed_offset,
            .failed_wanted = reader->failed_wanted,
            .failed_had = reader->failed_had,
            .failed_what = reader->failed_what,
        };
}

void
rvl_reader_rest(RvlReader *reader, const char *what, RvlReader *rest)
{
    rvl_reader_child(reader, reader->size - reader->position, what, rest);
}

size_t
rvl_reader_left(const RvlReader *reader)
{
    return reader->failed ? 0 : reader->size - reader->position;
}

size_t
rvl_reader_offset(const RvlReader *reader)
{
    return reader->base + reader->position;
}

bool
rvl_reader_is_at_end(const RvlReader *reader)
{
    return rvl_reader_left(reader) == 0;
}

void
rvl_reader_fail(RvlReader *reader, const char *what)
{
    fail(reader, 0, what);
}

bool
rvl_reader_failed(const RvlReader *reader)
{
    return reader->failed;
}

bool
rvl_reader_check(const RvlReader *reader, GError **error)
{
    if (!reader->failed)
        return true;
    if (reader->failed_wanted == 0) /* no read can want nothing and fail: rvl_reader_fail() did */
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, reader->failed_offset, "%s",
                                reader->failed_what);
    else
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, reader->failed_offset,
                                "%s wants %zu octets, %zu are left", reader->failed_what,
                                reader->failed_wanted, reader->failed_had);
    return false;
}

bool
rvl_reader_check_end(const RvlReader *reader, GError **error)
{
    if (!rvl_reader_check(reader, error))
        return false;
    if (rvl_reader_is_at_end(reader))
        return true;
    rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, rvl_reader_offset(reader),
                            "%zu octets follow where the end was due", rvl_reader_left(reader));
    return false;
}
