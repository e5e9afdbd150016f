/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands from the command line to a running job and back. */
class ControlIT {

  @TempDir Path folder;

  private String bootstrapServers;

  @Test
  void commandsReachTheJobAndItsAnswersComeBack() throws Exception {
    Path spec =
        write("spec.yaml", "bayes.NaiveBayes", "  - {id: tree, learner: trees.HoeffdingTree}\n");
    PipelineSpec loaded = SpecLoader.load(spec);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()));
        EmbeddedFlink flink =
            EmbeddedFlink.start(
                new EmbeddedFlink.Options(folder.resolve("flink"), 2, 0, folder.resolve("log")))) {
      bootstrapServers = broker.bootstrapServers();
      Command early = control("status", spec);
      assertThat(early.exitCode()).isEqualTo(1);
      assertThat(early.err()).contains("never ran there", "./meander run");
      topics.require("payments", 2, true);
      KafkaOptions kafka = KafkaOptions.of(broker.bootstrapServers(), loaded.name());
      new PipelineTopics(loaded, kafka).prepare();
      Command nobody = control("status", spec, "--timeout", 1);
      assertThat(nobody.exitCode()).isEqualTo(1);
      assertThat(nobody.err()).contains("No answer on 'payments-control-acks' within 1 s");

      StreamExecutionEnvironment env = flink.newEnvironment();
      KafkaPipeline.build(env, loaded, kafka);
      RunningJob job = flink.submit(JobSettings.graph(env, loaded.name()));
      try {
        assertThat(control("status", spec).out()).contains("generation 1", "bayes *");
        assertThat(control("deploy", spec).out())
            .contains("generation 1 has the slots and policies of", "label, topics");
        Path wider = folder.resolve("wider.yaml");
        Files.writeString(
            wider,
            Files.readString(spec) + "features: [amount, {name: twice, value: amount * 2.0}]\n");
        for (Command impossible : List.of(control("deploy", wider), dryRun(wider))) {
          assertThat(impossible.exitCode()).isEqualTo(1);
          assertThat(impossible.err()).contains("features: the job's have the fingerprint ");
        }
        Path classes = folder.resolve("classes.yaml");
        Files.writeString(classes, Files.readString(spec).replace("[ok, bad]", "[bad, ok]"));
        assertThat(dryRun(classes).err()).contains("label.classes: the job's are [ok, bad]");
        Path other = write("other.yaml", "functions.MajorityClass", "");
        Command shown = control("deploy", other, "--dry-run");
        assertThat(shown.out())
            .as(shown.err())
            .contains("~ slot bayes begins anew: bayes.NaiveBayes, seed 1 ->", "- slot tree");
        assertThat(control("deploy", other).out()).contains("accepted as generation 2");
        Command refused = control("promote", spec, "--slot", "bays");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("there is no slot 'bays'; did you mean 'bayes'?");
        assertThat(control("reset", spec, "--slot", "bayes", "--prefix", "s").out())
            .contains("accepted as generation 3: each key follows at its next event");
        assertThat(control("freeze", spec, "--key", "s1", "--key", "s2", "--json").out())
            .contains("\"accepted\":true", "\"generation\":4");
        assertThat(control("freeze", spec, "--key", "s1", "--all").exitCode()).isEqualTo(2);
        assertThat(control("freeze", spec, "--timeout", 0).exitCode()).isEqualTo(2);
        assertThat(control("promote", spec, "--slot", "").err()).contains("there is no slot ''");
        assertThat(control("freeze", spec, "--slot", "bayes", "--key", "s1").out())
            .contains(
                "accepted as generation 5: the order is sent to each key", "ordersForUnknown");
        assertThat(control("resume", spec, "--expected-generation", 3).err())
            .contains("refused (generation 5 is current): expected_generation");
        assertThat(control("seal", spec).out()).contains("sealed: 0 keys");
        assertThat(control("seal", spec, "--release").out()).contains("released");
      } finally {
        job.cancel();
      }
    }
  }

  private Command dryRun(Path spec) throws Exception {
    return control("deploy", spec, "--dry-run");
  }

  private Command control(String what, Path spec, Object... more) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("control", what, spec));
    arguments.addAll(List.of("--bootstrap-servers", bootstrapServers));
    arguments.addAll(List.of(more));
    return Command.run(arguments.toArray());
  }

  private Path write(String name, String learner, String moreSlots) throws Exception {
    Files.writeString(
        folder.resolve("payment.avsc"),
        """
        {"type": "record", "name": "Payment", "fields": [
          {"name": "shop", "type": "string"},
          {"name": "amount", "type": "double"},
          {"name": "verdict", "type": "string"}]}
        """);
    return Files.writeString(
        folder.resolve(name),
        """
        name: payments
        events: {topic: payments, schema: payment.avsc, key: [shop]}
        label: {field: verdict, classes: [ok, bad]}
        slots:
          - {id: bayes, learner: %s}
        %sserve: {champion: bayes}
        """
            .formatted(learner, moreSlots));
  }
}
