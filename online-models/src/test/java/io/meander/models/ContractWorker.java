/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The child JVM's side of {@link ContractJvm}: one line in, one line out. Learners that print, hang
 * or end their JVM harm nobody here.
 */
final class ContractWorker {

  /** What learners print goes nowhere, and is counted. */
  private static final class Printed extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }
  }

  private static final Printed PRINTED = new Printed();

  private ContractWorker() {}

  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(new PrintStream(PRINTED, false, StandardCharsets.UTF_8));
    System.setErr(System.out);
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      answers.println(answer(ContractQuestion.parse(line)));
      answers.flush();
    }
    Runtime.getRuntime().halt(0); // whatever threads a learner has left behind
  }

  private static String answer(ContractQuestion question) {
    LearnerContract contract =
        new LearnerContract(
            question.optionString(), question.task(), question.columns(), question.instances());
    Path file = Path.of(question.file());
    long printed = PRINTED.bytes;
    try {
      switch (question.action()) {
        case LEARN -> contract.learn().store(file);
        case GO_ON -> contract.goOn(LearnerTrace.load(file), false);
        case GO_ON_FROM_EACH_IMAGE -> contract.goOn(LearnerTrace.load(file), true);
        case MEASURE -> {
          return "kept\t" + LearnerFigures.measure(question, LearnerTrace.load(file).kind()).line();
        }
        default -> throw new IllegalStateException(question.toString());
      }
      List<String> notes = LearnerTrace.load(file).kind().restrictions(question.task());
      System.out.flush();
      if (PRINTED.bytes > printed) {
        notes.add(LearnerVerdict.PRINTS);
      }
      return "kept\t" + String.join(", ", notes);
    } catch (BrokenContractException e) {
      return "broken\t" + e.getMessage().replaceAll("\\s+", " ");
    } catch (OutOfMemoryError e) {
      return "broken\tneeds more memory than its JVM has";
    } catch (IOException | ClassNotFoundException | RuntimeException e) {
      return "failed\t" + e;
    }
  }
}
