/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths: fragments, NAT detection and float, encapsulation by wish, a mapping that changes. */
#include "config.h"

#include "pair.h"

#define NAT_PORT 61000

/* A NAT before A: B sees another port; what B sends there comes to A's own. */
typedef struct {
    uint16_t port;
    unsigned encapsulated;
} Nat;

static bool
translate(Pair *pair, PairDatagram *datagram, void *user_data)
{
    Nat *nat = user_data;

    (void)pair;
    if (datagram->to == PAIR_B) {
        datagram->path.remote.port = (uint16_t)(nat->port + datagram->path.remote.port % 1000);
        nat->encapsulated += datagram->path.transport == RVL_TRANSPORT_UDP_ENCAP;
    } else {
        datagram->path.local.port =
            (uint16_t)(datagram->path.local.port - nat->port) == 0
                ? 500
                : (uint16_t)(datagram->path.local.port % 1000 == 500 &&
                                     datagram->path.transport == RVL_TRANSPORT_UDP_ENCAP
                                 ? 4500
                                 : 500);
    }
    return true;
}

static void
nat_makes_both_float(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    Nat nat = {.port = NAT_PORT};

    pair->filter = translate;
    pair->user_data = &nat;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpstr(pair_field(pair, PAIR_A, RVL_EVENT_NAT_FOUND, "side"), ==, "this end");
    g_assert_cmpstr(pair_field(pair, PAIR_B, RVL_EVENT_NAT_FOUND, "side"), ==, "the peer");
    g_assert_cmpuint(nat.encapsulated, >=, 1);
    nat.port += 1000; /* the NAT forgot its mapping */
    pair_command(pair, PAIR_A, RVL_COMMAND_REKEY, "ab/ab");
    pair_run(pair, 20 * RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(pair_events(pair, PAIR_B, RVL_EVENT_PATH_CHANGED), ==, 1);
}

static bool
count_encapsulated(Pair *pair, PairDatagram *datagram, void *user_data)
{
    (void)pair;
    *(unsigned *)user_data += datagram->path.transport == RVL_TRANSPORT_UDP_ENCAP;
    return true;
}

static void
encapsulation_by_wish(void)
{
    g_autoptr(Pair) pair = pair_new("encapsulation = always\n", NULL);
    unsigned encapsulated = 0;

    pair->filter = count_encapsulated;
    pair->user_data = &encapsulated;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(encapsulated, ==, 2); /* IKE_AUTH */
}

static bool
largest(Pair *pair, PairDatagram *datagram, void *user_data)
{
    size_t *most = user_data;

    (void)pair;
    *most = MAX(*most, g_bytes_get_size(datagram->octets));
    return true;
}

/* Certificates that no datagram of 1280 octets holds (RFC 7383). */
static void
long_messages_go_in_fragments(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    size_t most = 0;

    pair->certificate_octets = 6000;
    pair->filter = largest;
    pair->user_data = &most;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(most, <=, 1280);
    g_assert_cmpuint(pair->sent[PAIR_A], >=, 6);
}

static bool
lose_a_third(Pair *pair, PairDatagram *datagram, void *user_data)
{
    uint32_t *state = user_data;

    (void)pair;
    (void)datagram;
    *state = *state * 1664525 + 1013904223;
    return (*state >> 16) % 3 != 0;
}

static void
lost_fragments_come_again(void)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    uint32_t state = 1;

    pair->certificate_octets = 6000;
    pair->filter = lose_a_third;
    pair->user_data = &state;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_MINUTE);
    pair_assert_agree(pair, 1);
}

static void
without_fragmentation_they_go_whole(void)
{
    g_autoptr(Pair) pair = pair_new("fragmentation = no\n", NULL);
    size_t most = 0;

    pair->certificate_octets = 6000;
    pair->filter = largest;
    pair->user_data = &most;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, RVL_SECOND);
    pair_assert_agree(pair, 1);
    g_assert_cmpuint(most, >, 6000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ike/path/nat-makes-both-float", nat_makes_both_float);
    g_test_add_func("/ike/path/encapsulation-by-wish", encapsulation_by_wish);
    g_test_add_func("/ike/path/long-messages-go-in-fragments", long_messages_go_in_fragments);
    g_test_add_func("/ike/path/lost-fragments-come-again", lost_fragments_come_again);
    g_test_add_func("/ike/path/without-fragmentation-they-go-whole",
                    without_fragmentation_they_go_whole);
    return g_test_run();
}
