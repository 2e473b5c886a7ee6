/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What IKE_SA_INIT leaves behind for IKE_AUTH: nonces, both messages as they went, notifies. */
#pragma once

#include "ike/core/ike-sa.h"

/**
 * RvlInit:
 * @group: of the key exchange
 * @public_value: (nullable): ours
 * @secret: initiator: state of the offer, then the shared secret; responder: the shared secret
 * @nonce_i, @nonce_r: (nullable): both nonces
 * @request, @response: (nullable): the messages that were answered and accepted, octet by octet: AUTH
 *   covers them (RFC 7296 2.15)
 * @cookie: (nullable): to be returned
 * @cookies, @groups: how often the peer sent us back for one or the other: bounded
 * @is_sent_back: the answer that is being taken asks for another try
 * @encap_port: our port with non-ESP marker
 * @notifies: (element-type RvlJobOctets): the peer's of types that authenticators announce
 * @authorities: (element-type RvlJobOctets): the peer's CERTREQ payloads
 * @requests_certificates: a responder's: CERTREQ has room in its answer
 */
struct RvlInit {
    uint16_t group;
    GBytes *public_value;
    RvlSecretId secret;
    GBytes *nonce_i;
    GBytes *nonce_r;
    GBytes *request;
    GBytes *response;
    GBytes *cookie;
    unsigned cookies;
    unsigned groups;
    bool is_sent_back;
    uint16_t encap_port;
    GArray *notifies;
    GArray *authorities;
    bool requests_certificates;
    const RvlSecretServices *secrets;
};

RvlInit *rvl_init_new(const RvlSecretServices *secrets);
/** rvl_init_free: releases the secret too. */
void rvl_init_free(RvlInit *init);

/** RVL_NONCE_OCTETS: of the nonces that we make: half the longest PRF's key and more (2.10). */
#define RVL_NONCE_OCTETS 32

/** rvl_nonce_new: (transfer full) (nullable): NULL with @error where randomness fails. */
GBytes *rvl_nonce_new(RvlEngine *engine, GError **error);
