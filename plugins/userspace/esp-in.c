/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inbound ESP (RFC 4303 3.4): the window is asked before and after the ICV, and changed only then. */
#include "config.h"

#include "esp-in.h"

#include "byte-order.h"

EspIn *
esp_in_new(void)
{
    return g_new0(EspIn, 1);
}

void
esp_in_free(EspIn *in)
{
    g_free(in);
}

void
esp_in_clear(EspIn *in)
{
    in->n = 0;
}

RvlDropCause
esp_in_add(EspIn *in,
           const SaTable *table,
           uint8_t *esp,
           uint32_t octets,
           const RvlEndpoint *remote,
           uint8_t outer_class)
{
    if (octets < RVL_ESP_HEADER)
        return RVL_DROP_SHORT;

    Sa *sa = sa_table_find(table, load32(esp + ESP_SPI));

    if (sa == NULL)
        return RVL_DROP_UNKNOWN_SPI;

    const RvlProtectionShape *shape = &sa->suite->shape;
    uint32_t fixed = RVL_ESP_HEADER + shape->iv_octets + shape->icv_octets;

    if (octets < fixed + RVL_ESP_TRAILER)
        return RVL_DROP_SHORT;
    if ((octets - fixed) % rvl_esp_alignment(shape) != 0)
        return RVL_DROP_MALFORMED;
    in->in[in->n++] = (InPacket){
        .sa = sa,
        .esp = esp,
        .octets = octets,
        .remote = remote,
        .outer_class = outer_class,
    };
    return RVL_DROP_NONE;
}

/* The first packet after @i of another SA than @i's. */
static uint32_t
end_of_run(const EspIn *in, uint32_t i)
{
    uint32_t end = i + 1;

    while (end < in->n && in->in[end].sa == in->in[i].sa)
        end++;
    return end;
}

static void
infer_and_check(InPacket *p)
{
    uint32_t low = load32(p->esp + ESP_SEQUENCE);

    p->sequence = low;
    if ((p->sa->has_esn && !replay_window_infer(&p->sa->window, low, &p->sequence)) ||
        !replay_window_check(&p->sa->window, p->sequence))
        p->drop = RVL_DROP_REPLAYED;
}

static void
prepare(EspIn *in, uint32_t i)
{
    InPacket *p = &in->in[i];
    const RvlProtectionShape *shape = &p->sa->suite->shape;
    uint8_t *cipher = p->esp + RVL_ESP_HEADER + shape->iv_octets;

    in->packets[i] = (RvlPacket){
        .key = p->sa->key,
        .sequence = p->sequence,
        .iv = p->esp + RVL_ESP_HEADER,
        .source = cipher,
        .destination = cipher,
        .octets = p->octets - RVL_ESP_HEADER - shape->iv_octets - shape->icv_octets,
        .icv = p->esp + p->octets - shape->icv_octets,
        /* Only pending packets are worked on. */
        .status = p->drop == RVL_DROP_NONE ? RVL_CRYPT_PENDING : RVL_CRYPT_FAILED,
    };
    esp_set_aad(p->sa, p->esp, p->sequence, &in->aads[i], &in->packets[i]);
}

static void
check_before(EspIn *in)
{
    for (uint32_t i = 0; i < in->n;) {
        uint32_t end = end_of_run(in, i);
        Sa *sa = in->in[i].sa;

        sa_lock(sa);
        for (uint32_t k = i; k < end; k++)
            infer_and_check(&in->in[k]);
        sa_unlock(sa);
        for (; i < end; i++)
            prepare(in, i);
    }
}

static void
open_all(EspIn *in, RvlProtectionScratch **scratches)
{
    for (uint32_t i = 0, end; i < in->n; i = end) {
        const Suite *suite = in->in[i].sa->suite;

        for (end = i + 1; end < in->n && in->in[end].sa->suite == suite; end++)
            ;
        if (scratches[suite->number] == NULL)
            scratches[suite->number] = rvl_protection_scratch_new(suite->protection);
        rvl_protection_open(scratches[suite->number], &in->packets[i], sizeof(RvlPacket), end - i);
    }
}

/* Once more, since the batch may hold a number twice or another worker have been faster; then set. */
static void
check_after(InPacket *p, const RvlPacket *packet)
{
    ReplayWindow *window = &p->sa->window;

    if (p->drop != RVL_DROP_NONE)
        return;
    if (packet->status != RVL_CRYPT_DONE) {
        p->drop = RVL_DROP_FORGED;
    } else if (!replay_window_check(window, p->sequence)) {
        p->drop = RVL_DROP_REPLAYED;
    } else {
        p->is_newest = p->sequence > window->top;
        replay_window_set(window, p->sequence);
    }
}

/* Padding is 1, 2, 3, …: anything else is a broken peer (RFC 4303 2.4). */
static bool
padding_holds(const uint8_t *padding, uint32_t n)
{
    uint8_t wrong = 0;

    for (uint32_t i = 0; i < n; i++)
        wrong |= (uint8_t)(padding[i] ^ (i + 1));
    return wrong == 0;
}

/* What lies between the inner packet's end and the padding is TFC padding (2.7): ignored. */
static RvlDropCause
take_inner(InPacket *p, uint8_t *plain, uint32_t octets)
{
    uint8_t next_header = plain[octets - 1];
    uint32_t padding = plain[octets - 2];
    uint8_t traffic_class;

    if (padding > octets - RVL_ESP_TRAILER ||
        !padding_holds(plain + octets - RVL_ESP_TRAILER - padding, padding))
        return RVL_DROP_MALFORMED;
    if (next_header == PROTOCOL_NONE) /* 2.6: a dummy */
        return RVL_DROP_DUMMY;
    if (!packet_parse(plain, octets - RVL_ESP_TRAILER - padding, &p->view))
        return RVL_DROP_MALFORMED;
    if (next_header != (p->view.key.family == RVL_FAMILY_IPV6 ? PROTOCOL_IPV6 : PROTOCOL_IPV4))
        return RVL_DROP_MALFORMED;
    if (!ecn_decapsulate(p->view.traffic_class, p->outer_class, &traffic_class))
        return RVL_DROP_ECN;
    p->inner = plain;
    if (traffic_class != p->view.traffic_class) {
        ecn_rewrite(plain, traffic_class);
        p->view.traffic_class = traffic_class;
    }
    return RVL_DROP_NONE;
}

void
esp_in_open(EspIn *in, RvlProtectionScratch **scratches)
{
    check_before(in);
    open_all(in, scratches);
    for (uint32_t i = 0; i < in->n;) {
        uint32_t end = end_of_run(in, i);
        Sa *sa = in->in[i].sa;

        sa_lock(sa);
        for (uint32_t k = i; k < end; k++)
            check_after(&in->in[k], &in->packets[k]);
        sa_unlock(sa);
        for (; i < end; i++)
            if (in->in[i].drop == RVL_DROP_NONE)
                in->in[i].drop =
                    take_inner(&in->in[i], in->packets[i].destination, in->packets[i].octets);
    }
}
