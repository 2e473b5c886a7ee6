/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that is being written. */
#include "config.h"

#include "wire/draft.h"

#include <string.h>

#include <ravelin/error.h>
#include "wire/chain.h"
#include "wire/payload-codec.h"

/* What fits into fields of one octet: SPIs, transforms, an AlgorithmIdentifier. */
#define OCTET_MAX 255

struct RvlDraft {
    RvlWriter *writer;
    uint8_t first;
    size_t last;           /* offset of the last payload's generic header */
    const char *too_large; /* the first value that doesn't fit its field */
};

RvlDraft *
rvl_draft_new(void)
{
    RvlDraft *draft = g_new0(RvlDraft, 1);

    draft->writer = rvl_writer_new(RVL_IKE_MESSAGE_MAX_OCTETS - RVL_ISAKMP_HEADER_OCTETS);
    return draft;
}

void
rvl_draft_free(RvlDraft *draft)
{
    if (draft != NULL) {
        rvl_writer_free(draft->writer);
        g_free(draft);
    }
}

/* Writes the generic header of the next payload; returns the mark of its length. */
static size_t
begin(RvlDraft *draft, uint8_t type, bool is_critical)
{
    if (draft->first == RVL_PAYLOAD_NONE)
        draft->first = type;
    else
        rvl_writer_patch_u8(draft->writer, draft->last, type);
    draft->last = rvl_writer_size(draft->writer);
    rvl_writer_u8(draft->writer, RVL_PAYLOAD_NONE);
    rvl_writer_u8(draft->writer, is_critical ? RVL_CHAIN_FLAG_CRITICAL : 0);
    return rvl_writer_begin_u16(draft->writer);
}

static void
end(RvlDraft *draft, size_t mark)
{
    rvl_writer_end_u16(draft->writer, mark, RVL_PAYLOAD_HEADER_OCTETS);
}

/* Keeps the first value that is too long for the octet that counts it. */
static bool
fits(RvlDraft *draft, size_t n, size_t max, const char *what)
{
    if (n > max && draft->too_large == NULL)
        draft->too_large = what;
    return n <= max;
}

void
rvl_draft_add_sa(RvlDraft *draft, const RvlProposal *proposals, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!fits(draft, proposals[i].n_transforms, OCTET_MAX, "number of transforms") ||
            !fits(draft, proposals[i].spi.size, OCTET_MAX, "SPI"))
            return;
    size_t mark = begin(draft, RVL_PAYLOAD_SA, false);

    rvl_sa_payload_write(draft->writer, proposals, n);
    end(draft, mark);
}

void
rvl_draft_add_key_exchange(RvlDraft *draft, uint16_t method, RvlOctets value)
{
    size_t mark = begin(draft, RVL_PAYLOAD_KE, false);

    rvl_ke_payload_write(draft->writer, method, value);
    end(draft, mark);
}

void
rvl_draft_add_nonce(RvlDraft *draft, RvlOctets nonce)
{
    rvl_draft_add_raw(draft, RVL_PAYLOAD_NONCE, false, nonce);
}

void
rvl_draft_add_identity(RvlDraft *draft, RvlPayloadType type, const RvlIdentity *identity)
{
    size_t mark = begin(draft, type, false);

    rvl_id_payload_write(draft->writer, identity);
    end(draft, mark);
}

static void
add_certificate(RvlDraft *draft, RvlPayloadType type, uint8_t encoding, RvlOctets data)
{
    size_t mark = begin(draft, type, false);

    rvl_cert_payload_write(draft->writer, encoding, data);
    end(draft, mark);
}

void
rvl_draft_add_certificate(RvlDraft *draft, uint8_t encoding, RvlOctets data)
{
    add_certificate(draft, RVL_PAYLOAD_CERT, encoding, data);
}

void
rvl_draft_add_certificate_request(RvlDraft *draft, uint8_t encoding, RvlOctets authorities)
{
    add_certificate(draft, RVL_PAYLOAD_CERTREQ, encoding, authorities);
}

void
rvl_draft_add_auth(RvlDraft *draft, uint8_t method, RvlOctets data)
{
    size_t mark = begin(draft, RVL_PAYLOAD_AUTH, false);

    rvl_auth_payload_write(draft->writer, method, data);
    end(draft, mark);
}

void
rvl_draft_add_auth_signature(RvlDraft *draft, RvlOctets algorithm, RvlOctets signature)
{
    if (!fits(draft, algorithm.size, OCTET_MAX, "AlgorithmIdentifier"))
        return;
    size_t mark = begin(draft, RVL_PAYLOAD_AUTH, false);

    rvl_auth_payload_write_signature(draft->writer, algorithm, signature);
    end(draft, mark);
}

static void
add_notify(RvlDraft *draft, const RvlNotifyPayload *notify)
{
    size_t mark = begin(draft, RVL_PAYLOAD_NOTIFY, false);

    rvl_notify_payload_write(draft->writer, notify);
    end(draft, mark);
}

