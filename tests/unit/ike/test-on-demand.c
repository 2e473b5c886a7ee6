/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A packet asks for a Child SA: what is offered for it, and which answers and SAs will do (RFC 7296 2.9). */
#include "config.h"

#include <netinet/in.h>
#include <string.h>

#include "ike/core/engine-state.h"
#include "insider.h"
#include "pair.h"
#include "wire/draft.h"
#include "wire/notify.h"

#define CONF_A PAIR_CONF_A "keep = trap\n"
/* B, with other selectors than usual. */
#define CONF_B(protect)                                                                            \
    "[connection ba]\nremote-address = 192.0.2.1\nlocal-address = 192.0.2.2\n"                     \
    "local-id = b.test\nremote-id = a.test\nkeep = none\nprotect = " protect "\n"
#define NOTHING_IN_COMMON CONF_B("10.8.0.0/16 <-> 10.9.0.0/16")
#define NARROW CONF_B("10.2.0.0/24 <-> 10.1.0.0/24")

static Pair *
pair_with(const char *conf_b)
{
    Pair *pair = pair_new_conf(CONF_A, PAIR_SECRET_A, conf_b, PAIR_SECRET_B);

    pair_run(pair, RVL_SECOND);
    g_assert_cmpuint(pair_ike_sas(pair, PAIR_A, false), ==, 0);
    return pair;
}

static RvlFlow
flow_to(const char *destination)
{
    RvlFlow flow = {
        .protocol = IPPROTO_TCP,
        .ports_known = true,
        .source_port = 40000,
        .destination_port = 443,
    };

    g_assert_true(rvl_address_parse("10.1.0.5", &flow.source));
    g_assert_true(rvl_address_parse(destination, &flow.destination));
    return flow;
}

static void
acquire(Pair *pair, uint64_t id, const RvlFlow *flow)
{
    RvlInstallerReport report = {.kind = RVL_INSTALLER_ACQUIRE, .acquire = id, .flow = *flow};
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, pair->ends[PAIR_A].policies);
    g_assert_true(g_hash_table_iter_next(&iter, &key, NULL));
    report.policy = *(RvlPolicyId *)key;
    pair_report(pair, PAIR_A, &report);
}

static void
acquire_to(Pair *pair, uint64_t id, const char *destination)
{
    RvlFlow flow = flow_to(destination);

    acquire(pair, id, &flow);
    pair_run(pair, RVL_SECOND);
}

static void
assert_acquires(const Pair *pair, const char *ended)
{
    g_assert_cmpstr(pair->ends[PAIR_A].acquires->str, ==, ended);
}

static bool
add_selectors(const RvlChildStatus *status, void *user_data)
{
    g_autofree char *local = rvl_selectors_format(status->local);
    g_autofree char *remote = rvl_selectors_format(status->remote);

    if (strcmp(status->state, "installed") == 0)
        g_string_append_printf(user_data, "%s <-> %s;", local, remote);
    return true;
}

static void
assert_stand(Pair *pair, const char *selectors)
{
    g_autoptr(GString) found = g_string_new(NULL);

    rvl_engine_visit_child_sas(pair->ends[PAIR_A].engine, add_selectors, found);
    g_assert_cmpstr(found->str, ==, selectors);
}

/* Rows: the packet, and its own selectors. */
static const struct {
    const char *name;
    uint8_t protocol;
    bool ports_known;
    const char *local;
    const char *remote;
} packets[] = {
    {"tcp", IPPROTO_TCP, true, "10.1.0.5[tcp/40000]", "10.2.0.7[tcp/443]"},
    {"gre", IPPROTO_GRE, false, "10.1.0.5[gre]", "10.2.0.7[gre]"},
    {"icmp", IPPROTO_ICMP, true, "10.1.0.5[icmp]", "10.2.0.7[icmp]"},
};

/* What B, that wants nothing of it, heard of its own side. */
static void
assert_heard(Pair *pair, const char *exchange, const char *remote)
{
    bool in_auth = strcmp(exchange, "IKE_AUTH") == 0;
    RvlEventId id = in_auth ? RVL_EVENT_CHILD_REFUSED : RVL_EVENT_REFUSED;

    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_PEER_REFUSED, "exchange"), ==, exchange);
    g_assert_cmpstr(pair_field(pair, PAIR_B, id, "found"), ==, remote);
}

