/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.javacliparser.Option;
import io.meander.features.NearestName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import moa.options.ClassOption;
import moa.options.OptionHandler;

/**
 * Makes MOA objects of option strings, as MOA's own command line does, but only of MOA's classes: a
 * class name anywhere in the string is looked up in MOA's jar before MOA would load it.
 * Thread-safe.
 */
final class MoaOptions {

  private static final Pattern WORD = Pattern.compile("[^\\s()]+");
  private static final Pattern CLASS_NAME =
      Pattern.compile("([a-z_][\\w]*\\.)*[A-Z]\\w*|([a-z_]\\w*\\.)+\\w+");
  private static final Map<Class<?>, Map<String, String>> KINDS = new ConcurrentHashMap<>();

  private MoaOptions() {}

  /**
   * A new object of an option string, not yet prepared for use.
   *
   * @param type the kind that is wanted; names may leave out its package
   * @param noun what a user calls the kind
   * @throws OptionStringException if MOA does not take it
   */
  static <T> T create(String optionString, Class<T> type, String noun) {
    String text = optionString.trim();
    String name = text.isEmpty() ? "" : text.split("\\s+", 2)[0];
    Map<String, String> names = names(type);
    if (!names.containsKey(name) && !names.containsValue(name)) {
      List<String> nearest = NearestName.of(name, names.keySet());
      throw new OptionStringException(
          "'" + name + "' is not a MOA " + noun + NearestName.suggestion(name, names.keySet()),
          name,
          nearest,
          null);
    }
    refuseForeignClasses(text);
    try {
      return type.cast(ClassOption.cliStringToObject(text, type, null));
    } catch (Exception e) {
      throw new OptionStringException(
          "MOA refuses '" + text + "': " + reason(e) + allowed(name, type), text, List.of(), e);
    } catch (LinkageError e) {
      throw new OptionStringException(
          "'" + name + "' needs a library that Meander leaves out (" + e.getMessage() + ")",
          text,
          List.of(),
          e);
    }
  }

  /**
   * Names of the concrete classes of a kind in MOA's jar, without the prefix that may be left out,
   * to their full names.
   */
  static Map<String, String> names(Class<?> type) {
    return KINDS.computeIfAbsent(type, MoaOptions::scan);
  }

  private static void refuseForeignClasses(String text) {
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      String word = words.group();
      boolean fileOrMemory = word.startsWith("file:") || word.startsWith("inmem:");
      boolean foreign =
          CLASS_NAME.matcher(word).matches()
              && !word.startsWith("moa.")
              && isClass(word)
              && word.contains(".");
      if (fileOrMemory || foreign) {
        throw new OptionStringException(
            "'" + word + "' in '" + text + "' is not one of MOA's classes: nothing else is loaded",
            word,
            List.of(),
            null);
      }
    }
  }

  private static boolean isClass(String name) {
    String path = name.replace('.', '/') + ".class";
    return MoaOptions.class.getClassLoader().getResource(path) != null
        || ClassLoader.getSystemResource(path) != null;
  }

  private static Map<String, String> scan(Class<?> type) {
    String prefix = type.getPackage().getName() + ".";
    Map<String, String> found = new TreeMap<>();
    for (String className : classesBelow(prefix.replace('.', '/'))) {
      if (isUsable(className, type)) {
        found.put(className.substring(prefix.length()), className);
      }
    }
    return Collections.unmodifiableMap(found);
  }

  private static boolean isUsable(String className, Class<?> type) {
    try {
      Class<?> candidate = Class.forName(className, false, type.getClassLoader());
      return type.isAssignableFrom(candidate)
          && Modifier.isPublic(candidate.getModifiers())
          && !Modifier.isAbstract(candidate.getModifiers())
          && Arrays.stream(candidate.getConstructors()).anyMatch(c -> c.getParameterCount() == 0);
    } catch (ClassNotFoundException | LinkageError e) {
      return false; // it needs a library that is left out: not to be had here
    }
  }

  private static Set<String> classesBelow(String folder) {
    URL url = MoaOptions.class.getClassLoader().getResource("moa/classifiers/Classifier.class");
    if (url == null) {
      throw new IllegalStateException("MOA is not on the class path");
    }
    try {
      JarURLConnection connection = (JarURLConnection) url.openConnection();
      connection.setUseCaches(false);
      try (var jar = connection.getJarFile()) {
        return jar.stream()
            .map(entry -> entry.getName())
            .filter(entry -> entry.startsWith(folder) && entry.endsWith(".class"))
            .filter(entry -> entry.indexOf('$') < 0)
            .map(entry -> entry.substring(0, entry.length() - 6).replace('/', '.'))
            .collect(Collectors.toSet());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list MOA's classes", e);
    }
  }

  static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message.lines().findFirst().get();
  }

  private static String allowed(String name, Class<?> type) {
    String className = names(type).getOrDefault(name, name);
    try {
      Object fresh = Class.forName(className).getDeclaredConstructor().newInstance();
      if (fresh instanceof OptionHandler handler) {
        return "; its options are "
            + Arrays.stream(handler.getOptions().getOptionArray())
                .map(MoaOptions::describe)
                .collect(Collectors.joining(", "));
      }
      return "; it takes no options";
    } catch (ReflectiveOperationException | LinkageError e) {
      return "";
    }
  }

  private static String describe(Option option) {
    return "-" + option.getCLIChar() + " " + option.getName();
  }
}
