/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What was published of a key's features with its model: what those that remember the key's past,
 * and the filling in of missing values, are worked out from.
 *
 * @param stateOrNull null if nothing is remembered
 * @param atOrNull when it was published; null if that is not known
 */
public record PublishedFeatures(ByteBuffer stateOrNull, Instant atOrNull) {}
