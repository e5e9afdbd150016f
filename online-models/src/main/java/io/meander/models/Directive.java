/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * A control command's order for one key that it lists. It comes with the whole deployment of its
 * generation, so that it does not matter whether the deployment or the order is there first.
 *
 * @param payloadOrNull the version to go back to, if the command brought it
 */
public record Directive(
    String key, Deployment deployment, Order order, KeptVersions.Kept payloadOrNull)
    implements Arrival {}
