/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IKEv2's table of payloads: number, name, parse. */
#include "config.h"

#include <string.h>

#include <ravelin/error.h>
#include "wire/payload-codec.h"

typedef struct {
    uint8_t type;
    const char *name;
    bool (*parse)(RvlReader *body, RvlPayload *payload, GError **error); /* NULL: the body is it */
    const void *(*allocated)(const RvlPayload *payload);                 /* NULL: nothing is */
} Row;

static const void *
selectors_of(const RvlPayload *payload)
{
    return payload->ts.selectors;
}

static const void *
attributes_of(const RvlPayload *payload)
{
    return payload->cp.attributes;
}

static const void *
proposals_of(const RvlPayload *payload)
{
    return payload->sa.proposals;
}

static const Row rows[] = {
    {RVL_PAYLOAD_SA, "SA", rvl_sa_payload_parse, proposals_of},
    {RVL_PAYLOAD_KE, "KE", rvl_ke_payload_parse},
    {RVL_PAYLOAD_IDI, "IDi", rvl_id_payload_parse},
    {RVL_PAYLOAD_IDR, "IDr", rvl_id_payload_parse},
    {RVL_PAYLOAD_CERT, "CERT", rvl_cert_payload_parse},
    {RVL_PAYLOAD_CERTREQ, "CERTREQ", rvl_cert_payload_parse},
    {RVL_PAYLOAD_AUTH, "AUTH", rvl_auth_payload_parse},
    {RVL_PAYLOAD_NONCE, "Nonce", rvl_nonce_payload_parse},
    {RVL_PAYLOAD_NOTIFY, "N", rvl_notify_payload_parse},
    {RVL_PAYLOAD_DELETE, "D", rvl_delete_payload_parse},
    {RVL_PAYLOAD_VENDOR_ID, "V", NULL},
    {RVL_PAYLOAD_TSI, "TSi", rvl_ts_payload_parse, selectors_of},
    {RVL_PAYLOAD_TSR, "TSr", rvl_ts_payload_parse, selectors_of},
    {RVL_PAYLOAD_SK, "SK", NULL},
    {RVL_PAYLOAD_CP, "CP", rvl_cp_payload_parse, attributes_of},
    {RVL_PAYLOAD_EAP, "EAP", rvl_eap_payload_parse},
    {RVL_PAYLOAD_SKF, "SKF", rvl_skf_payload_parse},
};

static const Row *
find_row(uint8_t type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].type == type)
            return &rows[i];
    return NULL;
}

const char *
rvl_payload_name(uint8_t type)
{
    const Row *row = find_row(type);

    return row != NULL ? row->name : NULL;
}

bool
rvl_payload_v2_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    const Row *row = find_row(payload->type);
    RvlReader whole = *body;

    payload->body = rvl_payload_view(&whole, "payload");
    payload->is_known = row != NULL;
    if (row == NULL || row->parse == NULL || row->parse(body, payload, error))
        return true;
    rvl_error_prefix_where(error, "%s payload", row->name);
    return false;
}

void
rvl_payload_v2_clear(RvlPayload *payload)
{
    const Row *row = find_row(payload->type);

    if (row != NULL && row->allocated != NULL)
        g_free((void *)row->allocated(payload));
    memset(payload, 0, sizeof *payload);
}
