/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import moa.classifiers.bayes.NaiveBayes;

/**
 * What may be known of flights' delays when each of them departs, the slow way: for every flight
 * all earlier ones of its airport are looked at again, and those that have landed count. Plain MOA
 * learns from them. Nothing of the pipeline's own code is used.
 */
final class NaiveFlights {

  static final int NO = 0;
  static final int YES = 1;

  /** Of the window of three hours; the pipeline's has 60 of them. */
  private static final long PANE = Duration.ofMinutes(3).toMillis();

  private static final int PANES = 60;
  private static final double HALF_LIFE = 6.58;

  private final List<Flight> flights;
  private final List<Expected> expected = new ArrayList<>();

  /** By flight: the first flight that departs when it has landed, or the number of flights. */
  private final int[] knownTo;

  private final Map<String, List<Integer>> byOrigin = new HashMap<>();
  private final Map<String, Learned> learned = new HashMap<>();
  private final InstancesHeader header = header();

  /**
   * A row.
   *
   * @param departure milliseconds since the epoch, as {@code landed}
   * @param delay minutes
   */
  record Flight(String id, long departure, String origin, double miles, double delay, long landed) {

    int label() {
      return delay > 15 ? YES : NO;
    }

    Flight landing(long landed, double delay) {
      return new Flight(id, departure, origin, miles, delay, landed);
    }
  }

  /**
   * What is to be said of a flight when it departs.
   *
   * @param known flights of its airport that have landed
   * @param noChange label of the one that landed last; no before the first
   * @param majority of their labels; no if there are as many of both
   * @param late3h mean delay of those that landed in the last three hours; NaN without any
   * @param lateRecent mean delay of all that have landed, each weighing half as much as one that
   *     landed a half-life of flights after it; NaN without any
   * @param votes normalised
   */
  record Expected(
      int known,
      int noChange,
      int majority,
      double late3h,
      double lateRecent,
      int predicted,
      double[] votes) {}

  /** An airport's model, and how many flights it has learned from. */
  private static final class Learned {
    private final NaiveBayes model = new NaiveBayes();
    private int count;
  }

  NaiveFlights(List<Flight> flights) {
    this.flights = flights;
    this.knownTo = new int[flights.size()];
    for (int i = 0; i < knownTo.length; i++) {
      knownTo[i] = i + 1;
      while (knownTo[i] < knownTo.length
          && flights.get(knownTo[i]).departure() < flights.get(i).landed()) {
        knownTo[i]++;
      }
    }
    for (int i = 0; i < flights.size(); i++) {
      expected.add(expect(i));
    }
  }

  List<Flight> flights() {
    return flights;
  }

  Expected expected(int flight) {
    return expected.get(flight);
  }

  /** Whether it landed before the last flight departed. */
  boolean isLabelled(int flight) {
    return knownTo[flight] < flights.size();
  }

  /** Those that are labelled, in the order in which they landed. */
  List<Integer> labelled() {
    List<Integer> labelled = new ArrayList<>();
    for (int i = 0; i < flights.size(); i++) {
      if (isLabelled(i)) {
        labelled.add(i);
      }
    }
    labelled.sort(landing());
    return labelled;
  }

  private Expected expect(int now) {
    Flight flight = flights.get(now);
    List<Integer> earlier = byOrigin.computeIfAbsent(flight.origin(), o -> new ArrayList<>());
    List<Integer> known = new ArrayList<>();
    for (int other : earlier) {
      if (flights.get(other).landed() <= flight.departure()) {
        known.add(other);
      }
    }
    known.sort(landing());
    earlier.add(now);
    int late = 0;
    for (int other : known) {
      late += flights.get(other).label();
    }
    double late3h = late3h(flight, known);
    double lateRecent = lateRecent(known);
    Learned learned = learn(flight.origin(), known);
    double[] raw = learned.model.getVotesForInstance(instance(flight.miles(), late3h, lateRecent));
    double[] votes = Arrays.copyOf(raw, 2);
    double sum = votes[NO] + votes[YES];
    return new Expected(
        known.size(),
        known.isEmpty() ? NO : flights.get(known.get(known.size() - 1)).label(),
        2 * late > known.size() ? YES : NO,
        late3h,
        lateRecent,
        votes[YES] > votes[NO] ? YES : NO,
        sum > 0 ? new double[] {votes[NO] / sum, votes[YES] / sum} : new double[] {0.5, 0.5});
  }

  /** The order in which they come to be known. */
  private Comparator<Integer> landing() {
    return Comparator.<Integer>comparingInt(flight -> knownTo[flight])
        .thenComparingLong(flight -> flights.get(flight).landed())
        .thenComparingInt(flight -> flight);
  }

  private double late3h(Flight flight, List<Integer> known) {
    long pane = Math.floorDiv(flight.departure(), PANE);
    double sum = 0;
    int count = 0;
    for (int other : known) {
      if (Math.floorDiv(flights.get(other).landed(), PANE) > pane - PANES) {
        sum += clipped(other);
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  private double lateRecent(List<Integer> known) {
    double kept = StrictMath.exp(-StrictMath.log(2) / HALF_LIFE);
    double sum = 0;
    double weights = 0;
    for (int other : known) {
      sum = kept * sum + clipped(other);
      weights = kept * weights + 1;
    }
    return weights == 0 ? Double.NaN : sum / weights;
  }

  private double clipped(int flight) {
    return Math.max(-10, Math.min(180, flights.get(flight).delay()));
  }

  private Learned learn(String origin, List<Integer> known) {
    Learned learned = this.learned.computeIfAbsent(origin, o -> prepared());
    for (; learned.count < known.size(); learned.count++) {
      int other = known.get(learned.count);
      Expected then = expected.get(other);
      Instance instance = instance(flights.get(other).miles(), then.late3h(), then.lateRecent());
      instance.setClassValue(flights.get(other).label());
      learned.model.trainOnInstance(instance);
    }
    return learned;
  }

  private Learned prepared() {
    Learned learned = new Learned();
    learned.model.setModelContext(header);
    learned.model.prepareForUse();
    return learned;
  }

  private Instance instance(double... features) {
    Instance instance = new DenseInstance(1, Arrays.copyOf(features, features.length + 1));
    instance.setDataset(header);
    return instance;
  }

  private static InstancesHeader header() {
    List<Attribute> attributes =
        List.of(
            new Attribute("distance_miles"),
            new Attribute("late_3h"),
            new Attribute("late_recent"),
            new Attribute("class", List.of("no", "yes")));
    Instances instances = new Instances("flights", new ArrayList<>(attributes), 0);
    instances.setClassIndex(attributes.size() - 1);
    return new InstancesHeader(instances);
  }
}
