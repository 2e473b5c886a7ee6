/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Endpoints: the sockets of every local address, who reads them, and sending along a path. */
#pragma once

#include <ravelin/event.h>
#include <ravelin/installer.h>

/** RvlDatagramReceived: IKE without non-ESP marker; borrowed for the call. */
typedef void (*RvlDatagramReceived)(const RvlPath *path,
                                    const uint8_t *octets,
                                    size_t n,
                                    void *user_data);

/**
 * RvlEndpointsParts:
 * @installer, @installer_self: who is offered each endpoint
 * @port: UDP port of IKE alone; @encap_port: of IKE and ESP with non-ESP marker; 0: any free one
 * @listen: (array length=n_listen): only these addresses; none: all of this machine
 * @opens_raw: raw ESP sockets are wanted
 */
typedef struct {
    const RvlInstaller *installer;
    void *installer_self;
    const RvlEvents *events;
    uint16_t port;
    uint16_t encap_port;
    const RvlAddress *listen;
    size_t n_listen;
    bool opens_raw;
    RvlDatagramReceived received;
    void *user_data;
} RvlEndpointsParts;

/**
 * RvlEndpoints:
 *
 * For each local address: a socket on the IKE port, one or a group on the encapsulation port, and
 * raw ESP where permitted. A socket has one reader: this, or the installer that took it. Answers
 * leave from the address that was asked, since each socket is bound to one.
 *
 * Thread: main loop.
 */
typedef struct RvlEndpoints RvlEndpoints;

RvlEndpoints *rvl_endpoints_new(const RvlEndpointsParts *parts);
/** rvl_endpoints_free: after rvl_endpoints_close() is done where an installer reads. */
void rvl_endpoints_free(RvlEndpoints *endpoints);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlEndpoints, rvl_endpoints_free)

/** rvl_endpoints_add_address: opens what is listened on there and not open; failures are events. */
void rvl_endpoints_add_address(RvlEndpoints *endpoints, const RvlAddress *address, uint32_t scope);
/**
 * rvl_endpoints_add_listened:
 *
 * Opens those addresses of @listen that were not added: no interface shows all of 127.0.0.0/8, say. What
 * this machine doesn't have is reported as an event, and opened when it is added later.
 */
void rvl_endpoints_add_listened(RvlEndpoints *endpoints);
void rvl_endpoints_remove_address(RvlEndpoints *endpoints,
                                  const RvlAddress *address,
                                  uint32_t scope);

/** rvl_endpoints_count: how many endpoints are open. */
size_t rvl_endpoints_count(const RvlEndpoints *endpoints);

/**
 * rvl_endpoints_ports:
 *
 * Returns: false where @local has no endpoint. The ports that are listened on there.
 */
bool rvl_endpoints_ports(const RvlEndpoints *endpoints,
                         const RvlAddress *local,
                         uint16_t *port,
                         uint16_t *encap_port) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_endpoints_send:
 *
 * Sends IKE along @path from the endpoint with its local address and port; where @path's transport
 * is UDP_ENCAP, with non-ESP marker.
 *
 * Errors: RVL_CAUSE_LOCAL_ADDRESS_MISSING, RVL_CAUSE_PEER_UNREACHABLE.
 */
bool rvl_endpoints_send(RvlEndpoints *endpoints,
                        const RvlPath *path,
                        const uint8_t *octets,
                        size_t n,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_endpoints_find: (nullable): path's local end of an endpoint id, for what an installer read. */
const RvlEndpoint *rvl_endpoints_find(const RvlEndpoints *endpoints, RvlEndpointId id);

/** rvl_endpoints_close: takes every endpoint back; @done when no thread touches a descriptor. */
void rvl_endpoints_close(RvlEndpoints *endpoints, RvlDone done, void *user_data);
