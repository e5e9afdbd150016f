/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.AvroEncoding;
import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.models.Answer;
import io.meander.models.Predictor;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedModelTest {

  private static final int EVENTS = 10_000;

  /** One of each family of MOA's. */
  private static final List<String> LEARNERS =
      List.of(
          "bayes.NaiveBayes",
          "drift.DriftDetectionMethodClassifier",
          "functions.MajorityClass",
          "functions.SGD",
          "lazy.kNN -w 200",
          "meta.AccuracyUpdatedEnsemble",
          "meta.AdaptiveRandomForest -s 3",
          "meta.HeterogeneousEnsembleBlast",
          "meta.LeveragingBag -s 3",
          "meta.OzaBagAdwin -s 3",
          "meta.OzaBoost -s 3",
          "meta.imbalanced.OnlineAdaBoost -s 3",
          "trees.EFDT -g 50",
          "trees.HoeffdingAdaptiveTree -g 50",
          "trees.HoeffdingTree -g 20",
          "trees.RandomHoeffdingTree");

  private static final List<String> REGRESSORS =
      List.of(
          "functions.SGD -o SQUAREDLOSS",
          "meta.AdaptiveRandomForestRegressor -s 3",
          "meta.RandomRules -s 3",
          "rules.AMRulesRegressor",
          "rules.functions.AdaptiveNodePredictor",
          "rules.functions.FadingTargetMean",
          "rules.functions.LowPassFilteredLearner",
          "rules.functions.Perceptron",
          "rules.functions.TargetMean",
          "rules.meta.RandomAMRules -s 3",
          "trees.ARFFIMTDD -g 50",
          "trees.FIMTDD -g 50",
          "trees.ORTO -g 50",
          "trees.SelfOptimisingBaseTree -g 50");
  private static final List<String> DETECTORS =
      List.of("oneclass.HSTrees -p 100 -t 10 -h 6", "oneclass.Autoencoder");

  @TempDir private Path folder;

  /** Answers from snapshot files, in a JVM of its own. */
  static final class FreshJvm {
    private FreshJvm() {}

    public static void main(String[] arguments) throws IOException, SnapshotException {
      Path folder = Path.of(arguments[0]);
      for (int learner = 0; learner < Integer.parseInt(arguments[1]); learner++) {
        PublishedModel model = PublishedModel.read(folder.resolve(learner + ".snapshot"));
        try (DataInputStream in = in(folder.resolve("vectors"));
            DataOutputStream out = out(folder.resolve(learner + ".votes"))) {
          for (int i = 0; i < EVENTS; i++) {
            Predictor.Vote vote = model.vote(new double[] {in.readDouble(), in.readDouble()});
            out.writeDouble(vote.predicted());
            for (double v : vote.votes()) {
              out.writeDouble(v);
            }
          }
        }
      }
    }
  }

  @Test
  void answersInAnotherJvmBitForBitAsTheJobDid() throws Exception {
    checkInAnotherJvm(new Taught("k", true, LEARNERS.toArray(String[]::new)), LEARNERS);
  }

  @Test
  void tellsNumbersInAnotherJvmBitForBitAsTheJobDid() throws Exception {
    Taught taught = new Taught(Taught.NUMBERS, "k", false, REGRESSORS.toArray(String[]::new));
    checkInAnotherJvm(taught, REGRESSORS);
  }

  @Test
  void scoresInAnotherJvmBitForBitAsTheJobDidAndCallsTheSameAnomalies() throws Exception {
    Taught taught = Taught.scoring("k", DETECTORS.toArray(String[]::new));
    checkInAnotherJvm(taught, DETECTORS);

    for (int detector = 0; detector < DETECTORS.size(); detector++) {
      PublishedModel model = PublishedModel.of(taught.snapshot(Taught.slot(detector)).build());
      int called = 0;
      for (int i = 0; i < 1000; i++) {
        Predictor.Vote vote = model.vote(taught.vector());
        assertThat(vote.predicted()).isEqualTo(vote.votes()[0] > vote.votes()[1] ? 1 : 0);
        called += (int) vote.predicted();
      }
      assertThat(called).as(DETECTORS.get(detector)).isBetween(1, 500);
    }
  }

  @Test
  void callsNothingAnAnomalyBeforeItHasAThreshold() throws Exception {
    Taught taught = Taught.scoring("k", DETECTORS.toArray(String[]::new)).learn(20);

    for (int detector = 0; detector < DETECTORS.size(); detector++) {
      ModelSnapshot snapshot = taught.snapshot(Taught.slot(detector)).build();
      assertThat(snapshot.getThreshold()).isNull();
      Predictor.Vote vote = PublishedModel.of(snapshot).vote(taught.vector());
      assertThat(vote.votes()).hasSize(1);
      assertThat(vote.predicted()).isZero();
    }
  }

  private void checkInAnotherJvm(Taught taught, List<String> learners) throws Exception {
    taught.learn(1500);
    double[][] vectors = new double[EVENTS][];
    try (DataOutputStream out = out(folder.resolve("vectors"))) {
      for (int i = 0; i < EVENTS; i++) {
        vectors[i] = taught.vector();
        out.writeDouble(vectors[i][0]);
        out.writeDouble(vectors[i][1]);
      }
    }
    for (int learner = 0; learner < learners.size(); learner++) {
      Files.write(folder.resolve(learner + ".snapshot"), taught.publish(Taught.slot(learner)));
    }

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FreshJvm.class.getName(),
                folder.toString(),
                Integer.toString(learners.size()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();

    DataInputStream[] answers = new DataInputStream[learners.size()];
    Arrays.setAll(answers, learner -> in(folder.resolve(learner + ".votes")));
    for (double[] vector : vectors) {
      Answer expected = taught.answer(vector);
      for (int learner = 0; learner < answers.length; learner++) {
        Answer.SlotAnswer slot = expected.slots()[learner];
        double predicted = answers[learner].readDouble();
        double[] votes = new double[slot.votes().length];
        for (int i = 0; i < votes.length; i++) {
          votes[i] = answers[learner].readDouble();
        }
        assertThat(predicted).as(learners.get(learner)).isEqualTo(slot.predicted());
        assertThat(votes).as(learners.get(learner)).isEqualTo(slot.votes());
      }
    }
    for (DataInputStream stream : answers) {
      stream.close();
    }
  }

  @Test
  void refusesAChangedPayload() {
    ModelSnapshot snapshot = snapshot();
    byte[] payload = snapshot.getPayload().array();
    payload[payload.length / 2] ^= 1;

    assertThatThrownBy(() -> PublishedModel.of(snapshot))
        .isInstanceOf(SnapshotException.class)
        .hasMessage("snapshot 1 of slot 's0' of key 'k' does not match its checksum");
  }

  @Test
  void refusesAPayloadUnderAnotherSchema() {
    ModelSnapshot snapshot = snapshot();
    snapshot.setFeatures(List.of(new FeatureColumn("x", List.of(), "")));

    assertThatThrownBy(() -> PublishedModel.of(snapshot))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("names the feature schema " + Taught.SCHEMA.fingerprint());
  }

  @Test
  void refusesBytesThatAreCutOff() {
    byte[] bytes = AvroEncoding.encode(snapshot());

    for (int length = 0; length < bytes.length; length += 1 + bytes.length / 200) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> PublishedModel.of(cut)).isInstanceOf(SnapshotException.class);
    }
  }

  @Test
  void readsAPayloadThatIsElsewhere() throws Exception {
    Taught taught = new Taught("k", false, "trees.HoeffdingTree -g 20").learn(300);
    ModelSnapshot snapshot = taught.snapshot("s0").build();
    byte[] payload = snapshot.getPayload().array();
    URI uri = folder.resolve("a/payload").toUri();
    FilePayloads store = new FilePayloads();
    store.put(uri, payload);
    store.put(uri, payload);
    snapshot.setPayload(ByteBuffer.allocate(0));
    snapshot.setPayloadUri(uri.toString());

    double[] vector = taught.vector();
    assertThat(PublishedModel.of(snapshot).vote(vector).votes())
        .isEqualTo(taught.answer(vector).servedAnswer().votes());

    snapshot.setPayloadBytes(payload.length - 1L);
    assertThatThrownBy(() -> PublishedModel.of(snapshot))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("has more than the " + (payload.length - 1) + " bytes");
    store.delete(uri);
    store.delete(uri);
    assertThatThrownBy(() -> PublishedModel.of(snapshot))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("has a payload that cannot be had");
    snapshot.setPayloadUri("s4://bucket/x");
    assertThatThrownBy(() -> PublishedModel.of(snapshot))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("no store for s4: is on the class path");
  }

  private static ModelSnapshot snapshot() {
    return new Taught("k", true, "bayes.NaiveBayes").learn(100).snapshot("s0").build();
  }

  private static DataInputStream in(Path file) {
    try {
      return new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DataOutputStream out(Path file) throws IOException {
    return new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(file)));
  }
}
