/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ECN at the end of a tunnel (RFC 6040 4.2). */
#include "config.h"

#include "ecn.h"

#include "byte-order.h"

enum { DROP = 0xff };

/* [inner][outer]: the rows and columns of figure 4, in the order of the code points. */
static const uint8_t handed_on[4][4] = {
    [ECN_NOT_ECT] = {[ECN_NOT_ECT] = ECN_NOT_ECT,
                     [ECN_ECT_1] = ECN_NOT_ECT,
                     [ECN_ECT_0] = ECN_NOT_ECT,
                     [ECN_CE] = DROP},
    [ECN_ECT_1] = {[ECN_NOT_ECT] = ECN_ECT_1,
                   [ECN_ECT_1] = ECN_ECT_1,
                   [ECN_ECT_0] = ECN_ECT_1,
                   [ECN_CE] = ECN_CE},
    [ECN_ECT_0] = {[ECN_NOT_ECT] = ECN_ECT_0,
                   [ECN_ECT_1] = ECN_ECT_1,
                   [ECN_ECT_0] = ECN_ECT_0,
                   [ECN_CE] = ECN_CE},
    [ECN_CE] =
        {[ECN_NOT_ECT] = ECN_CE, [ECN_ECT_1] = ECN_CE, [ECN_ECT_0] = ECN_CE, [ECN_CE] = ECN_CE},
};

bool
ecn_decapsulate(uint8_t inner, uint8_t outer, uint8_t *result)
{
    uint8_t ecn = handed_on[inner & ECN_MASK][outer & ECN_MASK];

    if (ecn == DROP)
        return false;
    *result = (uint8_t)((inner & ~ECN_MASK) | ecn);
    return true;
}

void
ecn_rewrite(uint8_t *packet, uint8_t traffic_class)
{
    if (packet[0] >> 4 == 6) {
        packet[0] = (uint8_t)(0x60 | traffic_class >> 4);
        packet[1] = (uint8_t)(traffic_class << 4 | (packet[1] & 0x0f));
        return;
    }

    /* HC' = ~(~HC + ~m + m') over the word that holds version, length and TOS (RFC 1624 3). */
    uint16_t old = load16(packet);

    packet[1] = traffic_class;

    uint32_t sum = (uint16_t)~load16(packet + 10) + (uint32_t)(uint16_t)~old + load16(packet);

    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    store16(packet + 10, (uint16_t)~sum);
}
