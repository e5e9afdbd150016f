/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.HttpStatus;
import java.util.List;

/** What a client is told when a request is not answered: RFC 9457's problem details. */
final class Problem extends Exception {

  private static final long serialVersionUID = 1L;

  static final String CONTENT_TYPE = "application/problem+json";

  private final HttpStatus status;
  private final List<String> nearest;

  Problem(HttpStatus status, String detail) {
    this(status, detail, List.of(), null);
  }

  /**
   * @param nearest valid names that may have been meant
   */
  Problem(HttpStatus status, String detail, List<String> nearest, Throwable cause) {
    super(detail, cause);
    this.status = status;
    this.nearest = List.copyOf(nearest);
  }

  HttpStatus status() {
    return status;
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "about:blank");
    json.put("title", status.getMessage());
    json.put("status", status.getCode());
    json.put("detail", getMessage());
    if (!nearest.isEmpty()) {
      nearest.forEach(json.putArray("nearest")::add);
    }
    return json;
  }
}
