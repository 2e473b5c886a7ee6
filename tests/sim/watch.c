/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes by on the wire that no event tells. */
#include "config.h"

#include "sim/watch.h"

#include "wire/isakmp-header.h"
#include "wire/notify.h"
#include "wire/payload.h"

/* Where a notify that comes first has its type: header, generic header, protocol, SPI size. */
#define NOTIFY_TYPE_AT (28 + 4 + 2)

const char *
sim_sight_word(SimSight sight)
{
    static const char *const words[SIM_SIGHTS] = {
        [SIM_SIGHT_COOKIE] = "IKE_SA_INIT asks for a cookie",
        [SIM_SIGHT_INVALID_KE] = "IKE_SA_INIT asks for another group",
        [SIM_SIGHT_FRAGMENT] = "fragments sent",
        [SIM_SIGHT_FRAGMENT_LOST] = "fragments lost",
        [SIM_SIGHT_FRAGMENT_DOUBLED] = "fragments doubled",
        [SIM_SIGHT_FRAGMENT_REORDERED] = "fragments reordered",
        [SIM_SIGHT_FRAGMENT_DAMAGED] = "fragments damaged",
    };

    return words[sight];
}

static SimSight
sight_of_notify(uint16_t type)
{
    if (type == RVL_NOTIFY_COOKIE)
        return SIM_SIGHT_COOKIE;
    return type == RVL_NOTIFY_INVALID_KE_PAYLOAD ? SIM_SIGHT_INVALID_KE : SIM_SIGHTS;
}

SimSight
sim_watch_datagram(const uint8_t *octets, size_t n)
{
    RvlIsakmpHeader header;

    if (!rvl_isakmp_header_parse(octets, n, &header, NULL))
        return SIM_SIGHTS;
    if (header.next_payload == RVL_PAYLOAD_SKF)
        return SIM_SIGHT_FRAGMENT;
    if (header.exchange != RVL_EXCHANGE_IKE_SA_INIT || !rvl_isakmp_header_is_response(&header) ||
        header.next_payload != RVL_PAYLOAD_NOTIFY || n < NOTIFY_TYPE_AT + 2)
        return SIM_SIGHTS;
    return sight_of_notify((uint16_t)(octets[NOTIFY_TYPE_AT] << 8 | octets[NOTIFY_TYPE_AT + 1]));
}
