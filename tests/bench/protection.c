/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sealing and opening a packet costs: by suite, backend and length, beside the library's own calls. */
#include "config.h"

#include <stdlib.h>
#include <time.h>
#ifdef HAVE_GCRYPT
#include <gcrypt.h>
#endif
#ifdef HAVE_OPENSSL
#include <openssl/evp.h>
#endif
#include <ravelin/protection.h>

#include "crypto/built-backends.h"
#include "crypto/built-rows.h"

#define BATCH 44 /* segments of a super-packet */
#define LONGEST 8192
#define ROUNDS 15
#define PACKETS_A_ROUND 4400

static const uint32_t lengths[] = {64, 512, 1424, LONGEST};

/* A way to work on BATCH packets of a length; all are timed in turn, so that none has a better hour. */
typedef struct Contender {
    char *name;
    void (*run)(struct Contender *contender, uint32_t octets);
    void *state;
    double ns[G_N_ELEMENTS(lengths)][ROUNDS];
} Contender;

/* Everybody's packets: 64 KiB and more in the cache, as in the data plane. */
static uint8_t texts[BATCH][LONGEST];
static uint8_t icvs[BATCH][32];
static uint8_t ivs[BATCH][16];
static uint8_t aad[8];

typedef struct {
    RvlProtection *protection;
    RvlProtectionKey *key;
    RvlProtectionScratch *scratch;
    uint64_t sequence;
} Protected;

static void
set_packets(Protected *p, RvlPacket packets[BATCH], uint32_t octets)
{
    for (size_t i = 0; i < BATCH; i++)
        packets[i] = (RvlPacket){
            .key = p->key,
            .sequence = p->sequence++,
            .aad = RVL_OCTETS(aad, sizeof(aad)),
            .iv = ivs[i],
            .source = texts[i],
            .destination = texts[i],
            .octets = octets,
            .icv = icvs[i],
        };
}

static void
seal(Contender *contender, uint32_t octets)
{
    Protected *p = contender->state;
    RvlPacket packets[BATCH];

    set_packets(p, packets, octets);
    if (rvl_protection_seal(p->scratch, packets, sizeof(packets[0]), BATCH) != BATCH)
        g_error("%s: not all were sealed", contender->name);
}

static void
seal_and_open(Contender *contender, uint32_t octets)
{
    Protected *p = contender->state;
    RvlPacket packets[BATCH];

    seal(contender, octets);
    set_packets(p, packets, octets);
    if (rvl_protection_open(p->scratch, packets, sizeof(packets[0]), BATCH) != BATCH)
        g_error("%s: not all were opened", contender->name);
}

#ifdef HAVE_OPENSSL
static void
seal_by_evp(Contender *contender, uint32_t octets)
{
    EVP_CIPHER_CTX *ctx = contender->state;
    int written;

    for (size_t i = 0; i < BATCH; i++) {
        ivs[i][0]++;
        if (EVP_EncryptInit_ex2(ctx, NULL, NULL, ivs[i], NULL) != 1 ||
            EVP_EncryptUpdate(ctx, NULL, &written, aad, sizeof(aad)) != 1 ||
            EVP_EncryptUpdate(ctx, texts[i], &written, texts[i], (int)octets) != 1 ||
            EVP_EncryptFinal_ex(ctx, icvs[i], &written) != 1 ||
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, icvs[i]) != 1)
            g_error("EVP failed");
    }
}

static void *
evp_context(void)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);

    EVP_EncryptInit_ex2(ctx, cipher, texts[0], NULL, NULL);
    EVP_CIPHER_free(cipher);
    return ctx;
}
#endif

#ifdef HAVE_GCRYPT
static void
seal_by_gcry(Contender *contender, uint32_t octets)
{
    gcry_cipher_hd_t context = contender->state;

    for (size_t i = 0; i < BATCH; i++) {
        ivs[i][0]++;
        if (gcry_cipher_setiv(context, ivs[i], 12) != 0 ||
            gcry_cipher_authenticate(context, aad, sizeof(aad)) != 0 ||
            gcry_cipher_encrypt(context, texts[i], octets, NULL, 0) != 0 ||
            gcry_cipher_gettag(context, icvs[i], 16) != 0)
            g_error("libgcrypt failed");
    }
}

