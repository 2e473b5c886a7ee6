/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What runs entered. */
#include "config.h"

#include "sim/tally.h"

#include <string.h>

/* Events that mean that a run entered something: by one field's text, or by their coming. */
static const struct {
    const char *word;
    RvlEventId event;
    const char *field; /* (nullable) */
    const char *text;
} rows[] = {
#define COLLISION(text)                                                                            \
    {                                                                                              \
        (text), RVL_EVENT_COLLISION, "outcome", (text)                                             \
    }
    /* RFC 7296 2.8.1: both ends rekey */
    COLLISION("both ends rekey the Child SA"),
    COLLISION("our Child SA stays"),
    COLLISION("the peer's Child SA stays"),
    /* 2.8.2 */
    COLLISION("both ends rekey the IKE SA"),
    COLLISION("our IKE SA stays"),
    COLLISION("the peer's IKE SA stays"),
    /* 2.25.1: of one Child SA */
    COLLISION("the Child SA is not here"),
    COLLISION("the Child SA was replaced already"),
    COLLISION("our delete of the Child SA goes first"),
    COLLISION("both ends delete the Child SA"),
    /* 2.25.2: with the IKE SA */
    COLLISION("our rekey of the IKE SA goes first"),
    COLLISION("our Child SA goes first"),
    COLLISION("our delete of a Child SA goes first"),
    COLLISION("the IKE SA is ending"),
    COLLISION("the IKE SA was replaced or is ending"),
    COLLISION("the peer deletes the IKE SA that we rekey"),
    /* both ends set up */
    COLLISION("this IKE SA stays"),
    COLLISION("the other IKE SA stays"),
#undef COLLISION
    {"TEMPORARY_FAILURE heard", RVL_EVENT_PEER_REFUSED, "notify", "TEMPORARY_FAILURE"},
    {"CHILD_SA_NOT_FOUND heard", RVL_EVENT_PEER_REFUSED, "notify", "CHILD_SA_NOT_FOUND"},
    {"a request goes out again", RVL_EVENT_RETRANSMIT, NULL, NULL},
    {"strangers must return a cookie", RVL_EVENT_COOKIES_ON, NULL, NULL},
    {"a Child SA is rekeyed", RVL_EVENT_CHILD_SA_REKEYED, NULL, NULL},
    {"an IKE SA is rekeyed", RVL_EVENT_IKE_SA_REKEYED, NULL, NULL},
    {"the peer is found silent", RVL_EVENT_IKE_SA_DOWN, "cause", "liveness-lost"},
    {"a restarted peer is back", RVL_EVENT_IKE_SA_DOWN, "cause", "peer-restarted"},
    {"traffic asks for a Child SA", RVL_EVENT_ACQUIRE, NULL, NULL},
};

/* Longest text of a number or SPI. */
#define NUMBER_TEXT 32

struct SimTally {
    bool entered[G_N_ELEMENTS(rows)];
    bool met[SIM_FAULTS];
    unsigned runs;
    unsigned events[G_N_ELEMENTS(rows)];
    unsigned faults[SIM_FAULTS];
};

SimTally *
sim_tally_new(void)
{
    return g_new0(SimTally, 1);
}

void
sim_tally_free(SimTally *tally)
{
    g_free(tally);
}

void
sim_tally_begin(SimTally *tally)
{
    memset(tally->entered, 0, sizeof(tally->entered));
    memset(tally->met, 0, sizeof(tally->met));
}

static bool
fits(const RvlEvent *event, size_t row)
{
    char number[NUMBER_TEXT];

    return event->id == rows[row].event &&
           (rows[row].field == NULL ||
            g_strcmp0(rvl_event_field(event, rows[row].field, number, sizeof(number)),
                      rows[row].text) == 0);
}

void
sim_tally_hear(SimTally *tally, const RvlEvent *event)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (!tally->entered[i] && fits(event, i))
            tally->entered[i] = true;
}

void
sim_tally_faults(SimTally *tally, const SimNetwork *network)
{
    for (unsigned i = 0; i < SIM_FAULTS; i++)
        tally->met[i] = sim_network_faults(network, (SimFault)i) > 0;
}

void
sim_tally_end(SimTally *tally)
{
    tally->runs++;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        tally->events[i] += tally->entered[i];
    for (size_t i = 0; i < SIM_FAULTS; i++)
        tally->faults[i] += tally->met[i];
}

static unsigned
print_row(const char *word, unsigned runs, unsigned least)
{
    g_print("# %6u %s%s\n", runs, word, runs < least ? "  <- too few" : "");
    return runs < least;
}

unsigned
sim_tally_print(const SimTally *tally, unsigned least)
{
    unsigned short_of = 0;

    g_print("# of %u runs, entered:\n", tally->runs);
    for (size_t i = 0; i < SIM_FAULTS; i++) {
        g_autofree char *word = g_strdup_printf("datagrams %s", sim_fault_word((SimFault)i));

        short_of += print_row(word, tally->faults[i], least);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        short_of += print_row(rows[i].word, tally->events[i], least);
    return short_of;
}
