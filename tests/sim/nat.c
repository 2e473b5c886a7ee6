/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A NAT before a simulated host. */
#include "config.h"

#include "sim/nat.h"

/* The first port that is lent; each loan takes the next. */
#define FIRST_PORT 20000

typedef struct {
    uint16_t inside;
    uint16_t outside;
} Loan;

struct SimNat {
    RvlAddress outside;
    bool forwards;
    uint16_t next_port;
    GArray *loans; /* of Loan */
};

SimNat *
sim_nat_new(const RvlAddress *outside, bool forwards)
{
    SimNat *nat = g_new0(SimNat, 1);

    nat->outside = *outside;
    nat->forwards = forwards;
    nat->next_port = FIRST_PORT;
    nat->loans = g_array_new(FALSE, FALSE, sizeof(Loan));
    return nat;
}

void
sim_nat_free(SimNat *nat)
{
    if (nat == NULL)
        return;
    g_array_unref(nat->loans);
    g_free(nat);
}

const RvlAddress *
sim_nat_outside(const SimNat *nat)
{
    return &nat->outside;
}

static uint16_t
lend(SimNat *nat, uint16_t port)
{
    Loan loan = {port, nat->next_port};

    for (guint i = 0; i < nat->loans->len; i++)
        if (g_array_index(nat->loans, Loan, i).inside == port)
            return g_array_index(nat->loans, Loan, i).outside;
    nat->next_port++;
    g_array_append_val(nat->loans, loan);
    return loan.outside;
}

void
sim_nat_go_out(SimNat *nat, RvlEndpoint *source)
{
    source->address = nat->outside;
    if (!nat->forwards)
        source->port = lend(nat, source->port);
}

uint16_t
sim_nat_come_in(const SimNat *nat, uint16_t port)
{
    if (nat->forwards)
        return port;
    for (guint i = 0; i < nat->loans->len; i++)
        if (g_array_index(nat->loans, Loan, i).outside == port)
            return g_array_index(nat->loans, Loan, i).inside;
    return 0;
}

void
sim_nat_rebind(SimNat *nat)
{
    g_array_set_size(nat->loans, 0);
}
