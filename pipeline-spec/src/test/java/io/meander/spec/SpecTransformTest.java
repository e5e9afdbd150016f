/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.examples.DistanceFromLast;
import io.meander.features.FeatureSchema;
import io.meander.features.Transformed;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Transforms of a user's own, as specs name them; the one on the class path is the example's. */
class SpecTransformTest {

  private static final String FIELDS = "fields: [amount, amount, at]";

  @Test
  void namesATransformWithItsFieldsAndOptions() throws Exception {
    PipelineSpec spec =
        parse(
            SPEC
                + """
                features:
                  - {name: from, transform: distance-from-last, fields: [amount, amount, at], with: {unit: miles}}
                """);

    assertThat(spec.features())
        .containsExactly(
            new Transformed(
                "from",
                "distance-from-last",
                1,
                DistanceFromLast.class.getName(),
                List.of("amount", "amount", "at"),
                Map.of("unit", "miles")));
    assertThat(spec.featureTransform().schema().columns())
        .extracting(FeatureSchema.Column::name)
        .containsExactly("from_distance", "from_per_hour");
    assertThat(spec.keyedFeatures().maxBytesOf()).containsEntry("from", 32);
  }

  @Test
  void leftOutOptionsAreTheTransformsOwnAndPartOfTheFingerprint() throws Exception {
    String left = fingerprint("");
    assertThat(fingerprint(", with: {unit: km}")).isEqualTo(left);
    assertThat(fingerprint(", with: {unit: miles}")).isNotEqualTo(left);
  }

  private static String fingerprint(String with) throws SpecException {
    return parse(feature(", " + FIELDS + with)).featureTransform().schema().fingerprint();
  }

  @Test
  void whatIsWrongIsToldWhereItStandsAndWhatWasMeant() {
    assertErrors(
        SPEC + "features: [{name: f, transform: distance-from-lst, " + FIELDS + "}]\n",
        "features[0].transform: unknown transform 'distance-from-lst'; did you mean"
            + " 'distance-from-last'? (there are distance-from-last): docs/features.md says where"
            + " its jar goes");
    assertErrors(
        feature(", " + FIELDS + ", with: {units: km}"),
        "features[0].with.units: unknown option; did you mean 'unit'? (there are unit)");
    assertErrors(
        feature(", " + FIELDS + ", with: {unit: mile}"),
        "features[0].with.unit: found 'mile'; allowed: one of km, miles; did you mean 'miles'?");
    assertErrors(
        feature(", " + FIELDS + ", with: {unit: {km: 1}}"),
        "features[0].with.unit: found the section {\"km\":1}; allowed: a text, a number, true or"
            + " false, or a list of texts or numbers");
    assertErrors(
        feature(", fields: [amount, amont, at]"),
        "features[0].fields[1]: unknown field 'amont'; did you mean 'amount'?" + Payments.KNOWN);
    assertErrors(
        feature(", fields: [amount, loss, at]"),
        "features[0].fields[1]: 'loss' is known only with the label: as a feature it would give the"
            + " answer away; delete it here");
    assertErrors(
        feature(", fields: [amount, merchant, at]"),
        "features[0].transform: 'merchant' is a string, and 'distance-from-last' takes a number"
            + " there: its longitude");
    assertErrors(
        feature(", fields: [amount, at]"),
        "features[0].transform: fields has 2, and 'distance-from-last' takes 3: latitude,"
            + " longitude, at");
    assertErrors(
        feature(""),
        "features[0].fields: is missing: The event's fields that it takes, in its own order.");
  }

  private static String feature(String rest) {
    return SPEC + "features: [{name: f, transform: distance-from-last" + rest + "}]\n";
  }

  @Test
  void whatItRemembersCountsAgainstTheBudget() {
    assertErrors(
        SPEC
            + "features: [{name: l, lag: amount, by: 125}, {name: f, transform: distance-from-last, "
            + FIELDS
            + "}]\nfeatures-budget: 1KB\n",
        "features: keep up to 1043 bytes of each key's past (l 1002 + f 32 + header 9), and"
            + " features-budget is 1024: keep less (fewer panes, fewer of the last, fewer buckets, a smaller width or"
            + " sketch), or raise features-budget");
  }
}
