/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Authentication by pre-shared key: known answers of others, refusals, and weak keys. */
#include "config.h"

#include <string.h>

#include <ravelin/error.h>

#include "rig/rig.h"
#include "support/hex.h"
#include "strength.h"

extern const RvlPlugin psk_LTX_rvl_plugin;

static const char key[] = "lab-psk-0123456789abcdef";

/*
 * Made by strongSwan 5.9.8 (charon, PRF HMAC-SHA2-256) with the key above, and printed by its log at
 * level 4: IKE_SA_INIT message, nonce of the other end, ID body, SK_p, AUTH.
 */
static const struct {
    const char *name;
    const char *message;
    const char *nonce;
    const char *id;
    const char *sk_p;
    const char *auth;
} answers[] = {
    {"initiator",
     "7e4a87fa73398e7e00000000000000002120220800000000000000f022000030"
     "0000002c010100040300000c0100000c800e0080030000080300000c03000008"
     "02000005000000080400001f28000028001f00004b799feab103b7160e12e451"
     "960d11caeb2faf61aa6915418d9f0efe75461e78290000245a26367077cb554a"
     "12829aa52600e33f885a9ff10c4d711ef40c7e83e66a928f2900001c00004004"
     "6b64fc369e5da4f7781b47279d064b3a779f1b122900001c00004005a703536a"
     "469b2fce61f0a3187ef6b34bddc581d9290000080000402e290000100000402f"
     "00020003000400050000000800004016",
     "eecc9eec791faea8354b826a6ca0dca45fef59800a6a324a5928fbea945cc73a",
     "02000000692e6c61622e74657374",
     "7285080ab488772a03544a30efdaff6bebea3bf16149a8bfb8856d0c87e4e711",
     "37795a532b8a79da41fa2c30a356fff7614c28bd511c4cf8c77e9a27abf643e5"},
    {"responder",
     "7e4a87fa73398e7e64f7318eadd6fc722120222000000000000000f822000030"
     "0000002c010100040300000c0100000c800e0080030000080300000c03000008"
     "02000005000000080400001f28000028001f0000d4e0fedf1d21fc52686f509a"
     "53ada5f48e84b9d4926945909e1de44f07f3975629000024eecc9eec791faea8"
     "354b826a6ca0dca45fef59800a6a324a5928fbea945cc73a2900001c00004004"
     "ea36180952b097b796a23c3d4392437dec311c412900001c00004005c6e61db0"
     "db72018306b955bcb7380da8fb1cf983290000080000402e290000100000402f"
     "000200030004000529000008000040220000000800004014",
     "5a26367077cb554a12829aa52600e33f885a9ff10c4d711ef40c7e83e66a928f",
     "02000000722e6c61622e74657374",
     "cc77ba114023c24af0ce21dc3533e00814c56cf455ce7da6bc72e11e962812e1",
     "3987bea036e8be973192198dde4ade9734d8a55f9bd3f802cc893cad4415c3e8"},
};

