/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.state;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.meander.flink.learning.StoredKeys;
import io.meander.flink.learning.StoredPipeline;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.util.Collector;

/**
 * Reads one key after the other; each becomes a line of a file, the JSON of a {@code StoredKey}. A
 * file and not the job's output: of a job of a few records that ends at once, {@code
 * executeAndCollect} was seen to lose all (Flink 2.3.0).
 */
final class KeyReading extends KeyedStateReaderFunction<String, String> {

  private static final long serialVersionUID = 1L;
  private static final JsonMapper JSON = new JsonMapper();

  private final StoredPipeline pipeline;
  private final Set<String> only;
  private final URI folder;
  private transient StoredKeys keys;
  private transient Writer lines;

  /**
   * @param only these; empty: all
   * @param folder for a file of each task
   */
  KeyReading(StoredPipeline pipeline, Set<String> only, URI folder) {
    this.pipeline = pipeline;
    this.only = Set.copyOf(only);
    this.folder = folder;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    keys = new StoredKeys(pipeline, getRuntimeContext());
    int task = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    lines =
        Files.newBufferedWriter(
            Path.of(folder).resolve("task-" + task),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
  }

  @Override
  public void readKey(String key, Context context, Collector<String> out) throws Exception {
    if (only.isEmpty() || only.contains(key)) {
      lines.write(JSON.writeValueAsString(keys.read(key)));
      lines.write('\n');
    }
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
  }
}
