/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.spec.FileKind;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * A data file as rows of events, in the file's order: {@code .csv}, {@code .arff} or {@code .avro},
 * each also with {@code .gz}. Read once, by one thread.
 */
public final class EventFile implements AutoCloseable {

  private final Path path;
  private final FileKind kind;
  private final RowReader rows;

  private EventFile(Path path, FileKind kind, RowReader rows) {
    this.path = path;
    this.kind = kind;
    this.rows = rows;
  }

  /**
   * A row: a record, or a text that could not be made into one.
   *
   * @param record null if unreadable
   * @param text the row as it stands in the file, null if readable
   * @param unreadable why, null if readable
   */
  public record Row(GenericRecord record, String text, String unreadable) {
    static Row of(GenericRecord record) {
      return new Row(record, null, null);
    }

    static Row unreadable(String text, String reason) {
      return new Row(null, text, reason);
    }
  }

  /** A file with the schema that its header says or its rows suggest. */
  public static EventFile open(Path path) throws IOException {
    return open(path, null);
  }

  /**
   * A file with the schema that its header says or its first rows suggest.
   *
   * @param rows that types are inferred from, where a header does not say them
   */
  public static EventFile sample(Path path, int rows) throws IOException {
    return open(path, null, rows);
  }

  /**
   * A file whose columns are read as a schema's fields.
   *
   * @param schemaOrNull a record; null for the file's own
   * @throws EventFileException if the file is absent, empty, broken, of an unknown kind, or does
   *     not have the schema's fields
   */
  public static EventFile open(Path path, Schema schemaOrNull) throws IOException {
    return open(path, schemaOrNull, CsvInference.ROWS);
  }

  private static EventFile open(Path path, Schema schemaOrNull, int inferFrom) throws IOException {
    FileKind kind = kindOf(path);
    if (!Files.exists(path)) {
      throw new EventFileException("there is no file " + path);
    }
    if (!Files.isRegularFile(path)) {
      throw new EventFileException(path + " is not a file");
    }
    checkBeginning(path);
    Schema schema = schemaOrNull;
    if (kind == FileKind.CSV && schema == null) {
      try (InputStream in = stream(path)) {
        schema = CsvInference.infer(path, in, inferFrom);
      } catch (EOFException | ZipException e) {
        throw broken(path, e);
      }
    }
    InputStream in = stream(path);
    try {
      return new EventFile(
          path,
          kind,
          switch (kind) {
            case CSV -> new CsvRows(path, in, schema);
            case ARFF -> new ArffRows(path, in, schema);
            case AVRO -> new AvroRows(path, in, schema);
          });
    } catch (EOFException | ZipException e) {
      in.close();
      throw broken(path, e);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  public Schema schema() {
    return rows.schema();
  }

  public FileKind kind() {
    return kind;
  }

  /** The rows, once; a file that breaks off throws {@link UncheckedIOException}. */
  public Iterator<Row> rows() {
    return new Iterator<>() {
      private Row next;

      @Override
      public boolean hasNext() {
        if (next == null) {
          try {
            next = rows.next();
          } catch (EOFException | ZipException e) {
            throw new UncheckedIOException(broken(path, e));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
        return next != null;
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Row row = next;
        next = null;
        return row;
      }
    };
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private static FileKind kindOf(Path path) throws EventFileException {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    for (FileKind kind : FileKind.values()) {
      if (plain.endsWith("." + kind.name().toLowerCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw new EventFileException(
        path + " is of an unknown kind; allowed: .csv, .arff and .avro, each also with .gz");
  }

  /** Refuses what is plainly another kind than the name says, since text readers take anything. */
  private static void checkBeginning(Path path) throws IOException {
    byte[] first;
    try (InputStream in = stream(path)) {
      first = in.readNBytes(4);
    } catch (EOFException | ZipException e) {
      throw broken(path, e);
    }
    String found =
        switch (HexFormat.of().formatHex(first)) {
          case "4f626a01" -> path.getFileName().toString().contains(".avro") ? null : ".avro";
          case "50415231" -> "Parquet, which is not read";
          case "504b0304" -> "zip, which is not read";
          default -> first.length > 1 && first[0] == 0x1f && first[1] == (byte) 0x8b ? ".gz" : null;
        };
    if (found != null) {
      throw new EventFileException(
          "%s holds another kind of file than its name says: %s. Rename it, or write it as .csv,"
                  .formatted(path, found)
              + " .arff or .avro");
    }
  }

  private static InputStream stream(Path path) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    if (!path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz")) {
      return in;
    }
    try {
      return new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16);
    } catch (EOFException | ZipException e) {
      in.close();
      throw broken(path, e);
    }
  }

  private static EventFileException broken(Path path, IOException e) {
    return new EventFileException(
        path
            + " is empty, cut off or not what its ending says ("
            + (e.getMessage() == null ? "it ends too early" : e.getMessage())
            + "); get the whole file again");
  }
}
