/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conformance of a crypto suite: its rows, and packet protection by them. */
#include "config.h"

#include <string.h>
#include <ravelin/macros.h>
#include <ravelin/protection.h>

#include "conformance-parts.h"

#define PACKETS (RVL_PROTECTION_BATCH + 6) /* more than one call works on at once */
#define TEXT_OCTETS 96                     /* a multiple of any block here */

static const RvlSuiteRow *
row_at(const RvlCryptoSuite *suite, size_t i)
{
    return RVL_STRIDE(suite->rows, suite->stride, i);
}

static bool
shares_number(const RvlSuiteRow *a, const RvlSuiteRow *b)
{
    for (size_t i = 0; i < a->n_numbers; i++)
        for (size_t j = 0; j < b->n_numbers; j++)
            if (a->numbers[i].space == b->numbers[j].space &&
                a->numbers[i].number == b->numbers[j].number)
                return a->key_bits == b->key_bits;
    return false;
}

static void
check_rows(const RvlConformance *to, const RvlCryptoSuite *suite)
{
    for (size_t i = 0; i < suite->n_rows; i++) {
        const RvlSuiteRow *row = row_at(suite, i);

        conformance_check(to, row->word != NULL && row->n_numbers > 0 && row->uses != 0,
                          "row %zu: has word, number and use", i);
        for (size_t j = 0; j < i; j++) {
            const RvlSuiteRow *earlier = row_at(suite, j);

            if (earlier->type == row->type &&
                (strcmp(earlier->word, row->word) == 0 || shares_number(earlier, row)))
                conformance_check(to, false, "%s: doesn't share word or number with %s", row->word,
                                  earlier->word);
        }
    }
}

static RvlSecret *
counted_secret(size_t octets)
{
    RvlSecret *secret = octets > 0 ? rvl_secret_new(octets) : NULL;

    for (size_t i = 0; i < octets; i++)
        rvl_secret_fill(secret)[i] = (uint8_t)i;
    return secret;
}

/* Packets of one protection, with room for whatever it writes. */
typedef struct {
    RvlPacket packets[PACKETS];
    uint8_t ivs[PACKETS][32];
    uint8_t texts[PACKETS][TEXT_OCTETS];
    uint8_t icvs[PACKETS][64];
    uint8_t aad[8];
    uint8_t tail[4];
} Packets;

static void
packets_init(Packets *packets, const RvlProtectionKey *key, const RvlProtectionShape *shape)
{
    memset(packets, 0, sizeof(*packets));
    for (size_t i = 0; i < PACKETS; i++)
        packets->packets[i] = (RvlPacket){
            .key = key,
            .sequence = i + 1,
            .aad = RVL_OCTETS(packets->aad, sizeof(packets->aad)),
            .iv = packets->ivs[i],
            .source = packets->texts[i],
            .destination = packets->texts[i],
            .octets = TEXT_OCTETS,
            .tail = RVL_OCTETS(packets->tail, shape->is_combined ? 0 : sizeof(packets->tail)),
            .icv = packets->icvs[i],
        };
}

static void
packets_set_pending(Packets *packets)
{
    for (size_t i = 0; i < PACKETS; i++)
        packets->packets[i].status = RVL_CRYPT_PENDING;
}

static bool
texts_are_zero(const Packets *packets)
{
    for (size_t i = 0; i < PACKETS; i++)
        for (size_t j = 0; j < TEXT_OCTETS; j++)
            if (packets->texts[i][j] != 0)
                return false;
    return true;
}

static bool
ivs_differ(const Packets *packets, size_t octets)
{
    for (size_t i = 1; i < PACKETS; i++)
        for (size_t j = 0; j < i; j++)
            if (memcmp(packets->ivs[i], packets->ivs[j], octets) == 0)
                return false;
    return true;
}