static void
own_selectors_go_first(gconstpointer data)
{
    const typeof(packets[0]) *row = data;
    g_autoptr(Pair) pair = pair_with(NOTHING_IN_COMMON);
    g_autofree char *remote = g_strdup_printf("%s, 10.2.0.0/16", row->remote);
    g_autofree char *offered = g_strdup_printf("%s, 10.1.0.0/16 <-> %s", row->local, remote);
    RvlFlow flow = flow_to("10.2.0.7");

    flow.protocol = row->protocol;
    flow.ports_known = row->ports_known;
    if (row->protocol == IPPROTO_ICMP) /* an echo request */
        flow.source_port = flow.destination_port = 8 << 8;
    acquire(pair, 1, &flow);
    pair_run(pair, RVL_SECOND);
    assert_heard(pair, "IKE_AUTH", remote);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_PEER_REFUSED, "offered"), ==, offered);
    acquire(pair, 2, &flow);
    pair_run(pair, RVL_SECOND);
    assert_heard(pair, "CREATE_CHILD_SA", remote);
    assert_acquires(pair, "1 failed,2 failed,");
    pair_assert_agree(pair, 0);
}

static void
whole_policy_stands_where_the_peer_takes_it(void)
{
    g_autoptr(Pair) pair = pair_with(PAIR_CONF_B "keep = none\n");

    acquire_to(pair, 1, "10.2.0.7");
    pair_assert_agree(pair, 1);
    assert_stand(pair, "10.1.0.0/16 <-> 10.2.0.0/16;");
    assert_acquires(pair, "1 served,");
}

static void
packet_outside_the_policy_asks_for_the_policy(void)
{
    g_autoptr(Pair) pair = pair_with(PAIR_CONF_B "keep = none\n");

    acquire_to(pair, 1, "192.0.2.77");
    pair_assert_agree(pair, 1);
    assert_stand(pair, "10.1.0.0/16 <-> 10.2.0.0/16;");
    assert_acquires(pair, "1 served,");
}

static void
narrowed_answer_that_holds_the_packet_is_taken(void)
{
    g_autoptr(Pair) pair = pair_with(NARROW);

    acquire_to(pair, 1, "10.2.0.7");
    pair_assert_agree(pair, 1);
    assert_stand(pair, "10.1.0.0/24 <-> 10.2.0.0/24;");
    assert_acquires(pair, "1 served,");
}

static void
answer_without_the_packet_is_refused_and_leaves_nothing(void)
{
    g_autoptr(Pair) pair = pair_with(NARROW);

    for (unsigned i = 1; i <= 2; i++) { /* by IKE_AUTH, then by CREATE_CHILD_SA */
        acquire_to(pair, i, "10.2.1.7");
        g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_CHILD_REFUSED), ==, i);
        g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_REFUSED, "cause"), ==,
                        "selector-mismatch");
        g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_CHILD_REFUSED, "found"), ==,
                        "10.1.0.0/24 <-> 10.2.0.0/24");
        pair_run(pair, RVL_MINUTE);
        pair_assert_agree(pair, 0);
    }
    g_assert_cmpuint(pair_events(pair, PAIR_A, RVL_EVENT_IKE_SA_UP), ==, 1);
    assert_acquires(pair, "1 failed,2 failed,");
}

static void
what_stands_serves_its_own_packets_alone(void)
{
    g_autoptr(Pair) pair = pair_with(NARROW);
    unsigned sent;

    acquire_to(pair, 1, "10.2.0.7");
    sent = pair->sent[PAIR_A];
    acquire_to(pair, 2, "10.2.0.8");
    assert_acquires(pair, "1 served,2 served,");
    g_assert_cmpuint(pair->sent[PAIR_A], ==, sent);
    acquire_to(pair, 3, "10.2.1.7");
    g_assert_cmpuint(pair->sent[PAIR_A], >, sent);
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
    assert_acquires(pair, "1 served,2 served,3 failed,");
}

#define TWO_PARTS NARROW "[child ba/two]\nkeep = none\nprotect = 10.2.1.0/24 <-> 10.1.0.0/24\n"

/* The responder has a child for each packet, and the second isn't what it would choose by order. */
static void
packet_outside_what_stands_sets_up_another(void)
{
    g_autoptr(Pair) pair = pair_with(TWO_PARTS);

    acquire_to(pair, 1, "10.2.0.7");
    pair_assert_agree(pair, 1);
    acquire_to(pair, 2, "10.2.1.7");
    pair_assert_agree(pair, 2);
    assert_stand(pair, "10.1.0.0/24 <-> 10.2.0.0/24;10.1.0.0/24 <-> 10.2.1.0/24;");
    assert_acquires(pair, "1 served,2 served,");
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, "ab");
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 2);
}

