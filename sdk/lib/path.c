/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths: comparing them and writing them down. */
#include "config.h"

#include <ravelin/path.h>

const char *
rvl_transport_word(uint8_t transport)
{
    switch ((RvlTransport)transport) {
    case RVL_TRANSPORT_UDP:
        return "udp";
    case RVL_TRANSPORT_UDP_ENCAP:
        return "udp-encap";
    case RVL_TRANSPORT_TCP:
        return "tcp";
    }
    return "unknown";
}

bool
rvl_path_equal(const RvlPath *a, const RvlPath *b)
{
    return rvl_endpoint_equal(&a->local, &b->local) && rvl_endpoint_equal(&a->remote, &b->remote) &&
           a->transport == b->transport && a->is_reliable == b->is_reliable && a->vrf == b->vrf &&
           a->mark == b->mark;
}

const char *
rvl_path_format(const RvlPath *path, char text[RVL_PATH_TEXT])
{
    char local[RVL_ADDRESS_TEXT];
    char remote[RVL_ADDRESS_TEXT];

    g_snprintf(text, RVL_PATH_TEXT, "%s -> %s (%s)", rvl_endpoint_format(&path->local, local),
               rvl_endpoint_format(&path->remote, remote), rvl_transport_word(path->transport));
    return text;
}
