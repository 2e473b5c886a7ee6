/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Netlink over libmnl. The kernel answers requests of these two buses at once. */
#include "config.h"

#include "netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct Netlink {
    struct mnl_socket *socket;
    unsigned port;
    unsigned sequence;
};

/* Large enough for what the kernel sends at once in a dump. */
#define ANSWER_OCTETS 65536

Netlink *
netlink_new(int bus, unsigned groups, GError **error)
{
    Netlink *netlink = g_new0(Netlink, 1);

    netlink->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
    if (netlink->socket == NULL ||
        mnl_socket_bind(netlink->socket, groups, MNL_SOCKET_AUTOPID) < 0) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "netlink socket %d: %s", bus,
                      g_strerror(errno));
        netlink_free(netlink);
        return NULL;
    }
    netlink->port = mnl_socket_get_portid(netlink->socket);
    return netlink;
}

void
netlink_free(Netlink *netlink)
{
    if (netlink == NULL)
        return;
    if (netlink->socket != NULL)
        mnl_socket_close(netlink->socket);
    g_free(netlink);
}

int
netlink_descriptor(const Netlink *netlink)
{
    return mnl_socket_get_fd(netlink->socket);
}

struct nlmsghdr *
netlink_request(void *buffer, uint16_t type, uint16_t flags)
{
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

    request->nlmsg_type = type;
    request->nlmsg_flags = NLM_F_REQUEST | flags;
    return request;
}

void
netlink_parse(const struct nlmsghdr *message,
              size_t body,
              const struct nlattr **attributes,
              size_t max)
{
    const struct nlattr *attribute;

    memset(attributes, 0, (max + 1) * sizeof attributes[0]);
    mnl_attr_for_each(attribute, message, body)
    {
        uint16_t type = mnl_attr_get_type(attribute);

        if (type <= max)
            attributes[type] = attribute;
    }
}

uint32_t
netlink_u32(const struct nlattr *attribute, uint32_t fallback)
{
    return attribute != NULL ? mnl_attr_get_u32(attribute) : fallback;
}

uint8_t
netlink_u8(const struct nlattr *attribute, uint8_t fallback)
{
    return attribute != NULL ? mnl_attr_get_u8(attribute) : fallback;
}

/* Reads answers until one ends the conversation. */
static int
converse(Netlink *netlink, unsigned sequence, mnl_cb_t call, void *user_data)
{
    g_autofree uint8_t *answer = g_malloc(ANSWER_OCTETS);
    int result = MNL_CB_OK;

    while (result > MNL_CB_STOP) {
        ssize_t n = mnl_socket_recvfrom(netlink->socket, answer, ANSWER_OCTETS);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        result = mnl_cb_run(answer, (size_t)n, sequence, netlink->port, call, user_data);
        if (result < 0 && errno != EPROTO) /* EPROTO: an answer to an earlier conversation */
            return errno;
        if (result < 0)
            result = MNL_CB_OK;
    }
    return 0;
}

int
netlink_dump(Netlink *netlink, struct nlmsghdr *request, mnl_cb_t call, void *user_data)
{
    request->nlmsg_seq = ++netlink->sequence;
    if (mnl_socket_sendto(netlink->socket, request, request->nlmsg_len) < 0)
        return errno;
    return converse(netlink, request->nlmsg_seq, call, user_data);
}

int
netlink_call(Netlink *netlink, struct nlmsghdr *request)
{
    request->nlmsg_flags |= NLM_F_ACK;
    return netlink_dump(netlink, request, NULL, NULL);
}

/* One acknowledgement, or an error. */
typedef struct {
    unsigned left;
    int first_error;
} Answers;

static int
count_answer(const struct nlmsghdr *message, void *user_data)
{
    Answers *answers = user_data;
    const struct nlmsgerr *report = mnl_nlmsg_get_payload(message);

    if (report->error != 0 && answers->first_error == 0)
        answers->first_error = -report->error;
    answers->left -= answers->left > 0;
    return MNL_CB_OK;
}

int
netlink_transact(Netlink *netlink, const void *octets, size_t n, unsigned acknowledgements)
{
    mnl_cb_t control[] = {[NLMSG_ERROR] = count_answer}; /* libmnl takes it without const */
    g_autofree uint8_t *answer = g_malloc(ANSWER_OCTETS);
    Answers answers = {.left = acknowledgements};

    if (mnl_socket_sendto(netlink->socket, octets, n) < 0)
        return errno;
    /* A batch that failed is answered by what failed in it, and by no acknowledgement. */
    while (answers.left > 0 && answers.first_error == 0) {
        ssize_t got = mnl_socket_recvfrom(netlink->socket, answer, ANSWER_OCTETS);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (mnl_cb_run2(answer, (size_t)got, 0, netlink->port, NULL, &answers, control,
                        G_N_ELEMENTS(control)) < 0)
            return errno;
    }
    return answers.first_error;
}

int
netlink_read(Netlink *netlink, mnl_cb_t call, void *user_data)
{
    g_autofree uint8_t *news = g_malloc(ANSWER_OCTETS);
    int result = 0;

    for (;;) {
        ssize_t n = recv(netlink_descriptor(netlink), news, ANSWER_OCTETS, MSG_DONTWAIT);

        if (n > 0)
            mnl_cb_run(news, (size_t)n, 0, 0, call, user_data);
        else if (n < 0 && errno == ENOBUFS)
            result = ENOBUFS; /* what was queued before is still there */
        else if (n == 0 || errno != EINTR)
            return result;
    }
}

bool
netlink_fail(int result, RvlCause cause, GError **error, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rvl_error_set(error, result == EPERM ? RVL_CAUSE_PERMISSION_MISSING : cause, "%s: %s", what,
                  g_strerror(result));
    if (result == EPERM)
        rvl_error_set_remedy(error, "give the daemon CAP_NET_ADMIN");
    return false;
}
