/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.spec.Bytes;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option's size as specs write them. */
final class SizeText implements ITypeConverter<Long> {

  @Override
  public Long convert(String text) {
    try {
      return Bytes.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
