/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strangers: what they cost, what they are told, and that forgeries change nothing. */
#include "config.h"

#include <string.h>

#include "pair.h"
#include "wire/draft.h"
#include "wire/message.h"
#include "wire/notify.h"

/* The datagrams that passed, to be sent again or altered. */
typedef struct {
    GPtrArray *seen; /* of GBytes */
    GArray *to;      /* of int */
} Wire;

static bool
keep(Pair *pair, PairDatagram *datagram, void *user_data)
{
    Wire *wire = user_data;

    (void)pair;
    g_ptr_array_add(wire->seen, g_bytes_ref(datagram->octets));
    g_array_append_val(wire->to, datagram->to);
    return true;
}

static bool
keep_and_lose(Pair *pair, PairDatagram *datagram, void *user_data)
{
    (void)keep(pair, datagram, user_data);
    return false;
}

static void
wire_init(Wire *wire, Pair *pair)
{
    wire->seen = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    wire->to = g_array_new(FALSE, FALSE, sizeof(int));
    pair->filter = keep;
    pair->user_data = wire;
}

static void
wire_clear(Wire *wire)
{
    g_ptr_array_unref(wire->seen);
    g_array_unref(wire->to);
}

static void
cookie_is_asked_for_and_returned(void)
{
    g_autofree char *conf_b =
        g_strconcat("[daemon]\ncookie-threshold = 0\n", PAIR_CONF_B, "keep = none\n", NULL);
    g_autoptr(Pair) pair =
        pair_new_conf(PAIR_CONF_A "keep = none\n", PAIR_SECRET_A, conf_b, PAIR_SECRET_B);
    Wire wire;

    wire_init(&wire, pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair->sent[PAIR_A], ==, 3); /* one more round */
    g_assert_cmpuint(g_bytes_get_size(g_ptr_array_index(wire.seen, 1)), <=,
                     g_bytes_get_size(g_ptr_array_index(wire.seen, 0)));
    wire_clear(&wire);
}

/* A stranger's datagram to B from address number @i. */
static void
send_from(Pair *pair, uint32_t i, const void *octets, size_t n)
{
    RvlPath path = {
        .local = {.address = pair->ends[PAIR_B].address, .port = 500},
        .remote = {.address = {.family = RVL_FAMILY_IPV4,
                               .octets = {203, (uint8_t)(i >> 8), (uint8_t)i, 1}},
                   .port = 500},
        .transport = RVL_TRANSPORT_UDP,
    };

    pair_inject_on(pair, PAIR_B, &path, octets, n);
    pair_run(pair, RVL_MILLISECOND);
}

/* Leaves octets on the stack where the next call has its own. */
static void __attribute__((noinline)) soil_the_stack(uint8_t octet)
{
    volatile uint8_t soil[2048];

    for (size_t i = 0; i < sizeof soil; i++)
        soil[i] = octet;
}

/* The same first message, whatever else happened between, meets the SA that it made (RFC 7296 2.1). */
static void
first_message_again_makes_no_second_sa(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    gsize n;
    const uint8_t *first;
    Wire wire;

    wire_init(&wire, pair);
    pair->filter = keep_and_lose;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_MILLISECOND);
    first = g_bytes_get_data(g_ptr_array_index(wire.seen, 0), &n);
    for (unsigned i = 0; i < 8; i++) {
        soil_the_stack((uint8_t)(0x11 * i));
        pair_inject(pair, PAIR_B, first, n);
        pair_run(pair, RVL_SECOND / 4);
        g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_B].engine).half_open, ==, 1);
    }
    g_assert_cmpuint(pair->sent[PAIR_B], >, 1); /* its answer came again */
    wire_clear(&wire);
}

