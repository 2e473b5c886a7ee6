/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: rows, emission, and the sentence that is made of fields and scope. */
#include "config.h"

#include <ravelin/event.h>

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/sized.h>

typedef struct {
    unsigned n;
    RvlEventId id;
    RvlCause cause;
    char *sentence;
    char *tries;
} Heard;

static void
hear(void *context, const RvlEvent *event)
{
    Heard *heard = context;
    char number[32];

    heard->n++;
    heard->id = (RvlEventId)event->id;
    heard->cause = (RvlCause)event->cause;
    g_free(heard->sentence);
    heard->sentence = rvl_event_sentence(event);
    g_free(heard->tries);
    heard->tries = g_strdup(rvl_event_field(event, "tries", number, sizeof(number)));
}

static void
heard_clear(Heard *heard)
{
    g_free(heard->sentence);
    g_free(heard->tries);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Heard, heard_clear)

static RvlEvents
listener(Heard *heard)
{
    return (RvlEvents){.size = sizeof(RvlEvents), .context = heard, .emit = hear};
}

static void
fields_fill_the_sentence(void)
{
    g_auto(Heard) heard = {0};
    RvlEvents events = listener(&heard);
    RvlEventScope scope = {.size = sizeof(scope), .exchange = "IKE_AUTH"};

    rvl_event_emit(&events, &scope, RVL_EVENT_RETRANSMIT, RVL_INTEGER("message-id", 1),
                   RVL_INTEGER("try", 2), RVL_INTEGER("tries", 6));
    g_assert_cmpuint(heard.n, ==, 1);
    g_assert_cmpint(heard.id, ==, RVL_EVENT_RETRANSMIT);
    g_assert_cmpstr(heard.sentence, ==, "IKE_AUTH request 1 sent again (try 2 of 6)");
    g_assert_cmpstr(heard.tries, ==, "6");
}

static void
brackets_drop_what_is_absent(void)
{
    g_auto(Heard) heard = {0};
    RvlEvents events = listener(&heard);
    RvlEventScope scope = {.size = sizeof(scope), .peer = "192.0.2.1:500", .peer_id = "gw"};

    rvl_event_emit_error(&events, &scope, RVL_EVENT_IKE_SA_DOWN, RVL_CAUSE_PEER_DELETED, NULL);
    g_assert_cmpstr(heard.sentence, ==, "IKE SA with gw at 192.0.2.1:500 ended: peer-deleted");
    scope.peer_id = NULL;
    rvl_event_emit_error(&events, &scope, RVL_EVENT_IKE_SA_DOWN, RVL_CAUSE_PEER_DELETED, NULL);
    g_assert_cmpstr(heard.sentence, ==, "IKE SA with 192.0.2.1:500 ended: peer-deleted");
}

static void
error_brings_its_cause_and_parts(void)
{
    g_auto(Heard) heard = {0};
    g_autoptr(GError) error = NULL;
    RvlEvents events = listener(&heard);
    RvlEventScope scope = {.size = sizeof(scope), .peer = "192.0.2.1:500"};

    rvl_error_set(&error, RVL_CAUSE_PSK_MISMATCH, "AUTH does not fit");
    rvl_error_set_remedy(&error, "");
    rvl_event_emit_error(&events, &scope, RVL_EVENT_REFUSED, RVL_CAUSE_NONE, error);
    g_assert_cmpint(heard.cause, ==, RVL_CAUSE_PSK_MISMATCH);
    g_assert_cmpstr(heard.sentence, ==, "refused 192.0.2.1:500: psk-mismatch: AUTH does not fit");
}

static void
peers_text_is_escaped_in_the_sentence(void)
{
    g_auto(Heard) heard = {0};
    RvlEvents events = listener(&heard);

    rvl_event_emit(&events, NULL, RVL_EVENT_NOTIFY_RECEIVED,
                   RVL_TEXT("notify", "a\n\x1b[1m{peer}"));
    g_assert_cmpstr(heard.sentence, ==, "notify a\\x0a\\x1b[1m{peer} received");
}

