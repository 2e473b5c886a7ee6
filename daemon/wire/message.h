/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message as parsed: its header and its payloads in their order. */
#pragma once

#include "wire/isakmp-header.h"
#include "wire/payload.h"

/** RVL_MESSAGE_MAX_PAYLOADS: more in one message are refused: no honest one comes near. */
#define RVL_MESSAGE_MAX_PAYLOADS 128

/**
 * RvlMessage:
 * @header: the message's header
 * @octets: what the payloads were parsed from: a copy that the message owns
 * @payloads: (array length=n_payloads): in the order in which they came
 *
 * Plain data without handles: parsed completely before anything acts on it, and then constant but
 * for the marks of the grammar. It says nothing about who sent it: whether a message was verified
 * is a type of the engine's, around this one.
 */
typedef struct {
    RvlIsakmpHeader header;
    RvlOctets octets;
    RvlPayload *payloads;
    size_t n_payloads;
} RvlMessage;

/**
 * rvl_message_parse:
 * @octets: (array length=size): a whole datagram, without non-ESP marker
 *
 * Parses a message of IKEv2 that isn't protected, or the outside of one that is: an SK or SKF
 * payload is then the last one, unopened.
 *
 * Returns: (transfer full) (nullable): NULL with @error, which points at the octet.
 *
 * Thread: any. Errors: RVL_CAUSE_MESSAGE_MALFORMED, RVL_CAUSE_VERSION_MISMATCH.
 * Source: RFC 7296 3.
 */
RvlMessage *rvl_message_parse(const uint8_t *octets,
                              size_t size,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_message_parse_inner:
 * @header: of the message that held the chain (of fragments: of the first)
 * @first: type of the first payload, from the SK payload's header (of fragments: the first's)
 * @octets: (array length=size): what was opened, without padding; copied
 * @base: offset of octets[0] in the message, for reports
 *
 * Parses the payload chain that an SK payload, or all SKF payloads of a message, held.
 *
 * Returns: (transfer full) (nullable): NULL with @error.
 *
 * Thread: any. Errors: RVL_CAUSE_MESSAGE_MALFORMED.
 */
RvlMessage *rvl_message_parse_inner(const RvlIsakmpHeader *header,
                                    uint8_t first,
                                    const uint8_t *octets,
                                    size_t size,
                                    size_t base,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void rvl_message_free(RvlMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlMessage, rvl_message_free)

/** rvl_message_find: (transfer none) (nullable): the first payload of @type. */
const RvlPayload *rvl_message_find(const RvlMessage *message, RvlPayloadType type);

/**
 * rvl_message_next:
 * @after: (nullable): where to go on; NULL begins
 *
 * Returns: (transfer none) (nullable): the next payload of @type behind @after.
 */
const RvlPayload *rvl_message_next(const RvlMessage *message,
                                   RvlPayloadType type,
                                   const RvlPayload *after);

/** rvl_message_count: how many payloads of @type there are. */
size_t rvl_message_count(const RvlMessage *message, RvlPayloadType type);

/** rvl_message_find_notify: (transfer none) (nullable): the first notify of @type. */
const RvlNotifyPayload *rvl_message_find_notify(const RvlMessage *message, uint16_t type);

/** rvl_message_find_error: (transfer none) (nullable): the first notify of an error type. */
const RvlNotifyPayload *rvl_message_find_error(const RvlMessage *message);

/** rvl_message_name: (transfer full): `IKE_AUTH request`, for reports. */
char *rvl_message_name(const RvlIsakmpHeader *header);