/* 5000 first messages from as many addresses: bounded state, and an honest peer gets in. */
static void
flood_costs_bounded_state(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    g_autoptr(GBytes) first = NULL;
    g_autofree uint8_t *octets = NULL;
    RvlEngineCounts counts;
    Wire wire;
    gsize n;

    pair_configure(
        pair, PAIR_B,
        "[daemon]\nhalf-open-limit = 1000\nhalf-open-limit-per-source = 10\n"
        "cookie-threshold = 50\n" PAIR_CONF_B "keep = none\n"
        "[connection any]\nremote-id = any\nlocal-id = b.test\nprotect = any <-> dynamic\n",
        PAIR_SECRET_B "[secret any]\npsk = \"a secret of thirty-two characters\"\n");
    pair_run(pair, RVL_SECOND);
    wire_init(&wire, pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    first = g_bytes_ref(g_ptr_array_index(wire.seen, 0));
    octets = g_memdup2(g_bytes_get_data(first, &n), g_bytes_get_size(first));
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    for (uint32_t i = 0; i < 5000; i++) {
        memcpy(octets, &i, sizeof i); /* another SPI each */
        send_from(pair, i, octets, n);
    }
    counts = rvl_engine_counts(pair->ends[PAIR_B].engine);
    g_assert_cmpuint(counts.half_open, <=, 50);
    g_assert_cmpuint(pair_events(pair, PAIR_B, RVL_EVENT_COOKIES_ON), ==, 1);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 2 * RVL_SECOND);
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_B, true), ==, 1);
    pair_run(pair, RVL_MINUTE); /* the others are forgotten */
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_B, false), ==, 1);
    g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_B].engine).half_open, ==, 0);
    wire_clear(&wire);
}

/* The request @first with the cookie of @answer before its payloads. */
static GBytes *
with_cookie(GBytes *first, GBytes *answer)
{
    g_autoptr(RvlMessage) request =
        rvl_message_parse(g_bytes_get_data(first, NULL), g_bytes_get_size(first), NULL);
    g_autoptr(RvlMessage) response =
        rvl_message_parse(g_bytes_get_data(answer, NULL), g_bytes_get_size(answer), NULL);
    const RvlNotifyPayload *cookie = rvl_message_find_notify(response, RVL_NOTIFY_COOKIE);
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    g_assert_nonnull(cookie);
    rvl_draft_add_notify(draft, RVL_NOTIFY_COOKIE, cookie->data);
    for (size_t i = 0; i < request->n_payloads; i++)
        rvl_draft_add_raw(draft, request->payloads[i].type, false, request->payloads[i].body);
    return rvl_draft_finish_clear(draft, &request->header, NULL);
}

/* Strangers with true addresses return cookies and never go on: a peer that does still gets in. */
static void
strangers_with_cookies_do_not_close_the_door(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    g_autoptr(GBytes) first = NULL;
    Wire wire;

    pair_configure(
        pair, PAIR_B,
        "[daemon]\nhalf-open-limit = 100\nhalf-open-limit-per-source = 10\n"
        "cookie-threshold = 0\n" PAIR_CONF_B "keep = none\n"
        "[connection any]\nremote-id = any\nlocal-id = b.test\nprotect = any <-> dynamic\n",
        PAIR_SECRET_B "[secret any]\npsk = \"a secret of thirty-two characters\"\n");
    pair_run(pair, RVL_SECOND);
    wire_init(&wire, pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    first = g_bytes_ref(g_ptr_array_index(wire.seen, 0));
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    for (uint32_t i = 0; i < 500; i++) {
        g_autofree uint8_t *octets =
            g_memdup2(g_bytes_get_data(first, NULL), g_bytes_get_size(first));
        g_autoptr(GBytes) mine = NULL;
        g_autoptr(GBytes) again = NULL;

        memcpy(octets, &i, sizeof i);
        mine = g_bytes_new(octets, g_bytes_get_size(first));
        send_from(pair, i, octets, g_bytes_get_size(first));
        again = with_cookie(mine, g_ptr_array_index(wire.seen, wire.seen->len - 1));
        send_from(pair, i, g_bytes_get_data(again, NULL), g_bytes_get_size(again));
        g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_B].engine).half_open, <=, 100);
    }
    g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_B].engine).half_open, ==, 100);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 2 * RVL_SECOND);
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_B, true), ==, 1);
    wire_clear(&wire);
}

