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
    {"INVALID_KE_PAYLOAD heard to CREATE_CHILD_SA", RVL_EVENT_MESSAGE_RECEIVED, "payloads",
     "INVALID_KE_PAYLOAD"},
    {"a NAT before this end", RVL_EVENT_NAT_FOUND, "side", "this end"},
    {"a NAT before the peer", RVL_EVENT_NAT_FOUND, "side", "the peer"},
    {"NATs before both ends", RVL_EVENT_NAT_FOUND, "side", "both ends"},
    {"the peer's NAT maps anew", RVL_EVENT_PATH_CHANGED, NULL, NULL},
    {"a request goes out again", RVL_EVENT_RETRANSMIT, NULL, NULL},
    {"strangers must return a cookie", RVL_EVENT_COOKIES_ON, NULL, NULL},
    {"a Child SA is rekeyed", RVL_EVENT_CHILD_SA_REKEYED, NULL, NULL},
    {"an IKE SA is rekeyed", RVL_EVENT_IKE_SA_REKEYED, NULL, NULL},
    {"the peer is found silent", RVL_EVENT_IKE_SA_DOWN, "cause", "liveness-lost"},
    {"a restarted peer is back", RVL_EVENT_IKE_SA_DOWN, "cause", "peer-restarted"},
    {"traffic asks for a Child SA", RVL_EVENT_ACQUIRE, NULL, NULL},
};

/* Kinds of jobs that fail in some runs; those that take something away never do. */
static const struct {
    const char *word;
    RvlJobKind kind;
} jobs[] = {
    {"resolving fails", RVL_JOB_RESOLVE},
    {"a key exchange's offer fails", RVL_JOB_KE_OFFER},
    {"a key exchange's answer fails", RVL_JOB_KE_ANSWER},
    {"a key exchange's end fails", RVL_JOB_KE_FINISH},
    {"a proof fails to be made", RVL_JOB_PROVE},
    {"a proof fails to be checked", RVL_JOB_CHECK},
    {"reserving SPIs fails", RVL_JOB_RESERVE_SPIS},
    {"the installer refuses a batch", RVL_JOB_APPLY},
    {"a deployment fails", RVL_JOB_DEPLOY},
};

/* Longest text of a number or SPI. */
#define NUMBER_TEXT 32

struct SimTally {
    bool entered[G_N_ELEMENTS(rows)];
    bool met[SIM_FAULTS];
    bool seen[SIM_SIGHTS];
    bool failed[G_N_ELEMENTS(jobs)];
    bool moved;
    unsigned runs;
    unsigned events[G_N_ELEMENTS(rows)];
    unsigned faults[SIM_FAULTS];
    unsigned sights[SIM_SIGHTS];
    unsigned failures[G_N_ELEMENTS(jobs)];
    unsigned moves;
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
    memset(tally->seen, 0, sizeof(tally->seen));
    memset(tally->failed, 0, sizeof(tally->failed));
    tally->moved = false;
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
sim_tally_troubles(SimTally *tally, const SimTroubles *troubles)
{
    for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++)
        tally->failed[i] = troubles->failed[jobs[i].kind] > 0;
}

void
sim_tally_clock_moved(SimTally *tally)
{
    tally->moved = true;
}

void
sim_tally_faults(SimTally *tally, const SimNetwork *network)
{
    for (unsigned i = 0; i < SIM_SIGHTS; i++)
        tally->seen[i] = sim_network_sights(network, (SimSight)i) > 0;
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
    for (size_t i = 0; i < SIM_SIGHTS; i++)
        tally->sights[i] += tally->seen[i];
    for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++)
        tally->failures[i] += tally->failed[i];
    tally->moves += tally->moved;
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
    for (size_t i = 0; i < SIM_SIGHTS; i++)
        short_of += print_row(sim_sight_word((SimSight)i), tally->sights[i], least);
    for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++)
        short_of += print_row(jobs[i].word, tally->failures[i], least);
    short_of += print_row("the wall clock is set", tally->moves, least);
    return short_of;
}
