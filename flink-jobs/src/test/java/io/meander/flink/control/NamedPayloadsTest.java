/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.ControlCommand;
import io.meander.avro.Rollback;
import io.meander.features.FeatureSchema;
import io.meander.flink.payloads.FlinkPayloads;
import io.meander.flink.payloads.PayloadFolder;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.DriftSpec;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Reducer;
import io.meander.models.SlotSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rollback to a model that is too large for the command, which names where it is. */
class NamedPayloadsTest {

  private static final ModelContext CONTEXT =
      new ModelContext(
          new FeatureSchema(List.of(FeatureSchema.Column.numeric("x"))), List.of("no", "yes"));
  private static final Deployment DEPLOYMENT =
      new Deployment(
          1,
          List.of(new SlotSpec("tree", "trees.HoeffdingTree", SlotSpec.DEFAULT_SEED)),
          "tree",
          DriftSpec.DEFAULT,
          null);

  @TempDir private Path folder;
  private PayloadFolder payloads;
  private OrderCommands orders;
  private byte[] payload;

  @BeforeEach
  void open() {
    payloads = new PayloadFolder(new FlinkPayloads(), folder.toUri(), "flights");
    orders = new OrderCommands(new LearnerCodec(CONTEXT), payloads);
    Reducer reducer = new Reducer(CONTEXT);
    ModelSet set = new ModelSet("ATL", CONTEXT.target());
    reducer.decideTouched(set, DEPLOYMENT, 0, 0).forEach(fact -> reducer.apply(set, fact));
    payload = new LearnerCodec(CONTEXT).write(set.slot("tree"));
  }

  @Test
  void isReadWhereItWasPut() throws Exception {
    String uri = payloads.put(ByteBuffer.wrap(payload)).toString();

    OrderCommands.Accepted accepted = orders.apply(rollback(null, uri), DEPLOYMENT);

    assertThat(accepted.directives()).extracting(Directive::key).containsExactly("ATL", "ORD");
    assertThat(accepted.directives())
        .allSatisfy(
            directive -> {
              assertThat(directive.payloadOrNull().payload()).isEqualTo(payload);
              assertThat(directive.payloadOrNull().version()).isEqualTo(7);
              assertThat(directive.payloadOrNull().trained()).isEqualTo(120);
            });
  }

  @Test
  void isRefusedFromAnywhereElse() throws Exception {
    Path secret = Files.write(folder.resolve("secret"), payload);
    String uri = payloads.put(ByteBuffer.wrap(payload)).toString();

    assertRefused(
        rollback(null, secret.toUri().toString()),
        "rollback.payload_uri: '" + secret.toUri() + "' is not a payload in ");
    assertRefused(rollback(null, uri.replace("/flights/", "/others/")), "is not a payload in ");
    assertRefused(
        rollback(null, uri.replace("/flights/", "/flights/../flights/")), "is not a payload in ");
    assertRefused(
        rollback(ByteBuffer.wrap(payload), uri), "rollback.payload_uri: found beside payload");
  }

  @Test
  void isRefusedWhereItIsGoneChangedOrNoModel() throws Exception {
    String uri = payloads.put(ByteBuffer.wrap(payload)).toString();
    Path file = Path.of(java.net.URI.create(uri));
    byte[] changed = payload.clone();
    changed[changed.length / 2] ^= 1;
    Files.write(file, changed);
    assertRefused(rollback(null, uri), "is not what its name says: it was changed");
    Files.delete(file);
    assertRefused(rollback(null, uri), "rollback.payload_uri: ");
    String none = payloads.put(ByteBuffer.wrap(new byte[40])).toString();
    assertRefused(rollback(null, none), "rollback.payload_uri: it ");
  }

  private void assertRefused(ControlCommand command, String reason) {
    assertThatThrownBy(() -> orders.apply(command, DEPLOYMENT))
        .isInstanceOf(RefusedCommandException.class)
        .hasMessageContaining(reason);
  }

  private static ControlCommand rollback(ByteBuffer payload, String uri) throws IOException {
    return ControlCommand.newBuilder()
        .setCommandId("c")
        .setPipeline("flights")
        .setIssuedAt(Instant.EPOCH)
        .setKeys(List.of("ATL", "ORD"))
        .setRollback(new Rollback("tree", 7L, payload, uri, 120L))
        .build();
  }
}