static void
packets_that_ask_at_once_get_one_each(void)
{
    g_autoptr(Pair) pair = pair_with(TWO_PARTS);
    RvlFlow flows[] = {flow_to("10.2.1.7"), flow_to("10.2.0.7"), flow_to("10.2.1.8")};

    for (size_t i = 0; i < G_N_ELEMENTS(flows); i++)
        acquire(pair, i + 1, &flows[i]);
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 2);
    assert_acquires(pair, "1 served,3 served,2 served,");
}

/* Says SINGLE_PAIR_REQUIRED in place of TS_UNACCEPTABLE, so often. */
static GBytes *
with_single_pair(Pair *pair, GBytes *octets)
{
    const RvlEngine *engine = pair->ends[PAIR_A].engine;
    const RvlIkeSa *ike = engine->sas.head->data;
    g_autoptr(RvlMessage) message = insider_open(ike, octets);
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GBytes) chain = NULL;
    Insider insider = INSIDER_INIT;
    bool is_refusal = false;
    uint8_t first;

    for (size_t i = 0; message != NULL && i < message->n_payloads; i++) {
        const RvlPayload *payload = &message->payloads[i];
        uint8_t body[4] = {0, 0, 0, RVL_NOTIFY_SINGLE_PAIR_REQUIRED};
        bool is_it = payload->type == RVL_PAYLOAD_NOTIFY &&
                     payload->notify.type == RVL_NOTIFY_TS_UNACCEPTABLE;

        is_refusal = is_refusal || is_it;
        rvl_draft_add_raw(draft, payload->type, false,
                          is_it ? RVL_OCTETS(body, sizeof body) : payload->body);
    }
    if (!is_refusal)
        return NULL;
    chain = rvl_draft_finish_chain(draft, &first, NULL);
    insider.sequence += message->header.message_id;
    return insider_seal(&insider, ike, &message->header, first, rvl_octets_from_bytes(chain), 0, 0);
}

static bool
ask_for_single_pair(Pair *pair, PairDatagram *datagram, void *user_data)
{
    unsigned *left = user_data;
    GBytes *other;

    if (datagram->to != PAIR_A || *left == 0)
        return true;
    other = with_single_pair(pair, datagram->octets);
    if (other == NULL)
        return true;
    --*left;
    g_bytes_unref(datagram->octets);
    datagram->octets = other;
    return true;
}

static void
single_pair_is_asked_for_where_it_is_required(void)
{
    g_autoptr(Pair) pair = pair_with(NOTHING_IN_COMMON);
    unsigned left = 2; /* IKE_AUTH and the first CREATE_CHILD_SA */

    pair->filter = ask_for_single_pair;
    pair->user_data = &left;
    acquire_to(pair, 1, "10.2.0.7");
    g_assert_cmpuint(left, ==, 0);
    assert_heard(pair, "CREATE_CHILD_SA", "10.2.0.7[tcp/443]");
    assert_acquires(pair, "1 failed,");
    pair_assert_agree(pair, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        g_autofree char *path =
            g_strdup_printf("/ike/on-demand/own-selectors-go-first/%s", packets[i].name);

        g_test_add_data_func(path, &packets[i], own_selectors_go_first);
    }
    g_test_add_func("/ike/on-demand/whole-policy-stands-where-the-peer-takes-it",
                    whole_policy_stands_where_the_peer_takes_it);
    g_test_add_func("/ike/on-demand/packet-outside-the-policy-asks-for-the-policy",
                    packet_outside_the_policy_asks_for_the_policy);
    g_test_add_func("/ike/on-demand/narrowed-answer-that-holds-the-packet-is-taken",
                    narrowed_answer_that_holds_the_packet_is_taken);
    g_test_add_func("/ike/on-demand/answer-without-the-packet-is-refused-and-leaves-nothing",
                    answer_without_the_packet_is_refused_and_leaves_nothing);
    g_test_add_func("/ike/on-demand/what-stands-serves-its-own-packets-alone",
                    what_stands_serves_its_own_packets_alone);
    g_test_add_func("/ike/on-demand/packet-outside-what-stands-sets-up-another",
                    packet_outside_what_stands_sets_up_another);
    g_test_add_func("/ike/on-demand/packets-that-ask-at-once-get-one-each",
                    packets_that_ask_at_once_get_one_each);
    g_test_add_func("/ike/on-demand/single-pair-is-asked-for-where-it-is-required",
                    single_pair_is_asked_for_where_it_is_required);
    return g_test_run();
}