static void
check_packets(const RvlConformance *to,
              const char *word,
              const RvlProtectionShape *shape,
              const RvlProtectionKey *key,
              RvlProtectionScratch *scratch)
{
    g_autofree Packets *packets = g_new(Packets, 1);
    size_t stride = sizeof(packets->packets[0]);

    packets_init(packets, key, shape);
    conformance_check(to,
                      rvl_protection_seal(scratch, packets->packets, stride, PACKETS) == PACKETS,
                      "%s: seals", word);
    conformance_check(to, shape->iv_octets == 0 || ivs_differ(packets, shape->iv_octets),
                      "%s: no IV comes twice", word);
    packets_set_pending(packets);
    packets->icvs[3][shape->icv_octets - 1] ^= 1;
    packets->packets[4].octets -= shape->alignment > 1 ? 1 : 0;
    rvl_protection_open(scratch, packets->packets, stride, PACKETS);
    conformance_check(to, packets->packets[3].status == RVL_CRYPT_FORGED,
                      "%s: refuses an ICV that was touched", word);
    conformance_check(to, shape->alignment == 1 || packets->packets[4].status == RVL_CRYPT_FAILED,
                      "%s: refuses half a block", word);
    conformance_check(to, packets->packets[PACKETS - 1].status == RVL_CRYPT_DONE,
                      "%s: opens the others", word);
    packets_init(packets, key, shape);
    rvl_protection_seal(scratch, packets->packets, stride, PACKETS);
    rvl_protection_scratch_forget(scratch, rvl_protection_key_id(key));
    packets_set_pending(packets);
    conformance_check(to,
                      rvl_protection_open(scratch, packets->packets, stride, PACKETS) == PACKETS &&
                          texts_are_zero(packets),
                      "%s: opens what it sealed, with a key that was forgotten", word);
    packets_init(packets, key, shape);
    rvl_protection_seal(scratch, packets->packets, stride, PACKETS);
    packets_set_pending(packets);
    if (shape->is_combined)
        packets->aad[7] ^= 1;
    else
        packets->tail[3] ^= 1;
    conformance_check(to, rvl_protection_open(scratch, packets->packets, stride, PACKETS) == 0,
                      "%s: refuses what was authenticated and isn't sent", word);
}

static void
check_protection(const RvlConformance *to,
                 const RvlSuiteRow *encr,
                 void *self,
                 const RvlSuiteRow *integ,
                 const RvlPrimitives *primitives)
{
    GError *error = NULL;
    g_autoptr(RvlProtection) protection =
        rvl_protection_new(encr, self, integ, self, primitives, &error);
    g_autofree char *word =
        integ != NULL ? g_strconcat(encr->word, "-", integ->word, NULL) : g_strdup(encr->word);
    g_autoptr(RvlSecret) encr_key = NULL;
    g_autoptr(RvlSecret) integ_key = NULL;
    g_autoptr(RvlProtectionKey) key = NULL;
    g_autoptr(RvlProtectionScratch) scratch = NULL;
    RvlProtectionShape shape;

    conformance_check_error(to, protection != NULL, error, "%s: can protect packets", word);
    if (protection == NULL)
        return;
    shape = *rvl_protection_shape(protection);
    encr_key = counted_secret(shape.encr_octets);
    integ_key = counted_secret(shape.integ_octets);
    error = NULL;
    key = rvl_protection_key_new(protection, 1, encr_key, integ_key, &error);
    conformance_check_error(to, key != NULL, error, "%s: takes a key of its length", word);
    if (key == NULL)
        return;
    scratch = rvl_protection_scratch_new(protection);
    check_packets(to, word, &shape, key, scratch);
}

/* A PRF takes a key of any length, or one of its row's. */
static void
check_mac(const RvlConformance *to,
          const RvlSuiteRow *row,
          void *self,
          const RvlPrimitives *primitives)
{
    GError *error = NULL;
    const RvlMac *mac = RVL_HAS_CALL(row->construction, mac)
                            ? row->construction->mac(self, primitives, row, &error)
                            : primitives->mac(primitives->context, row->primitive, &error);

    conformance_check_error(to, mac != NULL, error, "%s: is computed", row->word);
    if (mac == NULL)
        return;
    conformance_check(to, mac->output_octets == row->output_octets,
                      "%s: its output has the row's length", row->word);
    conformance_check(to, mac->key_octets == 0 || mac->key_octets == row->key_octets,
                      "%s: its key has the row's length", row->word);
    conformance_check(to, row->icv_octets <= row->output_octets, "%s: its ICV is within its output",
                      row->word);
}

void
rvl_conformance_crypto_suite(const RvlConformance *to,
                             const RvlCryptoSuite *suite,
                             void *self,
                             const RvlSuiteRow *integ,
                             const RvlPrimitives *primitives)
{
    check_rows(to, suite);
    for (size_t i = 0; i < suite->n_rows; i++) {
        const RvlSuiteRow *row = row_at(suite, i);

        if (row->type != RVL_TRANSFORM_ENCR)
            check_mac(to, row, self, primitives);
        else if (row->is_combined)
            check_protection(to, row, self, NULL, primitives);
        else if (integ != NULL)
            check_protection(to, row, self, integ, primitives);
    }
}
