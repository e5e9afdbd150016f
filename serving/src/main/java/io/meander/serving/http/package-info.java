/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Predictions over HTTP, by {@link io.meander.serving.FollowedModels}. Javalin and Prometheus stay
 * in here.
 */
package io.meander.serving.http;
