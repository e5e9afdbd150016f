/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import org.apache.avro.generic.GenericRecord;

/** What an expression says itself. */
final class Constants {

  private Constants() {}

  static Node number(Expression.Type type, double value) {
    return new NumberConstant(type, value);
  }

  static Node text(String value) {
    return new TextConstant(value);
  }

  private static final class NumberConstant extends Node {
    private final double value;

    NumberConstant(Expression.Type type, double value) {
      super(type);
      this.value = value;
    }

    @Override
    boolean isConstant() {
      return true;
    }

    @Override
    double number(GenericRecord event) {
      return value;
    }
  }

  private static final class TextConstant extends Node {
    private final String value;

    TextConstant(String value) {
      super(Expression.Type.TEXT);
      this.value = value;
    }

    @Override
    boolean isConstant() {
      return true;
    }

    @Override
    String text(GenericRecord event) {
      return value;
    }
  }
}
