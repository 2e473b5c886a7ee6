/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forgeries: what somebody may send who sees all traffic of an IKE SA but holds no key of it. */
#pragma once

#include "ike/core/ike-sa.h"
#include "wire/encrypted.h"

/**
 * ForgeTarget: what such a one knows of an SA.
 * @initiator_spi, @responder_spi: as headers have them
 * @is_initiator: whether the target is the SA's initiator
 * @request_id: of the next request that the target expects
 * @answer_id, @answer_exchange: of the answer that it waits for, or had last
 * @child_spi: the peer's inbound SPI of a Child SA, 0: there is none
 * @shape: of its SK payloads
 */
typedef struct {
    uint64_t initiator_spi;
    uint64_t responder_spi;
    bool is_initiator;
    uint32_t request_id;
    uint32_t answer_id;
    uint8_t answer_exchange;
    uint32_t child_spi;
    RvlEncryptedShape shape;
} ForgeTarget;

ForgeTarget forge_target_of(const RvlIkeSa *ike);

/** ForgeSend: @what: static: of which sort the forgery is. */
typedef void (*ForgeSend)(const void *octets, size_t n, const char *what, void *user_data);

/** forge_clear_headers: in clear: every exchange type, message ID, flag and version, with a notify. */
void forge_clear_headers(const ForgeTarget *target, ForgeSend send, void *user_data);
/** forge_clear_payloads: in clear: every notify but COOKIE, and deletes, where they would fit best. */
void forge_clear_payloads(const ForgeTarget *target, ForgeSend send, void *user_data);
/** forge_sealed: SK and SKF payloads under no key: message IDs, sizes, fragment numbers. */
void forge_sealed(const ForgeTarget *target, ForgeSend send, void *user_data);
/**
 * forge_mutants: @genuine with flipped bits, another length, a payload put before the others.
 * @from: first octet that is changed
 */
void forge_mutants(GBytes *genuine, size_t from, ForgeSend send, void *user_data);
