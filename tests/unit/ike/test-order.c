/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A peer with the right keys that says things at the wrong time: exchanges in states that don't have
 * them (CVE-2019-12312), payloads in every order behind a delete (CVE-2023-38712).
 */
#include "config.h"

#include "end-digest.h"
#include "ike/core/engine-state.h"
#include "insider.h"
#include "wire/draft.h"
#include "wire/notify.h"

#define LATENCY (7 * RVL_MILLISECOND)
#define JOB_DELAY (3 * RVL_MILLISECOND)

static const RvlIkeSa *
only_sa(const Pair *pair, int end)
{
    const RvlEngine *engine = pair->ends[end].engine;

    g_assert_cmpuint(engine->sas.length, ==, 1);
    return engine->sas.head->data;
}

static void
say(Pair *pair, int to, uint8_t exchange, bool is_response, RvlDraft *draft)
{
    const RvlIkeSa *ike = only_sa(pair, to);
    RvlIsakmpHeader header = insider_header(ike, exchange, is_response);
    Insider insider = INSIDER_INIT;
    RvlPath path = ike->path.current;
    uint8_t first;
    g_autoptr(GBytes) chain = rvl_draft_finish_chain(draft, &first, NULL);
    g_autoptr(GBytes) octets = NULL;

    g_assert_nonnull(chain);
    octets = insider_seal(&insider, ike, &header, first, rvl_octets_from_bytes(chain), 0, 0);
    g_assert_nonnull(octets);
    pair_inject_on(pair, to, &path, g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
}

static Pair *
begun(void)
{
    Pair *pair = pair_new(NULL, NULL);

    pair->latency = LATENCY;
    pair->job_delay = JOB_DELAY;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    return pair;
}

/* Until the SA at @end has keys. */
static void
run_to_keys(Pair *pair, int end)
{
    const RvlEngine *engine = pair->ends[end].engine;

    while (engine->sas.length == 0 || only_sa(pair, end)->state != RVL_IKE_SA_KEYED)
        pair_run(pair, RVL_MILLISECOND);
}

/* Rows: what is said to whom before both have proved themselves. */
static const struct {
    const char *name;
    int to;
    uint8_t exchange;
    bool deletes;
} early[] = {
    {"delete-to-the-responder", PAIR_B, RVL_EXCHANGE_INFORMATIONAL, true},
    {"liveness-to-the-responder", PAIR_B, RVL_EXCHANGE_INFORMATIONAL, false},
    {"create-child-to-the-responder", PAIR_B, RVL_EXCHANGE_CREATE_CHILD_SA, false},
    {"unknown-exchange-to-the-responder", PAIR_B, 99, false},
    {"delete-to-the-initiator", PAIR_A, RVL_EXCHANGE_INFORMATIONAL, true},
    {"liveness-to-the-initiator", PAIR_A, RVL_EXCHANGE_INFORMATIONAL, false},
    {"create-child-to-the-initiator", PAIR_A, RVL_EXCHANGE_CREATE_CHILD_SA, false},
};

/* Not answered, and nothing of the SA but the time of the last message changes. */
static void
nothing_is_taken_before_ike_auth(gconstpointer data)
{
    const typeof(early[0]) *c = data;
    g_autoptr(Pair) pair = begun();
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    EndDigest before, after;
    unsigned sent;

    run_to_keys(pair, c->to);
    before = end_digest(pair, c->to);
    sent = pair->sent[c->to];
    if (c->deletes)
        rvl_draft_add_delete_ike(draft);
    say(pair, c->to, c->exchange, false, draft);
    after = end_digest(pair, c->to);
    g_assert_cmpstr(end_digest_difference(&before, &after, SA_EXCEPT(SA_PART_TIMES)), ==, NULL);
    g_assert_cmpuint(pair->sent[c->to], ==, sent);
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
}

/* Proofs are given once: IKE_AUTH in an established SA is no request at all. */
static void
ike_auth_is_not_taken_twice(void)
{
    for (int to = 0; to < 2; to++) {
        g_autoptr(Pair) pair = begun();
        g_autoptr(RvlDraft) draft = rvl_draft_new();
        g_autoptr(RvlIdentity) identity = rvl_identity_new(RVL_IDENTITY_FQDN, "x.test", 6);
        EndDigest before, after;

        pair_run(pair, RVL_SECOND);
        pair_assert_agree(pair, 1);
        before = end_digest(pair, to);
        rvl_draft_add_identity(draft, RVL_PAYLOAD_IDI, identity);
        say(pair, to, RVL_EXCHANGE_IKE_AUTH, false, draft);
        after = end_digest(pair, to);
        g_assert_cmpstr(end_digest_difference(&before, &after, SA_EXCEPT(SA_PART_TIMES)), ==, NULL);
        pair_run(pair, RVL_SECOND);
        pair_assert_agree(pair, 1);
    }
}

/* What an INFORMATIONAL holds beside others, in any order. */
typedef enum { DELETE_IKE, DELETE_CHILD, ERROR_NOTIFY, STATUS_NOTIFY, PARTS } Part;

static void
add_part(RvlDraft *draft, Part part, uint32_t spi)
{
    switch (part) {
    case DELETE_IKE:
        rvl_draft_add_delete_ike(draft);
        break;
    case DELETE_CHILD:
        rvl_draft_add_delete(draft, RVL_PROTOCOL_ESP, &spi, 1);
        break;
    case ERROR_NOTIFY:
        rvl_draft_add_notify_spi(draft, RVL_NOTIFY_INVALID_SPI, RVL_PROTOCOL_ESP, spi);
        break;
    case STATUS_NOTIFY:
        rvl_draft_add_notify(draft, RVL_NOTIFY_INITIAL_CONTACT, RVL_OCTETS_NONE);
        break;
    case PARTS:
        break;
    }
}

/* @order: digits of base PARTS, three parts. Deletes count wherever they stand, and once. */
static void
say_in_order(unsigned order, bool while_asking)
{
    g_autoptr(Pair) pair = begun();
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    bool deletes_ike = false, deletes_child = false;
    uint32_t spi;

    pair_run(pair, RVL_SECOND);
    spi = only_sa(pair, PAIR_B)->children->spi_out;
    if (while_asking) {
        pair_command(pair, PAIR_B, RVL_COMMAND_REKEY, "ba/ba");
        pair_run(pair, 2 * JOB_DELAY);
    }
    for (int i = 0; i < 3; i++, order /= PARTS) {
        deletes_ike |= order % PARTS == DELETE_IKE;
        deletes_child |= order % PARTS == DELETE_CHILD;
        add_part(draft, (Part)(order % PARTS), spi);
    }
    say(pair, PAIR_B, RVL_EXCHANGE_INFORMATIONAL, false, draft);
    if (deletes_ike)
        g_assert_cmpuint(pair_ike_sas(pair, PAIR_B, false), ==, 0);
    else
        g_assert_cmpuint(pair_children(pair, PAIR_B), ==, deletes_child ? 0 : 1);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_command(pair, PAIR_B, RVL_COMMAND_DOWN, "ba");
    pair_run(pair, 5 * RVL_MINUTE);
    pair_assert_clean(pair);
}

static void
deletes_stand_anywhere(gconstpointer data)
{
    for (unsigned order = 0; order < PARTS * PARTS * PARTS; order++)
        say_in_order(order, GPOINTER_TO_INT(data) != 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(early); i++) {
        g_autofree char *path = g_strdup_printf("/ike/order/not-before-ike-auth/%s", early[i].name);

        g_test_add_data_func(path, &early[i], nothing_is_taken_before_ike_auth);
    }
    g_test_add_func("/ike/order/ike-auth-is-not-taken-twice", ike_auth_is_not_taken_twice);
    g_test_add_data_func("/ike/order/deletes-stand-anywhere", GINT_TO_POINTER(0),
                         deletes_stand_anywhere);
    g_test_add_data_func("/ike/order/deletes-stand-anywhere-while-asking", GINT_TO_POINTER(1),
                         deletes_stand_anywhere);
    return g_test_run();
}