/* NIST CAVS 17.3, SP 800-135, IKEv1 with pre-shared key (ikev1_psk.fax): hash and count. */
static const struct {
    const char *name;
    uint16_t prf; /* IKEv2's number of the hash's HMAC */
    const char *key;
    const char *nonce_i;
    const char *nonce_r;
    const char *skeyid;
} skeyids[] = {
    {"sha1-18", 2, "47", "fc950622e1f30629", "341cb815fb69e9ab",
     "3cf3a09e93cc9b9a239b967b254edad6500506ca"},
    {"sha1-15", 2, "f3838ddc8e4d5c4f9520f24771f97300c862dfcf2d35ded5a84c9cd3",
     "ce3b6e468f85def610e821c21fb23ca0df95c8e73d037226e81ccb79d09d7e8d"
     "a0ca98b975d0471789594b140f7b48cc7e5ced253604a146e2cfbab1e12e5106"
     "220be38ad3be1d3af7adafa2bd1790ad0bfa56a769f74c3523e5e8f1d2487ff0"
     "d9046a5a6a405f46c9465e0e94d722ab3169751df49005eecf06616dfcaa5863"
     "ccd053f4b941c89fb384801d8acc22463bf47422f2279271b50c8337c018049d"
     "01702d7dd1ea9587e749dc296af5343d4d39b4e7ea5fea5f321f00069e26ffd7"
     "d2498757cd01067f7551b718de6f0a9a3135dca5b4a88c428d99902a84c9640d"
     "77aa2f0a0cec255759ae992261334eef56c83fdd48a2e2d79fd695480ae3795f",
     "74459d170a1715c45e91f6f7256efa3116486faad0db87188167938917b8da75"
     "dd2124511ab4021ceb83cb97b0121684203af378876e94c9c6d81b8d80016193"
     "8018bc55c8c7be762c7f3871b7d15c4b8a4337da147adac524e6c72ce4977c08"
     "a0970b046b2e689b66924089897a22fd767c354a063f6dc566c68ff714547327"
     "04e98a61519eb826801e1a6b5c1bfb0cf1096d95f58d3fc3896b3963f123e2c6"
     "56184af2bd898693136146d86664adf09ed4b435953997a0b5f5df910ecce844"
     "14d92897a3ff797d0ed1ab53d0e565922df60ce58fc7ee5dabbf87480d39a4a6"
     "4c4cc4a645dbc38fbca34cdfa3831d37e9f1ae78aa0da92314fa6463df3acee5",
     "f379e2757f0f7e8ae4b9ba8547c2f17e3206f324"},
    {"sha256-22", 5, "f2", "4d9acab172992f65", "87dc89562d594ee0",
     "acfa9cb55a8d0eec723e77b188b4ae8be8e84dcb93099c1c3aed70c89774d8cb"},
    {"sha256-14", 5, "f3cd44545ec11f51772b99a183537c3d3ac475e231d8375bd83008c1",
     "09f2307257d324918d4c7e0010745726ede0ce7a8289990032850936704727d0"
     "0cc580b98de92494a7f508ac8adae14b7f31d252d0bb2a63f09f336f69eebfbc"
     "21677233a976652fbe4a762da30cbf6d257fd199772c8608c0507ef7cf63220b"
     "97f9ca504577c5756c5ce694c046bda3ee038952f79325b3fbfdaea07b362d91"
     "f0291a95817a6b3ffae6dd5b0b0743fc4cf4a0757b6c85893efff7b8e68d5aab"
     "ba58e6f88a33b246cf9a13110ca1aad5976cca7b36bf0b4984cb277bbf846100"
     "26fd7c46838cd2830ebc35d3aad1b06cf625b5cb26472512e0045ad9db633349"
     "38cee022e4c77ca08658d7f3b115d00902f761d878e2b28ab7055fb219b56211",
     "c79f7225a08129889bd6da4bc446c810c7abbdb0abf849578c059b3008a6f8ee"
     "ee1297bff167459ac9669122d057e1fe07a40fcc920072f065e556bc932e33e0"
     "297108183c44d72a4f201aebcb7790210e0b9fd23d5264d222576f4743e8a5d2"
     "ee0a20ce7c6aa2900fc33a33f55385fd7f6883afa26de12b36a00da1752f7c1c"
     "4d99d2be05be4926adce73e6cdf7f66637eeb238000b4cd3174b8bbffde84f74"
     "b75d0609bd8013951f907dc37f9175f02e8764690c02780060f4caaff9d0718d"
     "730a7fb503f9fcbe6b7e9aa60cf8557c4abfe58d2ec10b7e3471a04af16b3dba"
     "ad1344db5c448718b03175c9bfae635ba3ad88151c79d1fe3bf6c09d0d07ac5b",
     "eaed823f03f60d4592eb76d9d74d3a0ab34102295626d1ed86b650f31d556164"},
    {"sha384-17", 6, "dd", "eb5c3f02cd235c17", "048a8005e94e1855",
     "44fda53bf76e4d4075331e4afca8012e930a4e8c7302e4ac4cd92b88880fb2c6"
     "5b80a4f054f6d9930cf190450f4d9000"},
    {"sha384-13", 6, "23c44a9537ed13bd9af73adb62215b3dacc6e660b151583abfc6b771",
     "2b672ad39171d1c053eaa6a9652f7c1c359a48cd97504e311758c70bcc907647"
     "597e7f7b87339497db69bbfae28f41292319f554a675b3c7ee33e2472328f0fe"
     "0b723aac9b2e445ecfab57df14f7b6004e064de444ec7c9ec372ed02996b03f2"
     "224100d380baccf0f4bebc63bbc5d7ebc8f4446f73e3cb8af51adf949820f0d4"
     "3fdd6a71742809be379ccccc881b6877241b892e74c6aaf01a331fd70eabd3bb"
     "170f0f040403c129067bc18751eb43b34bd107b4e2e5c8d215ec73c2709a3dd4"
     "1342da2cf808a92862b0d81e6fae14ed202f909131d6272a25f93bbc4aba94fe"
     "efa7a2956e04ffe1c8158ce32ee7d741aa8bf6afc12f0abe206fee27b8bdce14",
     "0119154e2e5f7fdbea282d1db0213822622e3618cb000f4d3b93ef0b944aac4d"
     "18611d46203ff23df8b6742a4804377bb075e33e145f0bbd3638a20828c57535"
     "9c95211cd0bf1d068e789a5c50aef06b36e4407da1c9378f563df38f8155288d"
     "6662b2270176b7d7ae8b8f68a980ae2634e96935dc64c93157ce674795f7b2bb"
     "895d7dc57e85a8e058964fe4253dadaf178060d9fb708decf4616afede016987"
     "8f17c4fd12bd1d5656912b46b29b0062d59285525a2be3290cf4c4840fd64d2b"
     "ecffb8d3b5cf4d147ae8ce4e083bed6c566770a70241de1bc23c65c47e45a25d"
     "9f6527a0bb9989881f4faf76f8a510fd64b61a68dedc8355ff794a6e9b7a5382",
     "c7b9be35b9bb573d6b4fe79b0b4d2fecf6ec94167a8e8bf574e6dc999950916b"
     "33cd467d011d3aef01b0841ee07c606e"},
    {"sha512-21", 7, "2f", "d6180c3cfef0d526", "a39351391f5a59eb",
     "2fc601dc638c7b14a052245447bb28d9a38404598c4b937c633f9767770d15c4"
     "b177715ae8cef1ad203e8654dd446834e728b88ad805b3680c55c9e0a59150b1"},
    {"sha512-11", 7, "754acaa5191539c4fea083ce0532922ff8c400977adf82946ec1f5ba",
     "b04d80f79fe8a6d9373cc60c1081b576abaa7c40705681523411f3568c89d21b"
     "95e4aa0200399dd631c30a69a4cfc7430845af221c7c716909d36a43124cbe31"
     "361dbb2f13106b95ac833b08e19708e3d440e1119b858cbd71137ffd719f1cde"
     "58eca2f6eb524186360dd1103ed4f800673f04216e65def51c199ded644eb27f"
     "13901a14626fc07d4bea93d6fde8ee1e329614c4b414fb091807d4accb4fd77d"
     "8ad6eb6c4d2db7cc156a31961782de9e319d0a1fe1439e504a0a9c549f3b9724"
     "9d548183e148218b3e7a75beda7ab9a52a3b5d485e59c775a08656bffbd9240f"
     "2c6260f3c9e8dd6316184abe26071943c2f6653e68925fe4165c1c951865ebb1",
     "604fbbe58978154b0e9f92349ef9d534b14334bed042acbcfb753be9ecec4428"
     "c6b57a6fb34b015eaff4aedb061977256a3bc7eeadc25f8f29535fcf0d9143e3"
     "36e9086dda974772cf394e5d73b2efdfcb07313b246e701da920c48e84110bd4"
     "8e85e1e9d298f6bf3745516550c4a118da005df0d53a0348c5bbd5218e6f1e82"
     "67f2d1be7aaa1f1955001102dd655e889b1146282670ce87ccc2275495cd5733"
     "6049b0dcc230ca87b9d96724b86321eb2f6e55a4ef0c1c07c16c97ebc76e905a"
     "90e728b0207b47d04a71e35231c68a78dbea40b6bf4b589c12ea458aeae364af"
     "0794a26bed16fa369d97de79ebabcc8e915b13f11a0522cfba525a5fc69ca0e3",
     "339f81e8d0874168eb725cba5e54ce8d7fba32b1fe7bfd858430a93e02b2cb7c"
     "02f32985acd23861984cf09b170333c169e7a35656fe104d6da54cd5ab8527ac"},
};

