/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * A meander command, run to its end in this process.
 *
 * @param exitCode 0 done, 1 failed, 2 wrong usage
 */
record Command(int exitCode, String out, String err) {

  static Command run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Meander.run(
            List.of(arguments).stream().map(Object::toString).toArray(String[]::new),
            new PrintWriter(out, true),
            new PrintWriter(err, true));
    return new Command(exitCode, out.toString(), err.toString());
  }
}
