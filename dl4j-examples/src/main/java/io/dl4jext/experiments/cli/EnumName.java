package io.dl4jext.experiments.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Turns a name that was typed into the constant whose {@code toString()} it is, in lower case and with hyphens, and says
 * which there are otherwise.
 */
public class EnumName<E extends Enum<E>> implements ITypeConverter<E> {

    private final Class<E> type;

    public EnumName(Class<E> type) {
        this.type = type;
    }

    private static String typed(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public final E convert(String name) {
        for (E constant : type.getEnumConstants()) {
            if (typed(constant).equalsIgnoreCase(name)) {
                return constant;
            }
        }
        throw new TypeConversionException("expected one of "
                + Arrays.stream(type.getEnumConstants()).map(EnumName::typed).collect(Collectors.joining(", "))
                + ", got '" + name + "'");
    }
}