static void *
gcry_context(void)
{
    gcry_cipher_hd_t context = NULL;

    gcry_cipher_open(&context, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 0);
    gcry_cipher_setkey(context, texts[0], 16);
    return context;
}
#endif

static void
add(GPtrArray *contenders, char *name, void (*run)(Contender *, uint32_t), void *state)
{
    Contender *contender = g_new0(Contender, 1);

    contender->name = name;
    contender->run = run;
    contender->state = state;
    g_ptr_array_add(contenders, contender);
}

static void
add_protected(GPtrArray *contenders, const BuiltBackend *built, const char *encr, const char *integ)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlSecret) encr_key = NULL;
    g_autoptr(RvlSecret) integ_key = NULL;
    RvlProtectionShape shape;
    Protected *p = g_new0(Protected, 1);
    g_autofree char *words = g_strconcat(encr, integ != NULL ? "-" : NULL, integ, NULL);

    p->protection =
        rvl_protection_new(built_suite(RVL_TRANSFORM_ENCR, encr), NULL,
                           integ != NULL ? built_suite(RVL_TRANSFORM_INTEG, integ) : NULL, NULL,
                           &built->primitives, &error);
    if (p->protection == NULL)
        g_error("%s", error->message);
    shape = *rvl_protection_shape(p->protection);
    encr_key = rvl_secret_new(shape.encr_octets);
    integ_key = rvl_secret_new(shape.integ_octets);
    p->key = rvl_protection_key_new(p->protection, 1, encr_key, integ_key, &error);
    p->scratch = rvl_protection_scratch_new(p->protection);
    add(contenders, g_strdup_printf("%s %s seal", built->backend->name, words), seal, p);
    add(contenders, g_strdup_printf("%s %s seal + open", built->backend->name, words),
        seal_and_open, p);
}

static double
cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void
time_all(GPtrArray *contenders)
{
    for (size_t round = 0; round < ROUNDS; round++)
        for (guint i = 0; i < contenders->len; i++)
            for (size_t length = 0; length < G_N_ELEMENTS(lengths); length++) {
                Contender *contender = g_ptr_array_index(contenders, i);
                double begin = cpu_ns();

                for (size_t n = 0; n < PACKETS_A_ROUND; n += BATCH)
                    contender->run(contender, lengths[length]);
                contender->ns[length][round] = (cpu_ns() - begin) / PACKETS_A_ROUND;
            }
}

static void
print_all(GPtrArray *contenders)
{
    g_print("ns of thread CPU a packet, batches of %d, median of %d rounds in turn\n", BATCH,
            ROUNDS);
    g_print("%-46s", "");
    for (size_t length = 0; length < G_N_ELEMENTS(lengths); length++)
        g_print("%7u B", lengths[length]);
    g_print("\n");
    for (guint i = 0; i < contenders->len; i++) {
        Contender *contender = g_ptr_array_index(contenders, i);

        g_print("%-46s", contender->name);
        for (size_t length = 0; length < G_N_ELEMENTS(lengths); length++) {
            qsort(contender->ns[length], ROUNDS, sizeof(double), compare);
            g_print("%9.0f", contender->ns[length][ROUNDS / 2]);
        }
        g_print("\n");
    }
}

int
main(void)
{
    static const char *const suites[][2] = {
        {"aes128gcm16", NULL},
        {"aes256gcm16", NULL},
        {"chacha20poly1305", NULL},
        {"aes128", "sha256"},
    };
    size_t n;
    const BuiltBackend *built = built_backends(&n);
    GPtrArray *contenders = g_ptr_array_new();

#ifdef HAVE_OPENSSL
    add(contenders, g_strdup("OpenSSL's own calls, AES-128-GCM, context kept"), seal_by_evp,
        evp_context());
#endif
#ifdef HAVE_GCRYPT
    add(contenders, g_strdup("libgcrypt's own calls, AES-128-GCM, handle kept"), seal_by_gcry,
        gcry_context());
#endif
    for (size_t i = 0; i < n; i++)
        for (size_t suite = 0; suite < G_N_ELEMENTS(suites); suite++)
            add_protected(contenders, &built[i], suites[suite][0], suites[suite][1]);
    time_all(contenders);
    print_all(contenders);
    return 0;
}
