/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.InstanceInformation;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Java serialisation of MOA's objects, with the pipeline's header as a reference instead of a copy.
 * Reading lets in MOA's classes and a short list of the JDK's, nothing else.
 */
final class JavaObjects {

  /** Objects larger than this are refused on reading, in bytes before compression. */
  static final long MAX_BYTES = 1L << 30;

  private static final long MAX_REFERENCES = 1L << 26;
  private static final long MAX_DEPTH = 10_000;
  private static final long MAX_ARRAY = 1L << 27;

  private static final Set<String> PACKAGES =
      Set.of(
          "moa.classifiers.",
          "moa.core.",
          "moa.options.",
          "moa.capabilities.",
          "moa.evaluation.",
          "com.yahoo.labs.samoa.instances.",
          "com.github.javacliparser.");

  private static final Set<String> CLASSES =
      Set.of(
          BothWays.class.getName(),
          HddmW.class.getName(),
          HddmW.class.getName() + "$Sample",
          Stepd.class.getName(),
          "java.lang.Boolean",
          "java.lang.Byte",
          "java.lang.Character",
          "java.lang.Double",
          "java.lang.Enum",
          "java.lang.Float",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Number",
          "java.lang.Object",
          "java.lang.Short",
          "java.lang.String",
          "java.util.AbstractCollection",
          "java.util.AbstractList",
          "java.util.AbstractMap",
          "java.util.ArrayDeque",
          "java.util.ArrayList",
          "java.util.BitSet",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.LinkedList",
          "java.util.Map",
          "java.util.Map$Entry",
          "java.util.Random",
          "java.util.Stack",
          "java.util.TreeMap",
          "java.util.TreeSet",
          "java.util.Vector",
          "moa.AbstractMOAObject",
          "moa.MOAObject",
          "org.apache.commons.math3.linear.AbstractRealMatrix",
          "org.apache.commons.math3.linear.Array2DRowRealMatrix",
          "org.apache.commons.math3.linear.RealLinearOperator");

  /** Of the allowed classes that were met so far, by name. */
  private static final Map<String, ObjectStreamClass> DESCRIPTIONS = new ConcurrentHashMap<>();

  private JavaObjects() {}

  /** Stands for an object that all models of a pipeline share. */
  private enum Shared {
    HEADER,
    HEADER_INFORMATION
  }

  /**
   * @param headerOrNull written as a reference wherever it is met; null if there is none
   * @throws ModelFormatException if something in it is not serialisable
   */
  static byte[] write(Object object, InstancesHeader headerOrNull) {
    return write(object, headerOrNull, new LiveSize());
  }

  /**
   * As {@link #write(Object, InstancesHeader)}.
   *
   * @param live told every object but those that are written as references
   */
  static byte[] write(Object object, InstancesHeader headerOrNull, LiveSize live) {
    return write(object, headerOrNull, live, false);
  }

  /**
   * The canonical form, in which equal models give equal bytes: written, read and written again,
   * since hash tables are laid out anew by reading; equal texts and numbers once, since which of
   * them are one object depends on when the model was last read.
   */
  static byte[] canonical(Object object, InstancesHeader header) {
    return write(copy(object, Object.class, header), header, new LiveSize(), true);
  }