void
rvl_draft_add_notify(RvlDraft *draft, uint16_t type, RvlOctets data)
{
    add_notify(draft, &(RvlNotifyPayload){.type = type, .data = data});
}

void
rvl_draft_add_notify_spi(RvlDraft *draft, uint16_t type, RvlProtocol protocol, uint32_t spi)
{
    const uint8_t octets[] = {(uint8_t)(spi >> 24), (uint8_t)(spi >> 16), (uint8_t)(spi >> 8),
                              (uint8_t)spi};

    add_notify(draft, &(RvlNotifyPayload){.type = type,
                                          .protocol = (uint8_t)protocol,
                                          .spi = RVL_OCTETS(octets, sizeof octets)});
}

void
rvl_draft_add_delete_ike(RvlDraft *draft)
{
    rvl_draft_add_delete(draft, RVL_PROTOCOL_IKE, NULL, 0);
}

void
rvl_draft_add_delete(RvlDraft *draft, RvlProtocol protocol, const uint32_t *spis, size_t n)
{
    if (!fits(draft, n, UINT16_MAX, "number of SPIs"))
        return;
    size_t mark = begin(draft, RVL_PAYLOAD_DELETE, false);

    rvl_delete_payload_write(draft->writer, protocol, spis, n);
    end(draft, mark);
}

void
rvl_draft_add_vendor_id(RvlDraft *draft, RvlOctets id)
{
    rvl_draft_add_raw(draft, RVL_PAYLOAD_VENDOR_ID, false, id);
}

void
rvl_draft_add_selectors(RvlDraft *draft, RvlPayloadType type, const RvlSelectors *selectors)
{
    if (!fits(draft, rvl_selectors_count(selectors), RVL_SELECTORS_MAX, "number of TSs"))
        return;
    size_t mark = begin(draft, type, false);

    rvl_ts_payload_write(draft->writer, selectors);
    end(draft, mark);
}

void
rvl_draft_add_configuration(RvlDraft *draft,
                            RvlConfigurationType type,
                            const RvlConfigurationAttribute *attributes,
                            size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!fits(draft, attributes[i].value.size, UINT16_MAX, "attribute"))
            return;
    size_t mark = begin(draft, RVL_PAYLOAD_CP, false);

    rvl_cp_payload_write(draft->writer, (uint8_t)type, attributes, n);
    end(draft, mark);
}

void
rvl_draft_add_eap(RvlDraft *draft, RvlOctets message)
{
    rvl_draft_add_raw(draft, RVL_PAYLOAD_EAP, false, message);
}

void
rvl_draft_add_raw(RvlDraft *draft, uint8_t type, bool is_critical, RvlOctets body)
{
    size_t mark = begin(draft, type, is_critical);

    rvl_writer_octets(draft->writer, body.data, body.size);
    end(draft, mark);
}

bool
rvl_draft_is_empty(const RvlDraft *draft)
{
    return draft->first == RVL_PAYLOAD_NONE;
}

RvlOctets
rvl_draft_last_body(const RvlDraft *draft)
{
    size_t body = draft->last + RVL_PAYLOAD_HEADER_OCTETS;
    size_t size = rvl_writer_size(draft->writer);

    if (rvl_draft_is_empty(draft) || rvl_writer_failed(draft->writer) || size < body)
        return RVL_OCTETS_NONE;
    return RVL_OCTETS(rvl_writer_peek(draft->writer) + body, size - body);
}

static bool
check_sizes(const RvlDraft *draft, GError **error)
{
    if (draft->too_large != NULL) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "%s is too large to be sent",
                      draft->too_large);
        return false;
    }
    return true;
}

GBytes *
rvl_draft_finish_chain(RvlDraft *draft, uint8_t *first, GError **error)
{
    *first = draft->first;
    draft->first = RVL_PAYLOAD_NONE;
    draft->last = 0;
    return check_sizes(draft, error) ? rvl_writer_finish(draft->writer, error) : NULL;
}

GBytes *
rvl_draft_finish_clear(RvlDraft *draft, const RvlIsakmpHeader *header, GError **error)
{
    RvlIsakmpHeader filled = *header;
    g_autoptr(GBytes) chain = rvl_draft_finish_chain(draft, &filled.next_payload, error);
    g_autoptr(RvlWriter) writer = rvl_writer_new(RVL_IKE_MESSAGE_MAX_OCTETS);

    if (chain == NULL)
        return NULL;
    RvlOctets payloads = rvl_octets_from_bytes(chain);

    filled.length = (uint32_t)(RVL_ISAKMP_HEADER_OCTETS + payloads.size);
    rvl_isakmp_header_write(writer, &filled);
    rvl_writer_octets(writer, payloads.data, payloads.size);
    return rvl_writer_finish(writer, error);
}