/* One end's proof, ready to be made or checked; tests change a part of it. */
typedef struct {
    Rig *rig;
    GBytes *message;
    GBytes *nonce;
    GBytes *id;
    GBytes *proof;
    RvlSettings *settings;
    RvlIdentity *peer;
    RvlAuthParts parts;
    RvlAuthRequest request;
} Fixture;

static RvlSettings *
settings_with_key(Rig *rig, const void *octets, size_t n)
{
    const RvlSetting setting = {
        .key = "psk",
        .type = RVL_KEY_SECRET,
        .secret = rig_put_secret(rig, octets, n),
        .file = "secrets.d/lab.conf",
        .line = 2,
    };

    return rvl_settings_new("connection lab", &setting, 1);
}

static void
set_up(Fixture *f, gconstpointer data)
{
    const typeof(answers[0]) *a = data != NULL ? data : &answers[0];
    g_autoptr(GBytes) sk_p = rvl_test_unhex(a->sk_p);
    gsize n;
    const guint8 *id;

    f->rig = rig_new();
    (void)rig_load_plugin(f->rig, &psk_LTX_rvl_plugin);
    f->message = rvl_test_unhex(a->message);
    f->nonce = rvl_test_unhex(a->nonce);
    f->id = rvl_test_unhex(a->id);
    f->proof = rvl_test_unhex(a->auth);
    f->settings = settings_with_key(f->rig, key, strlen(key));
    id = g_bytes_get_data(f->id, &n);
    f->peer = rvl_identity_new(id[0], id + 4, n - 4);
    f->parts = (RvlAuthParts){
        .size = sizeof(f->parts),
        .message = rvl_octets_from_bytes(f->message),
        .nonce = rvl_octets_from_bytes(f->nonce),
        .id = rvl_octets_from_bytes(f->id),
        .prf = 5,
        .sk_p = rig_put_secret(f->rig, g_bytes_get_data(sk_p, NULL), g_bytes_get_size(sk_p)),
    };
    f->request = (RvlAuthRequest){
        .size = sizeof(f->request),
        .version = 2,
        .connection = "lab",
        .settings = f->settings,
        .remote = f->peer,
        .parts = &f->parts,
        .method = 2,
        .proof = rvl_octets_from_bytes(f->proof),
    };
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    rig_free(f->rig);
    g_bytes_unref(f->message);
    g_bytes_unref(f->nonce);
    g_bytes_unref(f->id);
    g_bytes_unref(f->proof);
    rvl_settings_unref(f->settings);
    rvl_identity_unref(f->peer);
}