/* What isn't finished yet is bounded too: a first message of the largest size leaves nothing. */
static void
large_first_message_leaves_nothing(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    g_autoptr(GBytes) large = NULL;
    g_autofree uint8_t *padding = g_malloc0(60000);
    Wire wire;

    wire_init(&wire, pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    {
        GBytes *first = g_ptr_array_index(wire.seen, 0);
        g_autoptr(RvlMessage) request =
            rvl_message_parse(g_bytes_get_data(first, NULL), g_bytes_get_size(first), NULL);
        g_autoptr(RvlDraft) draft = rvl_draft_new();

        for (size_t i = 0; i < request->n_payloads; i++)
            rvl_draft_add_raw(draft, request->payloads[i].type, false, request->payloads[i].body);
        rvl_draft_add_vendor_id(draft, RVL_OCTETS(padding, 60000));
        large = rvl_draft_finish_clear(draft, &request->header, NULL);
    }
    pair_inject(pair, PAIR_B, g_bytes_get_data(large, NULL), g_bytes_get_size(large));
    pair_run(pair, RVL_MILLISECOND);
    g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_B].engine).ike_sas, ==, 0);
    wire_clear(&wire);
}

/* One datagram and half an hour: octets out are no more than octets in (JVN 2016, CVE-2016-5361). */
static void
responder_never_says_more_than_it_was_asked(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    Wire wire;
    gsize n;
    const void *octets;

    wire_init(&wire, pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_SECOND);
    pair->octets[PAIR_B] = 0;
    octets = g_bytes_get_data(g_ptr_array_index(wire.seen, 0), &n);
    pair_inject(pair, PAIR_B, octets, n);
    pair_run(pair, 30 * RVL_MINUTE);
    g_assert_cmpuint(pair->octets[PAIR_B], <=, n);
    pair_assert_clean(pair);
    wire_clear(&wire);
}

/* Every message of a set-up, in each of which one octet is changed, and all of them again as they were. */
static void
forgeries_change_nothing(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    uint32_t spi;
    uint64_t ike;
    Wire wire;
    guint n_seen;

    wire_init(&wire, pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, "ab/ab");
    pair_run(pair, 10 * RVL_SECOND);
    spi = pair_child_spi(pair, PAIR_A);
    ike = pair_ike_spi(pair, PAIR_A);
    pair->filter = NULL;
    n_seen = wire.seen->len;
    for (guint i = 0; i < n_seen; i++) {
        gsize n;
        const uint8_t *octets = g_bytes_get_data(g_ptr_array_index(wire.seen, i), &n);
        g_autofree uint8_t *copy = g_memdup2(octets, n);

        for (size_t at = 0; at < n; at += 7) {
            copy[at] ^= 0x55;
            pair_inject(pair, g_array_index(wire.to, int, i), copy, n);
            copy[at] ^= 0x55;
        }
        pair_inject(pair, g_array_index(wire.to, int, i), octets, n);
        pair_run(pair, RVL_MILLISECOND);
    }
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_child_spi(pair, PAIR_A), ==, spi);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, ike);
    pair_command(pair, PAIR_B, RVL_COMMAND_REKEY, "ba/ba"); /* the next genuine one is answered */
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 1);
    wire_clear(&wire);
}

