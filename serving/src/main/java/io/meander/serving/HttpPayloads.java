/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.models.PayloadStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Payloads behind {@code http:} and {@code https:}, for reading only. */
public final class HttpPayloads implements PayloadStore {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int OK = 200;

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  @Override
  public boolean supports(URI uri) {
    return "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
  }

  @Override
  public byte[] get(URI uri, long most) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != OK) {
          throw new IOException(uri + " answered with status " + response.statusCode());
        }
        return FilePayloads.readAtMost(body, most, uri);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading " + uri, e);
    }
  }

  @Override
  public void put(URI uri, byte[] payload) throws IOException {
    throw new IOException(uri + " cannot be written: http and https are for reading");
  }

  @Override
  public void delete(URI uri) throws IOException {
    throw new IOException(uri + " cannot be deleted: http and https are for reading");
  }
}
