/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.InstanceInformation;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.util.HashSet;
import java.util.Set;
import org.openjdk.jol.info.GraphPathRecord;
import org.openjdk.jol.info.GraphWalker;

/**
 * The deep size of objects as JOL walks them, without the header that all models of a pipeline
 * share and without the classes that options name.
 */
final class Walked {

  private static final Set<Class<?>> SHARED =
      Set.of(InstancesHeader.class, InstanceInformation.class, Attribute.class, Class.class);

  static {
    // Or JOL does not look into records.
    System.setProperty("jol.magicFieldOffset", "true");
  }

  private final Set<String> left = new HashSet<>();
  private long bytes;

  private Walked() {}

  /** Bytes on the heap. */
  static long bytes(Object root) {
    Walked walked = new Walked();
    new GraphWalker(walked::visit).walk(root);
    return walked.bytes;
  }

  private void visit(GraphPathRecord met) {
    String path = met.path();
    if (SHARED.contains(met.klass()) || isBehind(path)) {
      left.add(path);
    } else {
      bytes += met.size();
    }
  }

  private boolean isBehind(String path) {
    for (int i = path.length();
        i > 0;
        i = Math.max(path.lastIndexOf('.', i - 1), path.lastIndexOf('[', i - 1))) {
      if (left.contains(path.substring(0, i))) {
        return true;
      }
    }
    return false;
  }
}
