/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The D-Bus interfaces, made from the table of calls. */
#include "config.h"

#include "control/interface.h"

#include <string.h>

static const struct {
    const char *name;
    const char *in;
    const char *out;
    RvlPermission permission;
} calls[RVL_CALL_COUNT_] = {
#define RVL_CALL_ROW(name, in, out, permission) {#name, in, out, RVL_PERMISSION_##permission},
#include "control/calls.def"
#undef RVL_CALL_ROW
};

static const char properties[] =
    "<property name='Version' type='s' access='read'/>"
    "<property name='Contract' type='s' access='read'/>"
    "<property name='Generation' type='t' access='read'/>"
    "<property name='State' type='s' access='read'/>"
    "<property name='Counts' type='a{sv}' access='read'/>"
    "<signal name='Alert'><arg name='cause' type='s'/><arg name='details' type='a{sv}'/></signal>";

static const char job[] =
    "<interface name='" RVL_JOB_INTERFACE "'>"
    "<signal name='Progress'><arg name='step' type='s'/><arg name='details' type='a{sv}'/></signal>"
    "<signal name='Done'><arg name='cause' type='s'/><arg name='details' type='a{sv}'/></signal>"
    "</interface>";

/* @arguments: pairs of name and type. */
static void
add_arguments(GString *xml, const char *arguments, const char *direction)
{
    g_auto(GStrv) words = g_strsplit(arguments, " ", -1);

    for (size_t i = 0; words[i] != NULL && words[i + 1] != NULL; i += 2)
        g_string_append_printf(xml, "<arg name='%s' type='%s' direction='%s'/>", words[i],
                               words[i + 1], direction);
}

char *
rvl_interface_xml(void)
{
    GString *xml = g_string_new("<node><interface name='" RVL_MANAGER_INTERFACE "'>");

    for (size_t i = 0; i < RVL_CALL_COUNT_; i++) {
        g_string_append_printf(xml, "<method name='%s'>", calls[i].name);
        add_arguments(xml, calls[i].in, "in");
        add_arguments(xml, calls[i].out, "out");
        g_string_append(xml, "</method>");
    }
    g_string_append(xml, properties);
    g_string_append(xml, "</interface>");
    g_string_append(xml, job);
    g_string_append(xml, "</node>");
    return g_string_free(xml, FALSE);
}

bool
rvl_interface_call(const char *method, RvlCallId *id, RvlPermission *permission)
{
    for (size_t i = 0; i < RVL_CALL_COUNT_; i++)
        if (strcmp(calls[i].name, method) == 0) {
            *id = (RvlCallId)i;
            *permission = calls[i].permission;
            return true;
        }
    return false;
}

const char *
rvl_permission_action(RvlPermission permission)
{
    switch (permission) {
    case RVL_PERMISSION_MONITOR:
        return RVL_BUS_NAME ".monitor";
    case RVL_PERMISSION_CONTROL:
        return RVL_BUS_NAME ".control";
    case RVL_PERMISSION_CONFIGURE:
        return RVL_BUS_NAME ".configure";
    }
    return RVL_BUS_NAME ".configure";
}
