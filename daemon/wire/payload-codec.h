/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bodies of IKEv2's payloads, octets to structure and back: a pair a payload. */
#pragma once

#include <ravelin/identity.h>
#include <ravelin/reader.h>
#include <ravelin/writer.h>
#include "wire/payload.h"

/*
 * Each parse reads a whole body: @body stands at its first octet and ends with it. It fills the
 * payload's member of the union (views into the octets), and fails with
 * RVL_CAUSE_MESSAGE_MALFORMED and the offset. Nothing is kept on failure. What a parse allocates,
 * rvl_payload_v2_clear() frees.
 */
bool rvl_sa_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_ke_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_id_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_cert_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_auth_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_nonce_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_notify_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_delete_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_ts_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_cp_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_eap_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);
bool rvl_skf_payload_parse(RvlReader *body, RvlPayload *payload, GError **error);

void rvl_sa_payload_write(RvlWriter *writer, const RvlProposal *proposals, size_t n);
void rvl_ke_payload_write(RvlWriter *writer, uint16_t method, RvlOctets value);
void rvl_id_payload_write(RvlWriter *writer, const RvlIdentity *identity);
void rvl_cert_payload_write(RvlWriter *writer, uint8_t encoding, RvlOctets data);
void rvl_auth_payload_write(RvlWriter *writer, uint8_t method, RvlOctets data);
void rvl_auth_payload_write_signature(RvlWriter *writer, RvlOctets algorithm, RvlOctets signature);
void rvl_notify_payload_write(RvlWriter *writer, const RvlNotifyPayload *notify);
void rvl_delete_payload_write(RvlWriter *writer,
                              RvlProtocol protocol,
                              const uint32_t *spis,
                              size_t n);
void rvl_ts_payload_write(RvlWriter *writer, const RvlSelectors *selectors);
void rvl_cp_payload_write(RvlWriter *writer,
                          uint8_t type,
                          const RvlConfigurationAttribute *attributes,
                          size_t n);

/**
 * rvl_payload_v2_parse:
 * @payload: type, offset and critical bit are set
 *
 * Sends @body to the parse of the payload's type. IKEv2's own table: a number of IKEv1 reaches no
 * parse here. Unknown types are kept as they are.
 */
bool rvl_payload_v2_parse(RvlReader *body,
                          RvlPayload *payload,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void rvl_payload_v2_clear(RvlPayload *payload);

/** rvl_payload_view: all that is left in @reader, as a view. */
static inline RvlOctets
rvl_payload_view(RvlReader *reader, const char *what)
{
    size_t left = rvl_reader_left(reader);

    return RVL_OCTETS(rvl_reader_octets(reader, left, what), left);
}
