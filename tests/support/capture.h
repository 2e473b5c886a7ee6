/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UDP datagrams out of captures: pcap and pcapng, Ethernet, Linux cooked, raw IP. */
#pragma once

#include <glib.h>

#include <ravelin/address.h>
#include <ravelin/octets.h>

/**
 * RvlTestDatagram:
 * @frame: number of the frame in its file, from 1
 * @is_truncated: the capture holds less than was sent
 * @payload: what UDP carried; a view into the capture
 */
typedef struct {
    guint frame;
    gboolean is_truncated;
    RvlEndpoint source;
    RvlEndpoint destination;
    RvlOctets payload;
} RvlTestDatagram;

/** RvlTestCapture: the datagrams of a file, in its order. */
typedef struct {
    GBytes *octets;
    GArray *datagrams; /* of RvlTestDatagram */
} RvlTestCapture;

/**
 * rvl_test_capture_read:
 * @octets: a whole file, gzipped or not; a reference is kept
 *
 * Returns: (transfer full): what of it could be read: a capture that breaks off ends there.
 */
RvlTestCapture *rvl_test_capture_read(GBytes *octets);
void rvl_test_capture_free(RvlTestCapture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlTestCapture, rvl_test_capture_free)

/**
 * rvl_test_datagram_ike:
 *
 * Returns: the IKE message that @datagram carries, by port, behind the non-ESP marker on 4500
 * (RFC 3948 2.2); nothing where it carries something else.
 */
RvlOctets rvl_test_datagram_ike(const RvlTestDatagram *datagram);
