/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a connection's fields point into, for the files of this folder. */
#pragma once

#include "config/configuration.h"
#include "policy/connection.h"
#include "policy/identity-secrets.h"

/*
 * RvlConnectionParts:
 * @groups: of RvlConfigGroup: the connection's own first; then its children's, its secret's and its
 *   authorities', whose secrets stand in the store as long as this does
 * @identity_secrets: (nullable): secrets by the peer's identity, where the connection has none of
 *   its own
 */
typedef struct RvlConnectionParts {
    RvlAddress *local_addresses;
    RvlRemote *remotes;
    RvlIdentity **remote_identities;
    RvlAuthPolicy *remote_auth;
    RvlChildPolicy *children;
    RvlPrefix *interface_addresses;
    GPtrArray *groups;
    RvlIdentitySecrets *identity_secrets;
} RvlConnectionParts;

/* Whether the peer may be @identity, without a report. */
bool rvl_connection_fits_remote(const RvlConnection *connection, const RvlIdentity *identity);

/* `*.DOMAIN` or `*@DOMAIN`. */
bool rvl_identity_is_pattern(const RvlIdentity *identity);
