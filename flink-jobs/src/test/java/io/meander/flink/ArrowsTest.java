/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The design's arrows, as far as the job's classes can break them. */
@AnalyzeClasses(packages = "io.meander", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {

  @ArchTest
  static final ArchRule moaStaysInsideOnlineModels =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.meander.models..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("moa..", "com.yahoo.labs..", "com.github.javacliparser..");

  @ArchTest
  static final ArchRule flinkStaysOutsideTheLearningCore =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.meander.avro..",
              "io.meander.features..",
              "io.meander.models..",
              "io.meander.spec..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "org.rocksdb..");

  @ArchTest
  static final ArchRule theJobKnowsNeitherServingNorTheCommandLine =
      noClasses()
          .that()
          .resideInAPackage("io.meander.flink..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.meander.serving..", "io.meander.cli..", "io.meander.bench..");

  @ArchTest
  static final ArchRule operatorsKnowNoKafka =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.meander.flink.wire..",
              "io.meander.flink.events..",
              "io.meander.flink.control..",
              "io.meander.flink.evaluation..",
              "io.meander.flink.learning..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "org.apache.flink.connector.kafka..",
              "io.meander.flink.kafka..");

  @ArchTest
  static final ArchRule serializersAreThoseOfTheWire =
      classes()
          .that()
          .areAssignableTo(TypeSerializer.class)
          .and()
          .resideInAPackage("io.meander..")
          .should()
          .resideInAPackage("io.meander.flink.wire..");
}
