/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.javacliparser.ListOption;
import com.github.javacliparser.Option;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import moa.classifiers.Classifier;
import moa.classifiers.core.driftdetection.ChangeDetector;
import moa.options.AbstractClassOption;
import moa.options.OptionHandler;

/**
 * What is known of MOA's learners: the list {@code learners.csv}, which the contract test makes and
 * every build compares with what the learners do. Immutable.
 */
final class LearnerVerdicts {

  static final String RESOURCE = "learners.csv";
  static final String HEADER = "name,task,verdict,reason";

  private static final String PREFIX = "moa.classifiers.";
  private static final Map<String, LearnerVerdict> LIST = read();

  private LearnerVerdicts() {}

  /** All verdicts by name. */
  static Map<String, LearnerVerdict> all() {
    return LIST;
  }

  /** The verdict on the learner that an option string begins with. */
  static LearnerVerdict of(Classifier classifier) {
    LearnerVerdict verdict = LIST.get(name(classifier));
    if (verdict == null) {
      throw new IllegalStateException(
          classifier.getClass().getName() + " is not in " + RESOURCE + ": make it anew");
    }
    return verdict;
  }

  /**
   * The first learner in an object made of an option string, itself or one that its options hold,
   * which is refused. What a supported learner holds by default was checked with it.
   */
  static Optional<LearnerVerdict> refusedIn(Classifier classifier) {
    return firstIn(classifier, verdict -> !verdict.supported(), Set.of());
  }

  /** As {@link #refusedIn}, of the supported learners that need something of the events. */
  static Optional<LearnerVerdict> needingIn(Classifier classifier, String need) {
    return firstIn(
        classifier, verdict -> verdict.supported() && verdict.reason().contains(need), Set.of());
  }

  /** The drift detectors that an object made of an option string holds, at any depth. */
  static List<ChangeDetector> detectorsIn(OptionHandler handler) {
    return parts(handler).stream()
        .flatMap(
            part ->
                part instanceof ChangeDetector detector
                    ? Stream.of(detector)
                    : part instanceof OptionHandler inner
                        ? detectorsIn(inner).stream()
                        : Stream.empty())
        .toList();
  }

  /** Names of the learner and of those that its options hold, at any depth. */
  static Set<String> namesIn(Classifier classifier) {
    Set<String> names = new HashSet<>();
    names.add(name(classifier));
    collect(classifier, names);
    return names;
  }

  private static Optional<LearnerVerdict> firstIn(
      Object object, Predicate<LearnerVerdict> sought, Set<String> alsoTaken) {
    LearnerVerdict verdict = object instanceof Classifier ? LIST.get(name(object)) : null;
    if (verdict != null && sought.test(verdict) && !alsoTaken.contains(verdict.name())) {
      return Optional.of(verdict);
    }
    if (!(object instanceof OptionHandler handler)) {
      return Optional.empty();
    }
    Set<String> defaults = verdict != null && verdict.supported() ? defaults(object) : alsoTaken;
    for (Object part : parts(handler)) {
      Optional<LearnerVerdict> found = firstIn(part, sought, defaults);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Names of the learners that a fresh object of the same class holds, at any depth. */
  private static Set<String> defaults(Object object) {
    try {
      Set<String> found = new HashSet<>();
      collect(object.getClass().getDeclaredConstructor().newInstance(), found);
      return found;
    } catch (ReflectiveOperationException | LinkageError e) {
      return Set.of();
    }
  }

  private static void collect(Object object, Set<String> found) {
    if (object instanceof OptionHandler handler) {
      for (Object part : parts(handler)) {
        if (part instanceof Classifier) {
          found.add(name(part));
        }
        collect(part, found);
      }
    }
  }

  /** The objects that its options name, as the options hold them. */
  static List<Object> parts(OptionHandler handler) {
    return Arrays.stream(handler.getOptions().getOptionArray())
        .flatMap(
            option ->
                option instanceof ListOption list
                    ? Arrays.stream(list.getList())
                    : Stream.of(option))
        .map(LearnerVerdicts::value)
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Object> value(Option option) {
    return option instanceof AbstractClassOption held
        ? Optional.ofNullable(held.getPreMaterializedObject())
        : Optional.empty();
  }

  private static String name(Object learner) {
    return learner.getClass().getName().substring(PREFIX.length());
  }

  private static Map<String, LearnerVerdict> read() {
    Map<String, LearnerVerdict> found = new TreeMap<>();
    try (InputStream in = LearnerVerdicts.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not beside the classes");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      lines
          .lines()
          .filter(line -> !line.equals(HEADER))
          .map(LearnerVerdict::parse)
          .forEach(verdict -> found.put(verdict.name(), verdict));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Collections.unmodifiableMap(found);
  }
}
