/* SPDX-License-Identifier: MIT */
/* Events: the one stream of which log, journal, audit, metrics and `explain` are renderings. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/cause.h>
#include <ravelin/macros.h>

G_BEGIN_DECLS

/** RvlEventLevel: ERROR: act now; WARNING: refused or weakened; NOTICE: an SA's life. */
typedef enum {
    RVL_LEVEL_ERROR = 3, /* the numbers are syslog's */
    RVL_LEVEL_WARNING = 4,
    RVL_LEVEL_NOTICE = 5,
    RVL_LEVEL_INFO = 6,
    RVL_LEVEL_DEBUG = 7,
} RvlEventLevel;

/** RvlEventId: a row of events.def. */
typedef enum {
    RVL_EVENT_NONE = 0,
#define RVL_EVENT_ROW(number, symbol, word, level, audit, sentence) RVL_EVENT_##symbol = (number),
#include <ravelin/events.def>
#undef RVL_EVENT_ROW
    RVL_EVENT_COUNT_ = 52 /* one more than the highest number */
} RvlEventId;

/** RvlEventInfo: an event's row. */
typedef struct {
    const char *word;
    RvlEventLevel level;
    const char *audit;    /* (nullable): word of the audit log */
    const char *sentence; /* with {fields} */
} RvlEventInfo;

/** rvl_event_info: (transfer none): never NULL. */
const RvlEventInfo *rvl_event_info(RvlEventId id);

/** RvlFieldKind: SPI is a number shown in hexadecimal. */
typedef enum {
    RVL_FIELD_TEXT = 1,
    RVL_FIELD_NUMBER = 2,
    RVL_FIELD_SPI = 3,
    RVL_FIELD_BOOL = 4,
} RvlFieldKind;

/** RvlField: @name as in the sentence, with `-`; @text may be NULL: the field is absent then. */
typedef struct {
    const char *name;
    uint32_t kind;
    const char *text;
    int64_t number;
} RvlField;

#define RVL_TEXT(n, t) ((RvlField){(n), RVL_FIELD_TEXT, (t), 0})
#define RVL_INTEGER(n, v) ((RvlField){(n), RVL_FIELD_NUMBER, NULL, (int64_t)(v)})
#define RVL_SPI(n, v) ((RvlField){(n), RVL_FIELD_SPI, NULL, (int64_t)(v)})
#define RVL_FACT(n, v) ((RvlField){(n), RVL_FIELD_BOOL, NULL, (v) ? 1 : 0})

/**
 * RvlEventScope:
 *
 * What an event is about; NULL or 0 where it doesn't apply. Each also counts as a field of its
 * name (`connection`, `child`, `ike-spi`, `peer`, `peer-id`, `exchange`, `plugin`).
 */
typedef struct {
    uint32_t size;
    const char *connection;
    const char *child;
    uint64_t ike_spi; /* ours */
    const char *peer; /* endpoint */
    const char *peer_id;
    const char *exchange;
    const char *plugin;
} RvlEventScope;

/**
 * RvlEvent:
 * @error: (nullable): its parts become fields `error`, `found`, `wanted`, `remedy`, `where`
 *
 * Borrowed by whoever receives it: copy what must outlive the call.
 */
typedef struct {
    uint32_t size;
    uint32_t id;
    uint32_t cause;
    const RvlEventScope *scope;
    const RvlField *fields;
    size_t n_fields;
    size_t stride;
    const GError *error;
} RvlEvent;

/**
 * RvlEvents:
 * @emit: copies and queues; never blocks
 *
 * Where events go. Thread: any.
 */
typedef struct {
    uint32_t size;
    void *context;
    void (*emit)(void *context, const RvlEvent *event);
} RvlEvents;

/** rvl_event_emit_fields: what the macros below call. @events may be NULL: nothing happens. */
void rvl_event_emit_fields(const RvlEvents *events,
                           const RvlEventScope *scope,
                           RvlEventId id,
                           RvlCause cause,
                           const GError *error,
                           const RvlField *fields,
                           size_t n_fields);

/** rvl_event_emit: rvl_event_emit(events, scope, RVL_EVENT_RETRANSMIT, RVL_INTEGER("try", 2), …) */
#define rvl_event_emit(events, scope, id, ...)                                                     \
    rvl_event_emit_fields(                                                                         \
        (events), (scope), (id), RVL_CAUSE_NONE, NULL,                                             \
        (const RvlField[]){__VA_ARGS__ __VA_OPT__(, ) RVL_TEXT("", NULL)},                         \
        sizeof((const RvlField[]){__VA_ARGS__ __VA_OPT__(, ) RVL_TEXT("", NULL)}) /                \
                sizeof(RvlField) -                                                                 \
            1)

/** rvl_event_emit_error: the same, with the error that says why (nullable) and its cause. */
#define rvl_event_emit_error(events, scope, id, cause, error, ...)                                 \
    rvl_event_emit_fields(                                                                         \
        (events), (scope), (id), (cause), (error),                                                 \
        (const RvlField[]){__VA_ARGS__ __VA_OPT__(, ) RVL_TEXT("", NULL)},                         \
        sizeof((const RvlField[]){__VA_ARGS__ __VA_OPT__(, ) RVL_TEXT("", NULL)}) /                \
                sizeof(RvlField) -                                                                 \
            1)

/**
 * rvl_event_sentence:
 *
 * Returns: (transfer full): the event's sentence with its fields filled in. For renderers.
 */
char *rvl_event_sentence(const RvlEvent *event);

/** rvl_event_field_at: @field: (out): the @i-th field of @event; what its maker doesn't know is zero. */
void rvl_event_field_at(const RvlEvent *event, size_t i, RvlField *field);

/** rvl_event_field: (transfer none) (nullable): the field @name, scope included, as text in @text. */
const char *rvl_event_field(const RvlEvent *event, const char *name, char *text, size_t size);

G_END_DECLS
