package io.dl4jext.experiments.cli;

import java.util.Arrays;
import java.util.stream.LongStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The seeds of an experiment: a number n stands for 1 to n, a list with commas for itself. */
public final class Seeds {

    private static final int MOST = 1000;

    private final long[] all;

    private Seeds(long[] all) {
        this.all = all;
    }

    static Seeds parse(String text) {
        try {
            if (text.contains(",")) {
                long[] list = Arrays.stream(text.split(","))
                        .mapToLong(seed -> Long.parseLong(seed.trim()))
                        .distinct()
                        .toArray();
                if (list.length > 0) {
                    return new Seeds(list);
                }
            } else {
                int count = Integer.parseInt(text.trim());
                if (count >= 1 && count <= MOST) {
                    return new Seeds(LongStream.rangeClosed(1, count).toArray());
                }
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new TypeConversionException(
                "expected a number of seeds from 1 to " + MOST + ", or whole numbers with commas, got '" + text + "'");
    }

    /** At least one, no two equal. */
    public long[] all() {
        return all.clone();
    }

    @Override
    public String toString() {
        String list = Arrays.toString(all);
        return all.length == 1 ? "seed " + all[0] : "seeds " + list.substring(1, list.length() - 1);
    }

    /** From what was typed. */
    public static final class Converter implements ITypeConverter<Seeds> {
        @Override
        public Seeds convert(String text) {
            return parse(text);
        }
    }
}
