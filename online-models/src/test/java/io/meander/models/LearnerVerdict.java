/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** placeholder */
record LearnerVerdict(String name, Task task, boolean supported, String reason) {}
