/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What a transform of a user's own implements and is handed: {@link
 * io.meander.features.transform.UserTransform} and the values around it. A published seam: it
 * changes only with a line in the changelog. Imports nothing but the JDK and {@code NearestName}.
 */
package io.meander.features.transform;