static void
spis_are_hexadecimal(void)
{
    char text[32];
    RvlField fields[] = {RVL_SPI("spi-in", 0xc0ffee), RVL_SPI("ike", (int64_t)0x8000000000000001),
                         RVL_FACT("fact", true), RVL_TEXT("none", NULL)};
    RvlEventScope scope = {.size = sizeof(scope), .ike_spi = 0x1234567890abcdef};
    RvlEvent event = {.size = sizeof(event),
                      .scope = &scope,
                      .fields = fields,
                      .n_fields = 4,
                      .stride = sizeof(fields[0])};

    g_assert_cmpstr(rvl_event_field(&event, "spi-in", text, sizeof(text)), ==, "00c0ffee");
    g_assert_cmpstr(rvl_event_field(&event, "ike", text, sizeof(text)), ==, "8000000000000001");
    g_assert_cmpstr(rvl_event_field(&event, "ike-spi", text, sizeof(text)), ==, "1234567890abcdef");
    g_assert_cmpstr(rvl_event_field(&event, "fact", text, sizeof(text)), ==, "yes");
    g_assert_null(rvl_event_field(&event, "none", text, sizeof(text)));
    g_assert_null(rvl_event_field(&event, "no-such-field", text, sizeof(text)));
}

/* A plugin that was compiled with a shorter scope. */
static void
short_scope_has_no_later_fields(void)
{
    char text[32];
    RvlEventScope scope = {.size = G_STRUCT_OFFSET(RvlEventScope, peer),
                           .connection = "berlin",
                           .peer = "must not be read"};
    RvlEvent event = {.size = sizeof(event), .scope = &scope};

    g_assert_cmpstr(rvl_event_field(&event, "connection", text, sizeof(text)), ==, "berlin");
    g_assert_null(rvl_event_field(&event, "peer", text, sizeof(text)));
}

/* Fields of a plugin that knows no numbers yet, and of one that knows more than we do. */
static void
fields_are_read_by_their_stride(void)
{
    const size_t strides[] = {RVL_END_OF(RvlField, text), sizeof(RvlField) + 24};
    const RvlField fields[] = {{"first", RVL_FIELD_TEXT, "one", 0},
                               {"second", RVL_FIELD_TEXT, "two", 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(strides); i++) {
        g_autofree uint8_t *octets = g_malloc(2 * strides[i]);
        RvlEvent event = {.size = sizeof(event),
                          .id = RVL_EVENT_COMMAND,
                          .fields = (const RvlField *)(void *)octets,
                          .n_fields = 2,
                          .stride = strides[i]};
        RvlField field;
        char number[32];

        memset(octets, 0xa5, 2 * strides[i]);
        for (size_t k = 0; k < G_N_ELEMENTS(fields); k++)
            memcpy(octets + k * strides[i], &fields[k], MIN(strides[i], sizeof(fields[k])));
        g_assert_cmpstr(rvl_event_field(&event, "second", number, sizeof(number)), ==, "two");
        rvl_event_field_at(&event, 1, &field);
        g_assert_cmpint(field.number, ==, 0);
    }
}

static void
nobody_listens(void)
{
    rvl_event_emit(NULL, NULL, RVL_EVENT_DAEMON_STOPPING);
    rvl_event_emit(&(RvlEvents){.size = sizeof(RvlEvents)}, NULL, RVL_EVENT_DAEMON_STOPPING);
}

static void
rows_are_well_formed(void)
{
    for (int i = 1; i < RVL_EVENT_COUNT_; i++) {
        const RvlEventInfo *info = rvl_event_info((RvlEventId)i);
        int depth = 0;

        g_assert_cmpuint(strspn(info->word, "abcdefghijklmnopqrstuvwxyz-"), ==, strlen(info->word));
        for (const char *at = info->sentence; *at != '\0'; at++) {
            depth += (*at == '[') - (*at == ']');
            g_assert_cmpint(depth, >=, 0);
            g_assert_cmpint(depth, <=, 1); /* brackets don't nest */
        }
        g_assert_cmpint(depth, ==, 0);
    }
    g_assert_cmpstr(rvl_event_info(RVL_EVENT_NONE)->word, ==, "unknown");
    g_assert_cmpstr(rvl_event_info(RVL_EVENT_COUNT_)->word, ==, "unknown");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/event/fields-fill-the-sentence", fields_fill_the_sentence);
    g_test_add_func("/lib/event/brackets-drop-what-is-absent", brackets_drop_what_is_absent);
    g_test_add_func("/lib/event/error-brings-its-cause-and-parts",
                    error_brings_its_cause_and_parts);
    g_test_add_func("/lib/event/peers-text-is-escaped-in-the-sentence",
                    peers_text_is_escaped_in_the_sentence);
    g_test_add_func("/lib/event/spis-are-hexadecimal", spis_are_hexadecimal);
    g_test_add_func("/lib/event/short-scope-has-no-later-fields", short_scope_has_no_later_fields);
    g_test_add_func("/lib/event/fields-are-read-by-their-stride", fields_are_read_by_their_stride);
    g_test_add_func("/lib/event/nobody-listens", nobody_listens);
    g_test_add_func("/lib/event/rows-are-well-formed", rows_are_well_formed);
    return g_test_run();
}
