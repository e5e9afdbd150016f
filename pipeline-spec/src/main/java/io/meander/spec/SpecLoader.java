/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Reads a pipeline spec: YAML, checked against the published JSON Schema, then across its fields
 * and against the event schema. What comes out can be run. Errors come all together.
 */
public final class SpecLoader {

  private static final SchemaCheck CHECK = new SchemaCheck();

  private SpecLoader() {}

  /** A spec whose {@code events.schema} names its schema. */
  public static PipelineSpec load(Path spec) throws SpecException {
    return load(spec, (FileSchema) null);
  }

  /**
   * A spec that may leave its schema to a data file.
   *
   * @param fileOrNull what the data file says of itself, used if the spec names no schema
   */
  public static PipelineSpec load(Path spec, FileSchema fileOrNull) throws SpecException {
    Path folder = spec.toAbsolutePath().getParent();
    return parse(text(spec), path -> Files.readString(folder.resolve(path)), fileOrNull);
  }

  /** As {@link #load(Path, FileSchema)}, for a file of a known kind. */
  public static PipelineSpec load(Path spec, Schema fileSchema, FileKind kind)
      throws SpecException {
    return load(spec, FileSchema.of(fileSchema, kind));
  }

  /**
   * A spec from anywhere, whose {@code events.schema} names its schema.
   *
   * @param files reads what the spec names
   */
  public static PipelineSpec parse(String yaml, SchemaSource files) throws SpecException {
    return parse(yaml, files, null);
  }

  /**
   * A spec from anywhere that may leave its schema to a data file.
   *
   * @param files reads what the spec names
   * @param fileOrNull what the data file says of itself, used if the spec names no schema
   */
  public static PipelineSpec parse(String yaml, SchemaSource files, FileSchema fileOrNull)
      throws SpecException {
    List<SpecError> errors = new ArrayList<>();
    JsonNode document = SpecYaml.read(yaml, errors);
    if (document.isNull()) {
      throw new SpecException(
          "the spec",
          "is empty; it needs at least name, events, label and slots: see docs/spec.md");
    }
    errors.addAll(CHECK.check(document));
    if (!document.isObject()) {
      throw new SpecException(errors);
    }
    return new SpecReader(yaml, document, errors).read(files, fileOrNull);
  }

  private static String text(Path spec) throws SpecException {
    try {
      return Files.readString(spec);
    } catch (NoSuchFileException e) {
      throw new SpecException(spec.toString(), "there is no such file");
    } catch (CharacterCodingException e) {
      throw new SpecException(spec.toString(), "is not UTF-8 text");
    } catch (IOException e) {
      throw new SpecException(
          spec.toString(),
          Files.isDirectory(spec) ? "is a directory, not a spec" : "cannot be read: " + e);
    }
  }
}
