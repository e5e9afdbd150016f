/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules, over all that the command line is made of. */
@AnalyzeClasses(packages = "io.meander", importOptions = DoNotIncludeTests.class)
class ArrowsTest {

  private static final String FLINK = "org.apache.flink..";

  @ArchTest
  static final ArchRule moaStaysInOnlineModels =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.meander.models..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("moa..", "com.yahoo.labs.samoa..", "com.github.javacliparser..");

  @ArchTest
  static final ArchRule flinkStaysInTheJobAndTheCommandLine =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.meander.avro..",
              "io.meander.features..",
              "io.meander.models..",
              "io.meander.spec..",
              "io.meander.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(FLINK);

  @ArchTest
  static final ArchRule kafkaIsNotKnownBelowTheJob =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.meander.avro..",
              "io.meander.features..",
              "io.meander.models..",
              "io.meander.spec..",
              "io.meander.state..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule servingKnowsNoJob =
      noClasses()
          .that()
          .resideInAPackage("io.meander.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.meander.flink..", "io.meander.state..", "io.meander.cli..");

  @ArchTest
  static final ArchRule nothingKnowsTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.meander.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.meander.cli..");
}
