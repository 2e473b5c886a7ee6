/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fake authenticator. */
#include "config.h"

#include "fakes/authenticator.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/needs.h>

#define ENCODING_X509 4

/* One answer, which lasts until it was given. */
typedef struct {
    RvlAuthAnswer answer;
    GError *error;
    RvlAuthDone done;
    void *user_data;
    void *certificates;
} Answer;

static RvlSecretId
put_secret(const FakeAuthenticator *fake)
{
    g_autoptr(RvlSecret) secret = rvl_secret_new(16);

    return fake->secrets != NULL ? fake->secrets->put(fake->secrets->context, secret)
                                 : RVL_SECRET_ID_NONE;
}

static void
add_certificates(const FakeAuthenticator *fake, Answer *answer)
{
    RvlAuthCertificate rows[FAKE_AUTHENTICATOR_CERTIFICATES];
    size_t stride = fake->certificate_octets != 0 ? fake->certificate_octets : sizeof(rows[0]);

    g_assert_cmpuint(fake->n_certificates, <=, G_N_ELEMENTS(rows));
    for (size_t i = 0; i < fake->n_certificates; i++)
        rows[i] = (RvlAuthCertificate){ENCODING_X509, RVL_OCTETS("certificate", 11 - i)};
    answer->certificates = fake_rows(rows, fake->n_certificates, sizeof(rows[0]), stride);
    answer->answer.certificates = answer->certificates;
    answer->answer.n_certificates = fake->n_certificates;
    answer->answer.certificates_stride = stride;
}

/* Fields beyond the size that it is told to know hold what must not be read. */
static void
shorten(const FakeAuthenticator *fake, RvlAuthAnswer *answer)
{
    if (fake->answer_octets == 0)
        return;
    memset((char *)answer + fake->answer_octets, 0xa5, sizeof(*answer) - fake->answer_octets);
    answer->size = fake->answer_octets;
}

static void
give(void *data)
{
    Answer *answer = data;

    answer->done(&answer->answer, answer->error, answer->user_data);
    g_clear_error(&answer->error);
    g_free(answer->certificates);
    g_free(answer);
}

static void
give_or_wait(const FakeAuthenticator *fake, Answer *answer)
{
    shorten(fake, &answer->answer);
    if (fake->answers != NULL)
        fake_answers_add(fake->answers, give, answer);
    else
        give(answer);
}

static void
refuse(const FakeAuthenticator *fake, GError *error, RvlAuthDone done, void *user_data)
{
    Answer *answer = g_new0(Answer, 1);

    answer->error = error;
    answer->done = done;
    answer->user_data = user_data;
    answer->answer.size = sizeof(answer->answer);
    give_or_wait(fake, answer);
}

static void
answer_as_told(const FakeAuthenticator *fake, RvlAuthDone done, void *user_data)
{
    Answer *answer = g_new0(Answer, 1);

    answer->done = done;
    answer->user_data = user_data;
    answer->answer = (RvlAuthAnswer){
        .size = sizeof(answer->answer),
        .verdict = fake->verdict,
        .method = FAKE_AUTHENTICATOR_METHOD,
        .proof = RVL_OCTETS(FAKE_AUTHENTICATOR_PROOF, sizeof(FAKE_AUTHENTICATOR_PROOF) - 1),
        .description = "fake",
        .state = put_secret(fake),
        .msk = put_secret(fake),
    };
    if (fake->fails != RVL_CAUSE_NONE)
        rvl_error_set(&answer->error, fake->fails, "the test wants it to fail");
    add_certificates(fake, answer);
    give_or_wait(fake, answer);
}

static void
prove(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    const FakeAuthenticator *fake = self;
    GError *error = NULL;

    if (rvl_needs_check("RvlAuthRequest", request->needs, 0, &error))
        answer_as_told(fake, done, user_data);
    else
        refuse(fake, error, done, user_data);
}

static void
check(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    const FakeAuthenticator *fake = self;
    GError *error = NULL;

    if (rvl_needs_check("RvlAuthRequest", request->needs, 0, &error) &&
        (request->method != FAKE_AUTHENTICATOR_METHOD ||
         request->proof.size != sizeof(FAKE_AUTHENTICATOR_PROOF) - 1 ||
         memcmp(request->proof.data, FAKE_AUTHENTICATOR_PROOF, request->proof.size) != 0))
        rvl_error_set(&error, RVL_CAUSE_AUTH_METHOD_MISMATCH, "that is no fake proof");
    if (error == NULL)
        answer_as_told(fake, done, user_data);
    else
        refuse(fake, error, done, user_data);
}

static const uint8_t methods[] = {FAKE_AUTHENTICATOR_METHOD};

const RvlAuthenticator fake_authenticator = {
    .size = sizeof(fake_authenticator),
    .word = "fake",
    .methods = methods,
    .n_methods = G_N_ELEMENTS(methods),
    .prove = prove,
    .check = check,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_AUTHENTICATOR, "fake", &fake_authenticator},
};

const RvlPlugin fake_authenticator_plugin = {
    .head = RVL_PLUGIN_HEAD,
    .name = "fake_authenticator",
    .version = "1",
    .licence = "LGPL-2.1-or-later",
    .summary = "proves what the test wants",
    RVL_PROVIDES(provides),
};
