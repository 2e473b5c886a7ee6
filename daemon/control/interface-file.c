/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The D-Bus interfaces as the file that is installed for clients. */
#include "config.h"

#include "control/interface-file.h"

#include "control/interface.h"

static const char head[] =
    "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
    " \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"
    "<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->\n"
    "<!-- Made by make dbus-interface from daemon/control/calls.def. -->\n"
    "<node>\n";

char *
rvl_interface_file(GError **error)
{
    g_autofree char *xml = rvl_interface_xml();
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(xml, error);
    GString *text;

    if (node == NULL)
        return NULL;
    text = g_string_new(head);
    for (size_t i = 0; node->interfaces[i] != NULL; i++)
        g_dbus_interface_info_generate_xml(node->interfaces[i], 2, text);
    g_string_append(text, "</node>\n");
    g_dbus_node_info_unref(node);
    return g_string_free(text, FALSE);
}
