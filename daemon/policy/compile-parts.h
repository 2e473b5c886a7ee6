/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What compiling keeps at hand, for the files of this folder. */
#pragma once

#include "policy/compile.h"
#include "policy/connection-parts.h"
#include "policy/profile.h"

/*
 * RvlCompiler:
 * @profiles: name -> RvlProfile
 * @proposals: words with protocol and options -> RvlProposals: equal lists are one object
 * @children: connection's name -> GPtrArray of its `[child]` groups
 * @identity_secrets: (nullable)
 * @retransmit: from `[daemon]`
 */
typedef struct {
    const RvlCompiling *in;
    GHashTable *profiles;
    GHashTable *proposals;
    GHashTable *children;
    RvlIdentitySecrets *identity_secrets;
    RvlRetransmit retransmit;
} RvlCompiler;

/* Adds a problem at the line of @key, or of the group's head. */
void rvl_compiler_add(const RvlCompiler *compiler,
                      const RvlConfigGroup *group,
                      const char *key,
                      GError *error);
void rvl_compiler_say(const RvlCompiler *compiler,
                      const RvlConfigGroup *group,
                      const char *key,
                      const char *remedy,
                      const char *format,
                      ...) G_GNUC_PRINTF(5, 6);

/*
 * Returns (transfer full) the proposals that @group names by @key, checked against the profile, or
 * the profile's own; NULL after a problem.
 */
RvlProposals *rvl_compiler_proposals(const RvlCompiler *compiler,
                                     const RvlConfigGroup *group,
                                     const RvlProfile *profile,
                                     const char *key,
                                     RvlProtocol protocol);

/* Compiles one connection; NULL after problems, and where it is switched off. */
RvlConnection *rvl_compile_connection(const RvlCompiler *compiler, const RvlConfigGroup *group);

/*
 * Compiles a Child SA's policy out of @group, a [child] or the [connection] itself. False after
 * problems.
 */
bool rvl_compile_child(const RvlCompiler *compiler,
                       const RvlConnection *connection,
                       const RvlProfile *profile,
                       const RvlConfigGroup *group,
                       RvlChildPolicy *child);

/* Compiles how both ends prove themselves. False after problems. */
bool rvl_compile_auth(const RvlCompiler *compiler,
                      const RvlConfigGroup *group,
                      const RvlProfile *profile,
                      RvlConnection *connection);

/* The peer is somewhere in particular. */
bool rvl_connection_has_remote(const RvlConnection *connection);
