/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Finds and deletes the payloads of a pipeline that no snapshot refers to any more. What was
 * written lately is left alone: its record may still be in a transaction, or in a checkpoint that a
 * job comes back from.
 */
public final class PayloadSweep {

  private final Path folder;
  private final FileSystem files;

  /**
   * @param folder as the spec's {@code snapshots.payloads}
   * @throws IOException if Flink has no file system for it
   */
  public PayloadSweep(URI folder, String pipeline) throws IOException {
    this.folder = new Path(PayloadNames.folder(folder, pipeline));
    this.files = this.folder.getFileSystem();
  }

  /** A payload, or what an interrupted write left. */
  public record Found(URI uri, long bytes) {}

  /** All that was written before a moment. Ask before reading who refers to them. */
  public List<Found> writtenBefore(Instant moment) throws IOException {
    List<Found> found = new ArrayList<>();
    if (!files.exists(folder)) {
      return found;
    }
    for (FileStatus hashes : files.listStatus(folder)) {
      if (hashes.isDir()) {
        for (FileStatus file : files.listStatus(hashes.getPath())) {
          if (!file.isDir() && isBefore(file, moment)) {
            found.add(new Found(file.getPath().toUri(), file.getLen()));
          }
        }
      }
    }
    return found;
  }

  /** The candidates that nobody refers to. */
  public List<Found> unreferenced(List<Found> candidates, Set<String> referenced) {
    Set<String> names =
        Set.copyOf(
            referenced.stream().map(uri -> uri.substring(uri.lastIndexOf('/') + 1)).toList());
    return candidates.stream()
        .filter(candidate -> !names.contains(new Path(candidate.uri()).getName()))
        .toList();
  }

  /**
   * Deletes those that nobody refers to and that were not written again meanwhile.
   *
   * @param referenced URIs in the newest snapshots of the topic, read after {@code candidates} were
   *     found
   * @return what was deleted
   */
  public List<Found> delete(List<Found> candidates, Set<String> referenced, Instant moment)
      throws IOException {
    List<Found> deleted = new ArrayList<>();
    for (Found candidate : unreferenced(candidates, referenced)) {
      Path path = new Path(candidate.uri());
      if (files.exists(path)
          && isBefore(files.getFileStatus(path), moment)
          && files.delete(path, false)) {
        deleted.add(candidate);
      }
    }
    return deleted;
  }

  private static boolean isBefore(FileStatus file, Instant moment) {
    return file.getModificationTime() < moment.toEpochMilli();
  }
}