static void
assert_refused(Fixture *f, RvlCause cause)
{
    g_auto(RigVerdict) verdict = {0};

    rig_check(f->rig, &f->request, &verdict);
    g_assert_false(verdict.proved);
    g_assert_error(verdict.error, RVL_ERROR, (int)cause);
    g_assert_null(strstr(verdict.error->message, key));
}

static void
proof_is_the_other_implementation_s(Fixture *f, gconstpointer data)
{
    g_auto(RigVerdict) verdict = {0};

    (void)data;
    rig_prove(f->rig, &f->request, &verdict);
    g_assert_no_error(verdict.error);
    g_assert_cmpuint(verdict.method, ==, 2);
    g_assert_true(g_bytes_equal(verdict.proof, f->proof));
}

static void
proof_of_the_other_implementation_holds(Fixture *f, gconstpointer data)
{
    g_auto(RigVerdict) verdict = {0};

    (void)data;
    rig_check(f->rig, &f->request, &verdict);
    g_assert_no_error(verdict.error);
    g_assert_true(verdict.proved);
}

static void
wrong_key_is_refused_with_both_values(Fixture *f, gconstpointer data)
{
    g_autoptr(RvlSettings) other = settings_with_key(f->rig, "lab-psk-0123456789abcdeg", 24);
    g_auto(RigVerdict) verdict = {0};

    (void)data;
    f->request.settings = other;
    rig_check(f->rig, &f->request, &verdict);
    g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_PSK_MISMATCH);
    g_assert_nonnull(strstr(rvl_error_found(verdict.error), "i.lab.test"));
    g_assert_nonnull(strstr(rvl_error_wanted(verdict.error), "secrets.d/lab.conf:2"));
    g_assert_null(strstr(verdict.error->message, "lab-psk"));
}

