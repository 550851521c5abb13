package io.dl4jext.examples.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Turns a name that was typed into the constant whose {@code toString()} it is, and says which there are otherwise. */
public final class EnumName<E extends Enum<E>> implements ITypeConverter<E> {

    private final Class<E> type;

    public EnumName(Class<E> type) {
        this.type = type;
    }

    @Override
    public E convert(String name) {
        for (E constant : type.getEnumConstants()) {
            if (constant.toString().equalsIgnoreCase(name)) {
                return constant;
            }
        }
        throw new TypeConversionException("expected one of "
                + Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "))
                + ", got '" + name + "'");
    }
}
