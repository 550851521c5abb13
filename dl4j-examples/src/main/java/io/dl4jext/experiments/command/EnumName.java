package io.dl4jext.experiments.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * Turns a name that was typed into the constant whose {@code toString()} it is, in lower case and with hyphens, and
 * says which there are otherwise.
 */
public final class EnumName<E extends Enum<E>> implements ITypeConverter<E> {

    private final Class<E> type;

    private EnumName(Class<E> type) {
        this.type = type;
    }

    /** Lets a command and its sub-commands take the names of all enums that their options have. */
    public static void registerAll(CommandLine command) {
        registerAll(command, command);
    }

    private static void registerAll(CommandLine command, CommandLine root) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            for (Class<?> type : option.auxiliaryTypes()) {
                register(type, root);
            }
            register(option.type(), root);
        }
        command.getSubcommands().values().forEach(sub -> registerAll(sub, root));
    }

    private static <E extends Enum<E>> void register(Class<?> type, CommandLine root) {
        if (type.isEnum()) {
            @SuppressWarnings("unchecked")
            Class<E> enumType = (Class<E>) type;
            root.registerConverter(enumType, new EnumName<>(enumType));
        }
    }

    /** The constant of that name. */
    public static <E extends Enum<E>> E parse(Class<E> type, String name) {
        return new EnumName<>(type).convert(name);
    }

    /** The name of a constant as it is typed. */
    public static String typed(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public E convert(String name) {
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
