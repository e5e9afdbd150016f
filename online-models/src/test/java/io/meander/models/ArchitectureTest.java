/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.meander", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final DescribedPredicate<JavaClass> MOA =
      DescribedPredicate.describe(
          "MOA's",
          type ->
              type.getPackageName().startsWith("moa.")
                  || type.getPackageName().startsWith("com.yahoo.labs.samoa")
                  || type.getPackageName().startsWith("com.github.javacliparser"));

  @ArchTest
  static final ArchRule noFlink =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule onlyDownTheArrows =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.meander.spec..",
              "io.meander.flink..",
              "io.meander.state..",
              "io.meander.serving..",
              "io.meander.cli..");

  @ArchTest
  static final ArchRule moaStaysInside =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should()
          .notHaveRawReturnType(MOA)
          .andShould()
          .notHaveRawParameterTypes(
              DescribedPredicate.describe("of MOA's", types -> types.stream().anyMatch(MOA)));

  @ArchTest
  static final ArchRule featuresKnowNoMoa =
      noClasses()
          .that()
          .resideInAnyPackage("io.meander.features..", "io.meander.avro..")
          .should()
          .dependOnClassesThat(MOA);
}