  private static byte[] write(
      Object object, InstancesHeader headerOrNull, LiveSize live, boolean valuesOnce) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
    try (Writer out = new Writer(bytes, headerOrNull, live, valuesOnce ? new HashMap<>() : null)) {
      out.writeObject(object);
    } catch (NotSerializableException e) {
      throw new ModelFormatException(e.getMessage() + " is not serialisable", e);
    } catch (IOException e) {
      throw new ModelFormatException("cannot be written: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new ModelFormatException("too deeply nested to be written", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @param header put where a reference to it stands
   * @throws ModelFormatException if the bytes are broken, hold a class outside the list, or another
   *     type
   */
  static <T> T read(byte[] bytes, Class<T> type, InstancesHeader header) {
    return read(new ByteArrayInputStream(bytes), type, header, new LiveSize());
  }

  /**
   * As {@link #read(byte[], Class, InstancesHeader)}.
   *
   * @param bytes read to the end, whatever follows the object
   * @param live told every object that was made
   */
  static <T> T read(InputStream bytes, Class<T> type, InstancesHeader header, LiveSize live) {
    try (Reader in = new Reader(bytes, header, live)) {
      Object object = in.readObject();
      if (!type.isInstance(object)) {
        throw new ModelFormatException(
            "holds a " + (object == null ? "null" : object.getClass().getName()));
      }
      return type.cast(object);
    } catch (IOException | ClassNotFoundException | RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ModelFormatException format) {
          throw format;
        }
      }
      throw new ModelFormatException("cannot be read: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new ModelFormatException("too deeply nested to be read", e);
    }
  }

  private static ModelFormatException refused(Class<?> type) {
    return new ModelFormatException(
        "holds a " + type.getName() + ", which is not on the list of classes that are read");
  }

  private static boolean isAllowed(Class<?> type) {
    Class<?> element = type;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    return element.isPrimitive()
        || element == Shared.class
        || element == SharedAttribute.class
        || CLASSES.contains(element.getName())
        || PACKAGES.stream().anyMatch(element.getName()::startsWith);
  }

  /**
   * Stands for an attribute of the header; learners that keep instances refer to them one by one.
   */
  private record SharedAttribute(int index) implements Serializable {}

  private static final class Writer extends ObjectOutputStream {
    private final InstancesHeader header;
    private final InstanceInformation information;
    private final LiveSize live;
    private final Map<Object, Object> valuesOrNull;

    Writer(
        OutputStream out,
        InstancesHeader headerOrNull,
        LiveSize live,
        Map<Object, Object> valuesOrNull)
        throws IOException {
      super(out);
      this.live = live;
      this.valuesOrNull = valuesOrNull;
      this.header = headerOrNull;
      this.information = headerOrNull == null ? null : headerOrNull.getInstanceInformation();
      enableReplaceObject(true);
    }

    /** The name and the version; what fields there are, the class itself tells. */
    @Override
    protected void writeClassDescriptor(ObjectStreamClass description) throws IOException {
      writeUTF(description.getName());
      writeLong(description.getSerialVersionUID());
    }

    @Override
    protected Object replaceObject(Object object) {
      if (valuesOrNull != null && (object instanceof String || object instanceof Number)) {
        Object first = valuesOrNull.putIfAbsent(object, object);
        return first == null ? object : first;
      }
      if (object == header) {
        return Shared.HEADER;
      }
      if (object == information) {
        return Shared.HEADER_INFORMATION;
      }
      if (header != null && object instanceof Attribute) {
        for (int i = 0; i < header.numAttributes(); i++) {
          if (header.attribute(i) == object) {
            return new SharedAttribute(i);
          }
        }
      }
      live.add(object);
      return object;
    }
  }

  private static final class Reader extends ObjectInputStream {
    private final InstancesHeader header;
    private final LiveSize live;

    Reader(InputStream in, InstancesHeader header, LiveSize live) throws IOException {
      super(in);
      this.header = header;
      this.live = live;
      enableResolveObject(true);
      setObjectInputFilter(this::filter);
    }

    private ObjectInputFilter.Status filter(ObjectInputFilter.FilterInfo info) {
      if (info.streamBytes() > MAX_BYTES
          || info.references() > MAX_REFERENCES
          || info.depth() > MAX_DEPTH
          || info.arrayLength() > MAX_ARRAY) {
        throw new ModelFormatException(
            "is too large: %d bytes, %d references, depth %d, an array of %d"
                .formatted(
                    info.streamBytes(), info.references(), info.depth(), info.arrayLength()));
      }
      Class<?> type = info.serialClass();
      if (type == null) {
        return ObjectInputFilter.Status.UNDECIDED;
      }
      if (!isAllowed(type)) {
        throw refused(type);
      }
      return ObjectInputFilter.Status.ALLOWED;
    }

    @Override
    protected Object resolveObject(Object object) {
      if (object == Shared.HEADER) {
        return header;
      }
      if (object == Shared.HEADER_INFORMATION) {
        return header.getInstanceInformation();
      }
      if (object instanceof SharedAttribute shared) {
        return header.attribute(shared.index());
      }
      live.add(object);
      return object;
    }

    /** As {@link Writer#writeClassDescriptor} wrote it. Only allowed classes are looked at. */
    @Override
    protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
      String name = readUTF();
      long version = readLong();
      ObjectStreamClass description = DESCRIPTIONS.get(name);
      if (description == null) {
        Class<?> type = load(name);
        if (!isAllowed(type)) {
          throw refused(type);
        }
        description = ObjectStreamClass.lookupAny(type);
        DESCRIPTIONS.put(name, description);
      }
      if (description.getSerialVersionUID() != version) {
        throw new ModelFormatException(
            "holds a %s of serial version %d, here it is %d: MOA or the JDK differ"
                .formatted(name, version, description.getSerialVersionUID()));
      }
      return description;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) {
      return description.forClass();
    }

    /** By the loader that knows MOA, whatever thread or class loader is asking. */
    private static Class<?> load(String name) throws ClassNotFoundException {
      try {
        return Class.forName(name, false, moa.classifiers.Classifier.class.getClassLoader());
      } catch (ClassNotFoundException e) {
        return Class.forName(name, false, JavaObjects.class.getClassLoader());
      }
    }
  }

  /** Deep copy of a learner by way of its bytes: the copy shares the header, nothing else. */
  static <T> T copy(T object, Class<T> type, InstancesHeader header) {
    return read(write(object, header), type, header);
  }
}
