/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a peer's certificate to an authority that is trusted (RFC 5280 6). */
#include "config.h"

#include "chain.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ravelin/error.h>

#include "certificate.h"
#include "usage.h"

/* OpenSSL's level of 112 bits: RSA from 2048 on, no signature by SHA-1 (RFC 8247 4). */
#define SECURITY_LEVEL 2

/* Larger RSA keys would let a stranger buy time on our processor with its own certificates. */
#define MAX_KEY_BITS 8192

typedef STACK_OF(X509) Stack;

static void
stack_free(Stack *stack)
{
    sk_X509_pop_free(stack, X509_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stack, stack_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE_CTX, X509_STORE_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)

/* What the chain is judged against. */
typedef struct {
    X509_STORE_CTX *context;
    Stack *anchors;
    RvlWallTime now;
} Judgement;

static bool
push(Stack *stack, X509 *certificate)
{
    if (sk_X509_push(stack, certificate) > 0)
        return true;
    X509_free(certificate);
    return false;
}

/* The peer's certificates behind its own. One that can't be read is as one that wasn't sent. */
static Stack *
read_untrusted(const RvlCertificateRequest *request)
{
    g_autoptr(Stack) read = sk_X509_new_null();
    size_t n = MIN(request->n_certificates, CHAIN_MAX_CERTIFICATES);

    for (size_t i = 1; i < n; i++) {
        g_autoptr(X509) certificate = certificate_read(&request->certificates[i], NULL);

        if (certificate != NULL && EVP_PKEY_get_bits(X509_get0_pubkey(certificate)) <= MAX_KEY_BITS)
            (void)push(read, g_steal_pointer(&certificate));
    }
    return g_steal_pointer(&read);
}

static Stack *
read_anchors(const RvlCertificateRequest *request, GError **error)
{
    g_autoptr(Stack) anchors = sk_X509_new_null();

    for (size_t i = 0; i < request->n_anchors; i++) {
        X509 *anchor = certificate_read(&request->anchors[i], error);

        if (anchor == NULL) {
            rvl_error_prefix_where(error, "authority %zu", i + 1);
            return NULL;
        }
        if (!push(anchors, anchor))
            return NULL;
    }
    if (sk_X509_num(anchors) == 0) {
        rvl_error_set_found(error, RVL_CAUSE_CERTIFICATE_UNTRUSTED, NULL, "an [authority]",
                            "no authority is trusted");
        return NULL;
    }
    return g_steal_pointer(&anchors);
}

static char *
list_subjects(const Stack *certificates)
{
    GString *list = g_string_new(NULL);

    for (int i = 0; i < sk_X509_num(certificates); i++) {
        g_autofree char *name =
            certificate_name_text(X509_get_subject_name(sk_X509_value(certificates, i)));

        g_string_append_printf(list, "%s'%s'", i > 0 ? ", " : "", name);
    }
    return g_string_free(list, FALSE);
}

/* A name without its common names: what an authority and its intermediates tend to share. */
static X509_NAME *
organisation_of(const X509_NAME *name)
{
    g_autoptr(X509_NAME) rest = X509_NAME_dup(name);
    int at;

    while (rest != NULL && (at = X509_NAME_get_index_by_NID(rest, NID_commonName, -1)) >= 0)
        X509_NAME_ENTRY_free(X509_NAME_delete_entry(rest, at));
    return g_steal_pointer(&rest);
}

static bool
is_of_an_anchor_s_organisation(const X509_NAME *issuer, const Stack *anchors)
{
    g_autoptr(X509_NAME) organisation = organisation_of(issuer);

    if (organisation == NULL || X509_NAME_entry_count(organisation) == 0)
        return false;
    for (int i = 0; i < sk_X509_num(anchors); i++) {
        g_autoptr(X509_NAME) of_anchor =
            organisation_of(X509_get_subject_name(sk_X509_value(anchors, i)));

        if (of_anchor != NULL && X509_NAME_cmp(organisation, of_anchor) == 0)
            return true;
    }
    return false;
}

static bool
is_an_anchor_s_name(const X509_NAME *name, const Stack *anchors)
{
    for (int i = 0; i < sk_X509_num(anchors); i++) {
        if (X509_NAME_cmp(name, X509_get_subject_name(sk_X509_value(anchors, i))) == 0)
            return true;
    }
    return false;
}

/*
 * The chain ends at a certificate whose issuer is neither there nor trusted. Whether an intermediate
 * is missing or the authority is a stranger can only be guessed: a gap is reported where the peer
 * sent a part of the chain, or the issuer's name is like a trusted one's.
 */
static void
report_no_issuer(const Judgement *judgement, X509 *last, GError **error)
{
    const X509_NAME *issuer = X509_get_issuer_name(last);
    g_autofree char *issuer_text = certificate_name_text(issuer);
    g_autofree char *certificate = certificate_name_text(X509_get_subject_name(last));
    g_autofree char *trusted = list_subjects(judgement->anchors);

    if (is_an_anchor_s_name(issuer, judgement->anchors))
        rvl_error_set_found(
            error, RVL_CAUSE_CERTIFICATE_UNTRUSTED, issuer_text, trusted,
            "the issuer of '%s' has the name of a trusted authority but another key", certificate);
    else if (sk_X509_num(X509_STORE_CTX_get0_chain(judgement->context)) > 1 ||
             is_of_an_anchor_s_organisation(issuer, judgement->anchors))
        rvl_error_set_found(
            error, RVL_CAUSE_CHAIN_INCOMPLETE, certificate, issuer_text,
            "the issuer of '%s' was not sent and is not trusted itself (trusted: %s)", certificate,
            trusted);
    else
        rvl_error_set_found(error, RVL_CAUSE_CERTIFICATE_UNTRUSTED, issuer_text, trusted, NULL);
}

static void
report_untrusted(const Judgement *judgement, X509 *certificate, const char *why, GError **error)
{
    g_autofree char *name = certificate_name_text(X509_get_subject_name(certificate));
    g_autofree char *issuer = certificate_name_text(X509_get_issuer_name(certificate));
    g_autofree char *trusted = list_subjects(judgement->anchors);

    rvl_error_set_found(error, RVL_CAUSE_CERTIFICATE_UNTRUSTED, issuer, trusted, "'%s': %s", name,
                        why);
}

static void
report_time(const Judgement *judgement, X509 *certificate, RvlCause cause, GError **error)
{
    bool is_early = cause == RVL_CAUSE_CERTIFICATE_NOT_YET_VALID;
    const ASN1_TIME *bound =
        is_early ? X509_get0_notBefore(certificate) : X509_get0_notAfter(certificate);
    g_autofree char *name = certificate_name_text(X509_get_subject_name(certificate));
    g_autofree char *now = certificate_time_text(judgement->now);
    g_autofree char *until = NULL;
    RvlWallTime time;

    if (certificate_time(bound, &time))
        until = certificate_time_text(time);
    rvl_error_set_found(error, cause, until != NULL ? until : "a time that cannot be read", now,
                        "'%s' %s", name, is_early ? "is not valid yet" : "has expired");
}

static void
report_key(X509 *certificate, GError **error)
{
    g_autofree char *name = certificate_name_text(X509_get_subject_name(certificate));
    g_autofree char *bits =
        g_strdup_printf("%d bits", EVP_PKEY_get_bits(X509_get0_pubkey(certificate)));

    rvl_error_set_found(error, RVL_CAUSE_KEY_TOO_SHORT, bits, "112 bits of strength: RSA of 2048",
                        "the key of '%s' is too short", name);
}

static void
report_constraint(X509 *certificate, int code, GError **error)
{
    g_autofree char *name = certificate_name_text(X509_get_subject_name(certificate));

    rvl_error_set_found(error, RVL_CAUSE_CERTIFICATE_CONSTRAINT,
                        X509_verify_cert_error_string(code), NULL, "'%s' is not allowed here",
                        name);
}

/* OpenSSL's verdict as one of our causes, with both values. */
static void
report(const Judgement *judgement, GError **error)
{
    int code = X509_STORE_CTX_get_error(judgement->context);
    X509 *at = X509_STORE_CTX_get_current_cert(judgement->context);

    if (at == NULL)
        at = X509_STORE_CTX_get0_cert(judgement->context);
    switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        report_time(judgement, at, RVL_CAUSE_CERTIFICATE_EXPIRED, error);
        return;
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        report_time(judgement, at, RVL_CAUSE_CERTIFICATE_NOT_YET_VALID, error);
        return;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        report_no_issuer(judgement, at, error);
        return;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
        report_key(at, error);
        return;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_INVALID_EXTENSION:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        report_constraint(at, code, error);
        return;
    default:
        report_untrusted(judgement, at, X509_verify_cert_error_string(code), error);
        return;
    }
}