/* Each octet that the proof covers, and each of the proof. */
static void
any_altered_octet_is_refused(Fixture *f, gconstpointer data)
{
    RvlOctets *const runs[] = {&f->parts.message, &f->parts.nonce, &f->parts.id, &f->request.proof};

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
        const RvlOctets whole = *runs[i];

        for (size_t at = 0; at < whole.size; at++) {
            g_autofree uint8_t *altered = g_memdup2(whole.data, whole.size);

            altered[at] ^= 1;
            *runs[i] = RVL_OCTETS(altered, whole.size);
            assert_refused(f, RVL_CAUSE_PSK_MISMATCH);
        }
        *runs[i] = whole;
    }
}

static void
proof_of_another_length_is_refused(Fixture *f, gconstpointer data)
{
    g_autofree uint8_t *longer = g_malloc0(33);

    (void)data;
    memcpy(longer, f->request.proof.data, 32);
    f->request.proof = RVL_OCTETS(longer, 33);
    assert_refused(f, RVL_CAUSE_PSK_MISMATCH);
    for (size_t n = 0; n < 32; n++) {
        f->request.proof = RVL_OCTETS(longer, n);
        assert_refused(f, RVL_CAUSE_PSK_MISMATCH);
    }
}

static void
intermediate_exchange_is_covered(Fixture *f, gconstpointer data)
{
    static const uint8_t int_auth[] = {1, 2, 3, 4};
    g_auto(RigVerdict) verdict = {0};

    (void)data;
    f->parts.int_auth = RVL_OCTETS(int_auth, sizeof(int_auth));
    assert_refused(f, RVL_CAUSE_PSK_MISMATCH);
    rig_prove(f->rig, &f->request, &verdict);
    g_assert_no_error(verdict.error);
    f->request.proof = rvl_octets_from_bytes(verdict.proof);
    f->parts.int_auth = RVL_OCTETS(int_auth, sizeof(int_auth) - 1);
    assert_refused(f, RVL_CAUSE_PSK_MISMATCH);
}

static void
proof_of_another_key_of_the_sa_is_refused(Fixture *f, gconstpointer data)
{
    static const uint8_t zeros[32];

    (void)data;
    f->parts.sk_p = rig_put_secret(f->rig, zeros, sizeof(zeros));
    assert_refused(f, RVL_CAUSE_PSK_MISMATCH);
    f->parts.sk_p = RVL_SECRET_ID_NONE;
    assert_refused(f, RVL_CAUSE_PLUGIN_FAILED);
}

/* A library that fails proves nothing, and lets nobody in. */
static void
failing_prf_is_refused(Fixture *f, gconstpointer data)
{
    g_auto(RigVerdict) verdict = {0};

    (void)data;
    for (RigFailure failure = RIG_FAILS_KEYING; failure <= RIG_FAILS_BY_SIZE; failure++) {
        rig_fail_prf(f->rig, failure);
        assert_refused(f, RVL_CAUSE_PLUGIN_FAILED);
        rig_prove(f->rig, &f->request, &verdict);
        g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_PLUGIN_FAILED);
    }
    /* The same where only the second use of the PRF fails. */
    for (unsigned uses = 1; uses < 3; uses++) {
        rig_fail_prf_after(f->rig, uses);
        assert_refused(f, RVL_CAUSE_PLUGIN_FAILED);
    }
    rig_fail_prf_after(f->rig, 3);
    rig_check(f->rig, &f->request, &verdict);
    g_assert_true(verdict.proved);
}

static void
unexpected_identity_is_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(RvlIdentity) expected = rvl_identity_new(RVL_IDENTITY_FQDN, "r.lab.test", 10);
    g_auto(RigVerdict) verdict = {0};

    (void)data;
    f->request.expected = f->peer;
    rig_check(f->rig, &f->request, &verdict);
    g_assert_true(verdict.proved);
    f->request.expected = expected;
    rig_check(f->rig, &f->request, &verdict);
    g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_IDENTITY_MISMATCH);
    g_assert_cmpstr(rvl_error_found(verdict.error), ==, "i.lab.test");
    g_assert_cmpstr(rvl_error_wanted(verdict.error), ==, "r.lab.test");
    f->request.remote = NULL;
    assert_refused(f, RVL_CAUSE_IDENTITY_MISMATCH);
}

