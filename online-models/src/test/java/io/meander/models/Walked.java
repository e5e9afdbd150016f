/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import org.openjdk.jol.info.GraphPathRecord;
import org.openjdk.jol.info.GraphWalker;

/**
 * The deep size of objects as JOL walks them, without the header that all models of a pipeline
 * share and without the classes that options name.
 */
final class Walked {

  private static final Method OBJECT;

  static {
    // Or JOL does not look into records.
    System.setProperty("jol.magicFieldOffset", "true");
    try {
      OBJECT = GraphPathRecord.class.getDeclaredMethod("obj");
      OBJECT.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Set<Object> shared = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Paths of what is left out; what lies behind them is left out too. */
  private final Set<String> left = new HashSet<>();

  private long bytes;

  private Walked(InstancesHeader header) {
    shared.add(header);
    shared.add(header.getInstanceInformation());
    for (int i = 0; i < header.numAttributes(); i++) {
      shared.add(header.attribute(i));
    }
  }

  /** Bytes on the heap. */
  static long bytes(Object root, InstancesHeader header) {
    Walked walked = new Walked(header);
    new GraphWalker(walked::visit).walk(root);
    return walked.bytes;
  }

  private void visit(GraphPathRecord met) {
    String path = met.path();
    try {
      Object object = OBJECT.invoke(met);
      if (object instanceof Class || shared.contains(object) || isBehind(path)) {
        left.add(path);
      } else {
        bytes += met.size();
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isBehind(String path) {
    int end = path.length();
    while (end > 0) {
      if (left.contains(path.substring(0, end))) {
        return true;
      }
      end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1));
    }
    return false;
  }
}