static void
set_parameters(X509_STORE_CTX *context, RvlWallTime now)
{
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);

    /* An anchor is trusted since it was configured, be it a root or an intermediate. */
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(parameters, (time_t)now.unix_s);
    X509_VERIFY_PARAM_set_depth(parameters, CHAIN_MAX_INTERMEDIATES);
    X509_VERIFY_PARAM_set_auth_level(parameters, SECURITY_LEVEL);
}

/* What OpenSSL leaves to its caller where it was told no purpose. */
static bool
check_usages(const Judgement *judgement, bool is_server, RvlWallTime *not_after, GError **error)
{
    Stack *chain = X509_STORE_CTX_get0_chain(judgement->context);
    int n = sk_X509_num(chain);

    not_after->unix_s = G_MAXINT64;
    for (int i = 0; i < n; i++) {
        X509 *certificate = sk_X509_value(chain, i);
        RvlWallTime until;

        if (certificate_time(X509_get0_notAfter(certificate), &until))
            not_after->unix_s = MIN(not_after->unix_s, until.unix_s);
        if (i == 0 && !usage_check_peer(certificate, is_server, error))
            return false;
        if (i > 0 && i < n - 1 && !usage_check_authority(certificate, is_server, error))
            return false;
    }
    return true;
}

X509 *
chain_verify(const RvlCertificateRequest *request, RvlWallTime *not_after, GError **error)
{
    g_autoptr(X509_STORE) store = X509_STORE_new();
    g_autoptr(X509_STORE_CTX) context = X509_STORE_CTX_new();
    g_autoptr(Stack) untrusted = read_untrusted(request);
    g_autoptr(Stack) anchors = NULL;
    g_autoptr(X509) own = NULL;
    Judgement judgement;

    if (request->n_certificates == 0) {
        rvl_error_set_found(error, RVL_CAUSE_CERTIFICATE_UNTRUSTED, "no certificate",
                            "one in a CERT payload", "the peer sent no certificate");
        return NULL;
    }
    own = certificate_read(&request->certificates[0], error);
    if (own == NULL)
        return NULL;
    anchors = read_anchors(request, error);
    if (anchors == NULL)
        return NULL;

    if (store == NULL || context == NULL || untrusted == NULL ||
        X509_STORE_CTX_init(context, store, own, untrusted) != 1) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "OpenSSL cannot begin to verify");
        return NULL;
    }
    judgement = (Judgement){context, anchors, request->wall};
    X509_STORE_CTX_set0_trusted_stack(context, anchors);
    set_parameters(context, request->wall);
    if (X509_verify_cert(context) != 1) {
        report(&judgement, error);
        ERR_clear_error();
        return NULL;
    }
    return check_usages(&judgement, request->is_server, not_after, error) ? g_steal_pointer(&own)
                                                                          : NULL;
}