static void
what_this_method_is_not_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    for (unsigned method = 0; method <= UINT8_MAX; method++) {
        f->request.method = (uint8_t)method;
        if (method != 2)
            assert_refused(f, RVL_CAUSE_AUTH_METHOD_MISMATCH);
    }
    f->request.method = 2;
    for (unsigned bit = 0; bit < 32; bit++) {
        f->request.needs = 1u << bit;
        assert_refused(f, RVL_CAUSE_PLUGIN_INCOMPATIBLE);
    }
    f->request.needs = 0;
    f->request.version = 1;
    assert_refused(f, RVL_CAUSE_VERSION_MISMATCH);
    f->request.version = 2;
    f->parts.prf = 4711;
    assert_refused(f, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
}

static void
missing_key_is_refused_and_not_ready(Fixture *f, gconstpointer data)
{
    g_autoptr(RvlSettings) none = rvl_settings_new("connection lab", NULL, 0);
    g_autoptr(RvlSettings) empty = settings_with_key(f->rig, "", 0);
    RvlSettings *const missing[] = {none, empty};
    const RvlAuthenticator *authenticator;
    void *self;

    (void)data;
    authenticator = rig_lookup(f->rig, RVL_CAPABILITY_AUTHENTICATOR, &self);
    for (size_t i = 0; i < G_N_ELEMENTS(missing); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(RigVerdict) verdict = {0};

        f->request.settings = missing[i];
        assert_refused(f, RVL_CAUSE_PSK_MISSING);
        rig_prove(f->rig, &f->request, &verdict);
        g_assert_error(verdict.error, RVL_ERROR, RVL_CAUSE_PSK_MISSING);
        g_assert_false(authenticator->is_ready(self, missing[i], true, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_PSK_MISSING);
    }
}

static void
weak_key_is_warned_of_once(Fixture *f, gconstpointer data)
{
    g_autoptr(RvlSettings) weak = settings_with_key(f->rig, "summer2026", 10);
    const RvlAuthenticator *authenticator;
    g_autoptr(GError) error = NULL;
    void *self;

    (void)data;
    authenticator = rig_lookup(f->rig, RVL_CAPABILITY_AUTHENTICATOR, &self);
    g_assert_true(authenticator->is_ready(self, f->settings, true, &error));
    g_assert_cmpuint(rig_count_events(f->rig, RVL_EVENT_WEAK_NAMED), ==, 0);
    g_assert_true(authenticator->is_ready(self, weak, false, &error));
    g_assert_cmpuint(rig_count_events(f->rig, RVL_EVENT_WEAK_NAMED), ==, 0);
    g_assert_true(authenticator->is_ready(self, weak, true, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(rig_count_events(f->rig, RVL_EVENT_WEAK_NAMED), ==, 1);
    g_assert_nonnull(strstr(rig_last_event(f->rig), "secrets.d/lab.conf:2"));
    g_assert_null(strstr(rig_last_event(f->rig), "summer"));
}

static const struct {
    const char *key;
    unsigned at_least;
    unsigned at_most;
} strengths[] = {
    {"", 0, 0},
    {"0000000000000000000000000000000000000000", 0, 20},
    {"summer2026", 40, 60},
    {"31415926535897932384626433832795", 90, 110},
    {"q83vejrwejqrze8snfz4mgzz", 110, 130},
    {"aB01cD23eF45aB01cD23eF45aB01cD23", 150, 200},
    {"00112233445566778899aabbccddeeff", 128, 128},
    {"q83vEjRWeJqrze8SNFZ4mg", 128, 160},
    {"\x01\x80\x03\x90\x05\xa0\x07\xb0\x09\xc0\x0b\xd0\x0d\xe0\x0f\xf0", 128, 128},
};

static void
strength_is_what_length_and_alphabet_give(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strengths); i++) {
        unsigned bits =
            psk_strength_bits((const uint8_t *)strengths[i].key, strlen(strengths[i].key));

        g_assert_cmpuint(bits, >=, strengths[i].at_least);
        g_assert_cmpuint(bits, <=, strengths[i].at_most);
    }
}

typedef struct {
    Rig *rig;
    GBytes *wanted;
    RvlCause cause;
    unsigned calls;
} Skeyid;

static void
take_skeyid(RvlSecretId skeyid, const GError *error, void *user_data)
{
    Skeyid *s = user_data;
    const RvlSecretServices *secrets = rig_host(s->rig)->secrets;
    g_autoptr(RvlSecret) secret = secrets->get(secrets->context, skeyid);

    s->calls++;
    g_assert_cmpint((int)rvl_error_cause(error), ==, (int)s->cause);
    if (s->cause != RVL_CAUSE_NONE)
        return;
    g_assert_cmpmem(rvl_secret_octets(secret), rvl_secret_size(secret),
                    g_bytes_get_data(s->wanted, NULL), g_bytes_get_size(s->wanted));
    secrets->release(secrets->context, skeyid);
}

static void
skeyid_is_nist_s(gconstpointer data)
{
    const typeof(skeyids[0]) *c = data;
    g_autoptr(Rig) rig = rig_new();
    g_autoptr(GBytes) psk = rvl_test_unhex(c->key);
    g_autoptr(GBytes) nonce_i = rvl_test_unhex(c->nonce_i);
    g_autoptr(GBytes) nonce_r = rvl_test_unhex(c->nonce_r);
    g_autoptr(GBytes) wanted = rvl_test_unhex(c->skeyid);
    g_autoptr(RvlSettings) settings =
        settings_with_key(rig, g_bytes_get_data(psk, NULL), g_bytes_get_size(psk));
    g_autoptr(RvlSettings) none = rvl_settings_new("connection lab", NULL, 0);
    RvlSkeyidRequest request = {
        .size = sizeof(request),
        .settings = settings,
        .prf = c->prf,
        .nonce_i = rvl_octets_from_bytes(nonce_i),
        .nonce_r = rvl_octets_from_bytes(nonce_r),
    };
    Skeyid outcome = {rig, wanted, RVL_CAUSE_NONE, 0};
    void *self = rig_load_plugin(rig, &psk_LTX_rvl_plugin);
    const RvlAuthenticator *authenticator = rig_lookup(rig, RVL_CAPABILITY_AUTHENTICATOR, NULL);

    authenticator->skeyid(self, &request, take_skeyid, &outcome);
    outcome.cause = RVL_CAUSE_PSK_MISSING;
    request.settings = none;
    authenticator->skeyid(self, &request, take_skeyid, &outcome);
    outcome.cause = RVL_CAUSE_ALGORITHM_UNAVAILABLE;
    request.prf = 0;
    authenticator->skeyid(self, &request, take_skeyid, &outcome);
    g_assert_cmpuint(outcome.calls, ==, 3);
}

#define ADD(path, data, test) g_test_add(path, Fixture, data, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autofree char *made = g_strdup_printf("/psk/makes-known-proof/%s", answers[i].name);
        g_autofree char *held = g_strdup_printf("/psk/accepts-known-proof/%s", answers[i].name);

        ADD(made, &answers[i], proof_is_the_other_implementation_s);
        ADD(held, &answers[i], proof_of_the_other_implementation_holds);
    }
    ADD("/psk/refuses/wrong-key", NULL, wrong_key_is_refused_with_both_values);
    ADD("/psk/refuses/altered-octet", NULL, any_altered_octet_is_refused);
    ADD("/psk/refuses/other-length", NULL, proof_of_another_length_is_refused);
    ADD("/psk/refuses/other-int-auth", NULL, intermediate_exchange_is_covered);
    ADD("/psk/refuses/other-sk-p", NULL, proof_of_another_key_of_the_sa_is_refused);
    ADD("/psk/refuses/failing-prf", NULL, failing_prf_is_refused);
    ADD("/psk/refuses/unexpected-identity", NULL, unexpected_identity_is_refused);
    ADD("/psk/refuses/other-methods-and-needs", NULL, what_this_method_is_not_is_refused);
    ADD("/psk/refuses/missing-key", NULL, missing_key_is_refused_and_not_ready);
    ADD("/psk/warns-of-weak-key", NULL, weak_key_is_warned_of_once);
    g_test_add_func("/psk/strength", strength_is_what_length_and_alphabet_give);
    for (size_t i = 0; i < G_N_ELEMENTS(skeyids); i++) {
        g_autofree char *path = g_strdup_printf("/psk/skeyid/%s", skeyids[i].name);

        g_test_add_data_func(path, &skeyids[i], skeyid_is_nist_s);
    }
    return g_test_run();
}
