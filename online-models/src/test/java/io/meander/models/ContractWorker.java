/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The child JVM's side of {@link ContractJvm}: one line in, one line out. Learners that print, hang
 * or end their JVM harm nobody here.
 */
final class ContractWorker {

  private ContractWorker() {}

  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    System.setErr(System.out);
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      answers.println(answer(ContractJvm.Question.parse(line)));
      answers.flush();
    }
    Runtime.getRuntime().halt(0); // whatever threads a learner has left behind
  }

  private static String answer(ContractJvm.Question question) {
    LearnerContract contract =
        new LearnerContract(question.optionString(), question.task(), question.instances());
    Path file = Path.of(question.file());
    try {
      return switch (question.action()) {
        case LEARN -> {
          LearnerTrace trace = contract.learn();
          trace.store(file);
          yield "kept\t" + String.join(", ", trace.kind().restrictions(question.task()));
        }
        case GO_ON -> {
          contract.goOn(LearnerTrace.load(file), false);
          yield "kept";
        }
        case GO_ON_FROM_EACH_IMAGE -> {
          contract.goOn(LearnerTrace.load(file), true);
          yield "kept";
        }
      };
    } catch (BrokenContractException e) {
      return "broken\t" + e.getMessage().replaceAll("\\s+", " ");
    } catch (IOException | ClassNotFoundException | RuntimeException | OutOfMemoryError e) {
      return "failed\t" + e;
    }
  }
}
