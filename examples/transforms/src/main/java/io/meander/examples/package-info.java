/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Transforms of a user's own. Imports nothing of Meander but its published seam. */
package io.meander.examples;
