/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors with parts: where, what, found, wanted, remedy; the sentence is rendered from them. */
#include "config.h"

#include <ravelin/error.h>

#include <string.h>

#include "escape.h"

/* Longest peer's value that rvl_error_escape() shows, in characters. */
#define ESCAPED_CHARACTERS 256

/* Longest part of an error, in characters: lists of proposals fit, floods do not. */
#define PART_CHARACTERS 4096

typedef struct {
    char *where;
    char *what;
    char *found;
    char *wanted;
    char *remedy; /* NULL: the cause's own */
    size_t offset;
} RvlErrorPrivate;

static void
rvl_error_private_init(RvlErrorPrivate *parts)
{
    *parts = (RvlErrorPrivate){.offset = RVL_ERROR_NO_OFFSET};
}

static void
rvl_error_private_copy(const RvlErrorPrivate *from, RvlErrorPrivate *to)
{
    *to = (RvlErrorPrivate){
        .where = g_strdup(from->where),
        .what = g_strdup(from->what),
        .found = g_strdup(from->found),
        .wanted = g_strdup(from->wanted),
        .remedy = g_strdup(from->remedy),
        .offset = from->offset,
    };
}

static void
rvl_error_private_clear(RvlErrorPrivate *parts)
{
    g_free(parts->where);
    g_free(parts->what);
    g_free(parts->found);
    g_free(parts->wanted);
    g_free(parts->remedy);
}

G_DEFINE_EXTENDED_ERROR(RvlError, rvl_error)

static RvlErrorPrivate *
parts_of(const GError *error)
{
    return error != NULL && error->domain == RVL_ERROR ? rvl_error_get_private(error) : NULL;
}

/* Makes text fit for a log; NULL stays NULL. */
static char *
clean(const char *text)
{
    GString *cleaned;

    if (text == NULL)
        return NULL;
    cleaned = g_string_sized_new(strlen(text));
    rvl_escape_append(cleaned, text, strlen(text), false, PART_CHARACTERS);
    return g_string_free(cleaned, FALSE);
}

static void
render(GError *error)
{
    const RvlErrorPrivate *parts = rvl_error_get_private(error);
    const char *remedy = rvl_error_remedy(error);
    GString *text = g_string_new(parts->where);

    if (parts->offset != RVL_ERROR_NO_OFFSET)
        g_string_append_printf(text, "%sat octet %zu", text->len > 0 ? ", " : "", parts->offset);
    if (text->len > 0)
        g_string_append(text, ": ");
    g_string_append(text, parts->what);
    if (parts->found != NULL && parts->wanted != NULL)
        g_string_append_printf(text, "; found %s, wanted %s", parts->found, parts->wanted);
    else if (parts->found != NULL)
        g_string_append_printf(text, "; found %s", parts->found);
    else if (parts->wanted != NULL)
        g_string_append_printf(text, "; wanted %s", parts->wanted);
    if (*remedy != '\0')
        g_string_append_printf(text, "; %s", remedy);

    g_free(error->message);
    error->message = g_string_free(text, FALSE);
}

static void G_GNUC_PRINTF(6, 0) set(GError **error,
                                    RvlCause cause,
                                    const char *found,
                                    const char *wanted,
                                    size_t offset,
                                    const char *format,
                                    va_list arguments)
{
    g_autofree char *what = NULL;
    RvlErrorPrivate *parts;
    GError *made;

    if (error == NULL)
        return;
    what = format != NULL ? g_strdup_vprintf(format, arguments)
                          : g_strdup(rvl_cause_info(cause)->sentence);
    made = g_error_new_literal(RVL_ERROR, (int)cause, "");
    parts = rvl_error_get_private(made);
    parts->what = clean(what);
    parts->found = clean(found);
    parts->wanted = clean(wanted);
    parts->offset = offset;
    render(made);
    g_propagate_error(error, made);
}

void
rvl_error_set(GError **error, RvlCause cause, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(error, cause, NULL, NULL, RVL_ERROR_NO_OFFSET, format, arguments);
    va_end(arguments);
}

void
rvl_error_set_found(GError **error,
                    RvlCause cause,
                    const char *found,
                    const char *wanted,
                    const char *format,
                    ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(error, cause, found, wanted, RVL_ERROR_NO_OFFSET, format, arguments);
    va_end(arguments);
}

void
rvl_error_set_at_offset(GError **error, RvlCause cause, size_t offset, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(error, cause, NULL, NULL, offset, format, arguments);
    va_end(arguments);
}

void
rvl_error_prefix_where(GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *where = NULL;
    RvlErrorPrivate *parts;
    va_list arguments;

    if (error == NULL || *error == NULL)
        return;
    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    where = clean(text);

    parts = parts_of(*error);
    if (parts == NULL) {
        g_prefix_error(error, "%s: ", where);
        return;
    }
    if (parts->where != NULL) {
        g_autofree char *inner = g_steal_pointer(&parts->where);

        parts->where = g_strdup_printf("%s: %s", where, inner);
    } else {
        parts->where = g_steal_pointer(&where);
    }
    render(*error);
}

void
rvl_error_set_remedy(GError **error, const char *remedy)
{
    RvlErrorPrivate *parts = error != NULL ? parts_of(*error) : NULL;

    if (parts == NULL)
        return;
    g_free(parts->remedy);
    parts->remedy = clean(remedy);
    render(*error);
}

RvlCause
rvl_error_cause(const GError *error)
{
    return parts_of(error) != NULL ? (RvlCause)error->code : RVL_CAUSE_NONE;
}

const char *
rvl_error_where(const GError *error)
{
    const RvlErrorPrivate *parts = parts_of(error);

    return parts != NULL ? parts->where : NULL;
}

const char *
rvl_error_what(const GError *error)
{
    const RvlErrorPrivate *parts = parts_of(error);

    return parts != NULL ? parts->what : NULL;
}

const char *
rvl_error_found(const GError *error)
{
    const RvlErrorPrivate *parts = parts_of(error);

    return parts != NULL ? parts->found : NULL;
}

const char *
rvl_error_wanted(const GError *error)
{
    const RvlErrorPrivate *parts = parts_of(error);

    return parts != NULL ? parts->wanted : NULL;
}

const char *
rvl_error_remedy(const GError *error)
{
    const RvlErrorPrivate *parts = parts_of(error);

    if (parts == NULL)
        return NULL;
    return parts->remedy != NULL ? parts->remedy : rvl_cause_info((RvlCause)error->code)->remedy;
}

size_t
rvl_error_offset(const GError *error)
{
    const RvlErrorPrivate *parts = parts_of(error);

    return parts != NULL ? parts->offset : RVL_ERROR_NO_OFFSET;
}

char *
rvl_error_escape(const void *octets, size_t n)
{
    GString *text = g_string_sized_new(n < ESCAPED_CHARACTERS ? n : ESCAPED_CHARACTERS);

    rvl_escape_append(text, octets, n, true, ESCAPED_CHARACTERS);
    return g_string_free(text, FALSE);
}