/* A clear message with the right SPIs and message ID, of every exchange type and flags. */
static void
clear_messages_change_nothing(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    uint64_t spi_a, spi_b;

    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    spi_a = pair_ike_spi(pair, PAIR_A);
    spi_b = pair_ike_spi(pair, PAIR_B);
    for (unsigned exchange = 34; exchange <= 37; exchange++) {
        for (unsigned i = 0; i < 16; i++) {
            RvlIsakmpHeader header = {
                .initiator_spi = spi_a,
                .responder_spi = spi_b,
                .version = RVL_IKE_VERSION_2,
                .exchange = (uint8_t)exchange,
                .flags = (uint8_t)((i & 1 ? RVL_IKE_FLAG_INITIATOR : 0) |
                                   (i & 2 ? RVL_IKE_FLAG_RESPONSE : 0)),
                .message_id = i >> 2,
            };
            g_autoptr(RvlDraft) draft = rvl_draft_new();
            g_autoptr(GBytes) octets = NULL;
            gsize n;
            const void *data;

            rvl_draft_add_notify(draft, RVL_NOTIFY_INVALID_SYNTAX, RVL_OCTETS_NONE);
            rvl_draft_add_delete_ike(draft);
            octets = rvl_draft_finish_clear(draft, &header, NULL);
            data = g_bytes_get_data(octets, &n);
            pair_inject(pair, PAIR_A, data, n);
            pair_inject(pair, PAIR_B, data, n);
        }
    }
    pair_run(pair, 2 * RVL_MINUTE);
    pair_assert_agree(pair, 1);
    g_assert_cmphex(pair_ike_spi(pair, PAIR_A), ==, spi_a);
}

/* A forged refusal before the real answer: noted, and the set-up goes on (2.21.1). */
static bool
forge_refusal_first(Pair *pair, PairDatagram *datagram, void *user_data)
{
    unsigned *forged = user_data;
    gsize n;
    const uint8_t *octets = g_bytes_get_data(datagram->octets, &n);
    RvlIsakmpHeader header;
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GBytes) forgery = NULL;

    g_assert_true(rvl_isakmp_header_parse(octets, n, &header, NULL));
    if (header.exchange != RVL_EXCHANGE_IKE_SA_INIT || datagram->to != PAIR_B || *forged > 0)
        return true;
    ++*forged;
    header.responder_spi = 7;
    header.flags = RVL_IKE_FLAG_RESPONSE;
    rvl_draft_add_notify(draft, RVL_NOTIFY_NO_PROPOSAL_CHOSEN, RVL_OCTETS_NONE);
    forgery = rvl_draft_finish_clear(draft, &header, NULL);
    {
        PairDatagram *extra = g_new0(PairDatagram, 1);

        extra->at = pair->now;
        extra->to = PAIR_A;
        extra->path = datagram->path;
        extra->path.local = datagram->path.remote;
        extra->path.remote = datagram->path.local;
        extra->octets = g_steal_pointer(&forgery);
        g_queue_push_head(&pair->datagrams, extra);
    }
    return true;
}

static void
forged_refusal_ends_nothing(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    unsigned forged = 0;

    pair->filter = forge_refusal_first;
    pair->user_data = &forged;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(forged, ==, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_PEER_REFUSED), ==, 1);
    pair_assert_agree(pair, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/strangers/cookie-is-asked-for-and-returned",
                    cookie_is_asked_for_and_returned);
    g_test_add_func("/ike/strangers/first-message-again-makes-no-second-sa",
                    first_message_again_makes_no_second_sa);
    g_test_add_func("/ike/strangers/flood-costs-bounded-state", flood_costs_bounded_state);
    g_test_add_func("/ike/strangers/strangers-with-cookies-do-not-close-the-door",
                    strangers_with_cookies_do_not_close_the_door);
    g_test_add_func("/ike/strangers/large-first-message-leaves-nothing",
                    large_first_message_leaves_nothing);
    g_test_add_func("/ike/strangers/responder-never-says-more-than-it-was-asked",
                    responder_never_says_more_than_it_was_asked);
    g_test_add_func("/ike/strangers/forgeries-change-nothing", forgeries_change_nothing);
    g_test_add_func("/ike/strangers/clear-messages-change-nothing", clear_messages_change_nothing);
    g_test_add_func("/ike/strangers/forged-refusal-ends-nothing", forged_refusal_ends_nothing);
    return g_test_run();
}
