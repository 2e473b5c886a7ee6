/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An SA installer that carries nothing, fails and delays as it is told, and says what it still holds. */
#pragma once

#include <ravelin/installer.h>

#include "fakes/answers.h"

/** FakeInstallerCall: calls that can be told to fail. */
typedef enum {
    FAKE_INSTALLER_INTERFACE_ADD,
    FAKE_INSTALLER_INTERFACE_REMOVE,
    FAKE_INSTALLER_ENDPOINT_ADD,
    FAKE_INSTALLER_RESERVE,
    FAKE_INSTALLER_APPLY,
    FAKE_INSTALLER_QUERY,
    FAKE_INSTALLER_LIST,
    FAKE_INSTALLER_CALLS,
} FakeInstallerCall;

/**
 * FakeInstaller:
 * @capabilities: all of them; a test may change them
 * @fails: by FakeInstallerCall: with which cause; NONE: it works
 * @answers: to be held back
 * @n_descriptors: how many it wants of an endpoint that carries ESP; @reads: and whether it reads them
 * @row_octets: of the rows that it hands over: 0: as they are; otherwise their stride
 * @host: (nullable): what it was attached to
 * @interfaces: (element-type utf8): owners; @endpoints: ids
 * @spis: reserved or in use; (element-type uint32_t)
 * @sas, @policies: id -> RvlStanding; a test may remove some behind the core's back
 * @counters: id -> RvlSaCounters: what query() says of an SA, where a test has put it there
 */
typedef struct {
    RvlInstallerCapabilities capabilities;
    RvlCause fails[FAKE_INSTALLER_CALLS];
    FakeAnswers *answers;
    size_t n_descriptors;
    bool reads;
    size_t row_octets;
    const RvlInstallerHost *host;
    GHashTable *interfaces;
    GHashTable *endpoints;
    GHashTable *spis;
    GHashTable *sas;
    GHashTable *policies;
    GHashTable *counters;
    uint32_t last_spi;
    size_t last_descriptors; /* of the endpoint that was offered last */
} FakeInstaller;

/** fake_installer: its interface, `fake`; the instance is a FakeInstaller. */
extern const RvlInstaller fake_installer;

FakeInstaller *fake_installer_new(void);
void fake_installer_free(FakeInstaller *fake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeInstaller, fake_installer_free)

/** fake_installer_holds: SPIs, SAs, policies, interfaces and endpoints that stand, in sum. */
size_t fake_installer_holds(const FakeInstaller *fake);
/** fake_installer_count: what query() answers of the SA @counters->id from now on. */
void fake_installer_count(FakeInstaller *fake, const RvlSaCounters *counters);
