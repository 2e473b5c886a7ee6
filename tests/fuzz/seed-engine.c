/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the seeds of fuzz-engine: short scripts that lead to each exchange, at either end. */
#include "config.h"

#include <glib.h>
#include <stdio.h>

#include "engine-script.h"

#define A 0
#define B 1
#define UP(end) OPERATION_COMMAND, (end)
#define DOWN(end) OPERATION_COMMAND, (end) | 1 << 2
#define DOWN_CHILD(end) OPERATION_COMMAND, (end) | 1 << 1 | 1 << 2
#define REKEY(end) OPERATION_COMMAND, (end) | 2 << 2
#define REKEY_CHILD(end) OPERATION_COMMAND, (end) | 1 << 1 | 2 << 2
#define RUN(milliseconds) OPERATION_RUN, (milliseconds)
#define MUTATE(n) OPERATION_MUTATE, 0, (n)
#define FORGE(flags, exchange, n) OPERATION_FORGE, (flags), 0, (exchange), (n)
#define NOTIFY(type) PAYLOAD_NOTIFY, (type) >> 8, (type)&0xff
#define NO_EDIT 0

enum { SA_INIT, AUTH, CREATE_CHILD, INFORMATIONAL };

#define SEED(name, ...)                                                                            \
    {                                                                                              \
        (name), {__VA_ARGS__}, sizeof((const guint8[]){__VA_ARGS__})                               \
    }

static const struct {
    const char *name;
    guint8 script[64];
    gsize n;
} seeds[] = {
    SEED("set-up", 0, UP(A), RUN(200), DOWN(B), RUN(20)),
    SEED("cookie", SETTING_COOKIES, UP(A), RUN(15), MUTATE(1), EDIT_OCTET, 0, 9, 1, RUN(200)),
    SEED("other-group", SETTING_OTHER_GROUP, UP(A), RUN(200)),
    SEED("first-message", 0, UP(A), RUN(3), MUTATE(1), EDIT_DOUBLE, 2, 0, 0, RUN(200)),
    SEED("first-answer", 0, UP(A), RUN(14), MUTATE(1), EDIT_REMOVE, 3, 0, 0, RUN(200)),
    SEED("auth-request", 0, UP(A), RUN(27), MUTATE(2), EDIT_REMOVE, 0, 0, 0, EDIT_CUT, 2, 9, 0),
    SEED("auth-answer", 0, UP(A), RUN(46), MUTATE(1), EDIT_OCTET, 1, 4, 7, RUN(200)),
    SEED("auth-in-fragments", SETTING_FRAGMENTS, UP(A), RUN(30), OPERATION_LOSE, 1, RUN(255)),
    SEED("informational-before-auth",
         0,
         UP(A),
         RUN(24),
         FORGE(FLAG_TO_B, INFORMATIONAL, 1),
         PAYLOAD_DELETE_IKE,
         NO_EDIT,
         RUN(200)),
    SEED("encapsulated", SETTING_ENCAPSULATED, UP(A), RUN(200), OPERATION_REPLAY, 1),
    SEED("child-rekey",
         SETTING_ESTABLISHED,
         REKEY_CHILD(A),
         RUN(5),
         MUTATE(1),
         EDIT_OCTET,
         3,
         8,
         1,
         RUN(100)),
    SEED("child-rekey-answer",
         SETTING_ESTABLISHED | SETTING_PFS,
         REKEY_CHILD(B),
         RUN(18),
         MUTATE(1),
         EDIT_TYPE,
         2,
         41,
         0,
         RUN(100)),
    SEED("child-rekeys-cross",
         SETTING_ESTABLISHED,
         REKEY_CHILD(A),
         REKEY_CHILD(B),
         RUN(5),
         MUTATE(1),
         EDIT_SWAP,
         0,
         1,
         0,
         RUN(100)),
    SEED("ike-rekey",
         SETTING_ESTABLISHED,
         REKEY(A),
         RUN(5),
         MUTATE(1),
         EDIT_OCTET,
         0,
         12,
         3,
         RUN(100)),
    SEED("ike-rekeys-cross",
         SETTING_ESTABLISHED,
         REKEY(A),
         REKEY(B),
         RUN(14),
         OPERATION_LOSE,
         0,
         RUN(255)),
    SEED("child-delete",
         SETTING_ESTABLISHED,
         FORGE(FLAG_TO_B, INFORMATIONAL, 2),
         PAYLOAD_DELETE_CHILD,
         PAYLOAD_DELETE_CHILD,
         1,
         EDIT_OCTET,
         1,
         3,
         2,
         RUN(20)),
    SEED("delete-before-notify",
         SETTING_ESTABLISHED,
         FORGE(FLAG_TO_B, INFORMATIONAL, 2),
         PAYLOAD_DELETE_IKE,
         NOTIFY(24),
         NO_EDIT,
         FORGE(FLAG_TO_B, INFORMATIONAL, 0),
         NO_EDIT),
    SEED("rekey-of-a-deleted-child",
         SETTING_ESTABLISHED,
         DOWN_CHILD(A),
         REKEY_CHILD(B),
         RUN(5),
         MUTATE(0),
         MUTATE(0),
         FORGE(0, CREATE_CHILD, 2),
         PAYLOAD_REKEY_CHILD,
         PAYLOAD_TAKEN,
         1,
         NO_EDIT,
         RUN(50)),
    SEED("payloads-of-another-exchange",
         SETTING_ESTABLISHED,
         REKEY_CHILD(A),
         RUN(5),
         MUTATE(0),
         FORGE(FLAG_TO_B, AUTH, 1),
         PAYLOAD_TAKEN,
         0,
         NO_EDIT),
    SEED("answer-to-nothing",
         SETTING_ESTABLISHED,
         FORGE(FLAG_RESPONSE | FLAG_ID_MINUS, INFORMATIONAL, 1),
         NOTIFY(11),
         NO_EDIT),
    SEED("answer-of-another-sort",
         SETTING_ESTABLISHED,
         REKEY(A),
         RUN(5),
         FORGE(FLAG_RESPONSE, CREATE_CHILD, 1),
         NOTIFY(43),
         NO_EDIT,
         RUN(100)),
    SEED("fragments",
         SETTING_ESTABLISHED,
         OPERATION_FRAGMENT,
         FLAG_TO_B,
         0,
         INFORMATIONAL,
         1,
         2,
         42,
         4,
         0,
         0,
         0,
         8,
         OPERATION_FRAGMENT,
         FLAG_TO_B,
         0,
         INFORMATIONAL,
         2,
         2,
         0,
         4,
         1,
         0,
         0,
         0),
    SEED("raw",
         SETTING_ESTABLISHED,
         OPERATION_RAW,
         FLAG_TO_B | FLAG_RESPONSE,
         28,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0x20,
         37,
         8,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         28),
};

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(seeds); i++) {
        g_autofree char *path = g_build_filename(argv[1], seeds[i].name, NULL);
        g_autoptr(GError) error = NULL;

        if (!g_file_set_contents(path, (const char *)seeds[i].script, (gssize)seeds[i].n, &error))
            g_error("%s", error->message);
    }
    return 0;
}
