/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.transform.UserTransform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The transforms that users bring, found by {@link ServiceLoader}: by the thread's class loader,
 * which in a Flink job is that of the user's code, and by that of Meander's own classes.
 */
public final class UserTransforms {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

  private UserTransforms() {}

  /**
   * The highest version of a transform.
   *
   * @throws IllegalArgumentException if there is none of that name, with those there are
   */
  public static UserTransform find(String name) {
    List<UserTransform> found = named(name);
    return found.get(found.size() - 1);
  }

  /**
   * A transform as it was declared.
   *
   * @param type its class's name
   * @throws IllegalArgumentException if it is not there, or has become another class
   */
  static UserTransform find(String name, int version, String type) {
    List<UserTransform> found = named(name);
    UserTransform transform =
        found.stream()
            .filter(t -> t.version() == version)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "transform '"
                            + name
                            + "' was version "
                            + version
                            + ", and on the class path it is "
                            + found.stream()
                                .map(t -> "version " + t.version())
                                .collect(Collectors.joining(", "))
                            + ": keep the class of version "
                            + version
                            + " beside the new one as long as models learn from it"));
    if (!transform.getClass().getName().equals(type)) {
      throw new IllegalArgumentException(
          "version "
              + version
              + " of transform '"
              + name
              + "' was "
              + type
              + ", and on the class path it is "
              + transform.getClass().getName()
              + ": give it another version");
    }
    return transform;
  }

  /** All versions of a transform, ascending; at least one. */
  private static List<UserTransform> named(String name) {
    List<UserTransform> all = all();
    List<UserTransform> named =
        all.stream()
            .filter(t -> t.name().equals(name))
            .sorted(Comparator.comparingInt(UserTransform::version))
            .toList();
    if (named.isEmpty()) {
      Set<String> names = all.stream().map(UserTransform::name).collect(Collectors.toSet());
      throw new IllegalArgumentException(
          "unknown transform '"
              + name
              + "'"
              + NearestName.suggestion(name, names)
              + (names.isEmpty()
                  ? " (there are none on the class path)"
                  : " (there are "
                      + names.stream().sorted().collect(Collectors.joining(", "))
                      + ")")
              + ": docs/features.md says where its jar goes");
    }
    for (int i = 1; i < named.size(); i++) {
      if (named.get(i).version() == named.get(i - 1).version()) {
        throw new IllegalArgumentException(
            "version "
                + named.get(i).version()
                + " of transform '"
                + name
                + "' is there twice: "
                + named.get(i - 1).getClass().getName()
                + " and "
                + named.get(i).getClass().getName());
      }
    }
    return named;
  }

  private static List<UserTransform> all() {
    Map<String, UserTransform> byClass = new LinkedHashMap<>();
    List<ClassLoader> loaders = new ArrayList<>();
    loaders.add(Thread.currentThread().getContextClassLoader());
    loaders.add(UserTransforms.class.getClassLoader());
    for (ClassLoader loader : loaders) {
      try {
        for (UserTransform transform : ServiceLoader.load(UserTransform.class, loader)) {
          byClass.putIfAbsent(transform.getClass().getName(), checked(transform));
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        throw new IllegalArgumentException(
            "a transform on the class path cannot be loaded: " + e, e);
      }
    }
    return List.copyOf(byClass.values());
  }

  private static UserTransform checked(UserTransform transform) {
    String name = transform.name();
    if (name == null || !NAME.matcher(name).matches() || transform.version() < 1) {
      throw new IllegalArgumentException(
          transform.getClass().getName()
              + " calls itself version "
              + transform.version()
              + " of '"
              + name
              + "'; a version is 1 or more, a name is of letters, digits, '-', '_' and '.'");
    }
    return transform;
  }
}
