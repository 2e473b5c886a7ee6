/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: a peer's certificates, judged against an authority of the same octets. */
#include "config.h"

#include <ravelin/certificate-verifier.h>
#include <ravelin/reader.h>

#include "rig/rig.h"

extern const RvlPlugin x509_openssl_LTX_rvl_plugin;

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void
take_answer(const RvlCertificateAnswer *answer, const GError *error, void *user_data)
{
    (void)user_data;
    if ((answer == NULL) == (error == NULL))
        g_error("a verdict that is neither an answer nor an error");
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    static Rig *rig;
    static void *self;
    static RvlIdentity *identity;
    const RvlCertificateVerifier *verifier = x509_openssl_LTX_rvl_plugin.provides->interface;
    RvlReader reader;
    RvlReader own;
    RvlReader issuer;

    if (rig == NULL) {
        rig = rig_new();
        self = rig_load_plugin(rig, &x509_openssl_LTX_rvl_plugin);
        identity = rvl_identity_new(RVL_IDENTITY_FQDN, "r.lab.test", 10);
    }
    /* Two octets of length, the peer's own certificate, its issuer's. */
    rvl_reader_init(&reader, octets, n);
    rvl_reader_child(&reader, rvl_reader_u16(&reader, "length"), "certificate", &own);
    rvl_reader_rest(&reader, "issuer", &issuer);

    const RvlOctets certificates[] = {RVL_OCTETS(own.octets, own.size),
                                      RVL_OCTETS(issuer.octets, issuer.size)};
    const RvlCertificateRequest request = {
        .size = sizeof(request),
        .certificates = certificates,
        .n_certificates = 2,
        .anchors = &certificates[issuer.size == 0 ? 0 : 1],
        .n_anchors = 1,
        .identity = identity,
        .wall = {1790000000},
    };

    verifier->verify(self, &request, take_answer, NULL);
    return 0;
}
