package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.report.Numbers;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A share of the training examples, 0 &lt; ratio ≤ 1, as it was typed: 1, 1/8, 0.3. Immutable. */
final class Ratio {

    private final String name;
    private final double value;

    private Ratio(String name, double value) {
        this.name = name;
        this.value = value;
    }

    static Ratio parse(String text) {
        try {
            String[] parts = text.trim().split("/", 2);
            double value = Double.parseDouble(parts[0]) / (parts.length == 1 ? 1 : Double.parseDouble(parts[1]));
            if (value > 0 && value <= 1) {
                return new Ratio(parts.length == 1 ? Numbers.plain(value) : text.trim(), value);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new TypeConversionException(
                "expected a part above 0 and up to 1, such as 1/8 or 0.3, got '" + text + "'");
    }

    /** At least one example. */
    int of(int examples) {
        return (int) Math.max(1, Math.round(value * examples));
    }

    @Override
    public String toString() {
        return name;
    }

    /** From what was typed. */
    static final class Converter implements ITypeConverter<Ratio> {
        @Override
        public Ratio convert(String text) {
            return parse(text);
        }
    }
}
