package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.EnumName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A setting that was typed: {@code METHOD:RATE:BATCH}, the rate with {@code ~} before the one to which it decays; with a fourth
 * part, the momentum, for SGD.
 */
final class SettingText implements ITypeConverter<Setting> {

    @Override
    public Setting convert(String text) {
        String[] parts = text.split(":");
        if (parts.length < 3 || parts.length > 4) {
            throw fault(text);
        }
        Method method = new EnumName<>(Method.class).convert(parts[0]);
        try {
            String[] rates = parts[1].split("~");
            double rate = Double.parseDouble(rates[0]);
            double finalRate = rates.length == 1 ? rate : Double.parseDouble(rates[1]);
            int batchSize = Integer.parseInt(parts[2]);
            double momentum = parts.length == 3 ? 0 : Double.parseDouble(parts[3]);
            if (rate > 0
                    && rate < Double.POSITIVE_INFINITY
                    && finalRate >= 0
                    && finalRate < Double.POSITIVE_INFINITY
                    && rates.length <= 2
                    && batchSize >= 1
                    && momentum >= 0
                    && momentum < 1
                    && (parts.length == 3 || method == Method.SGD)) {
                return new Setting(method, rate, finalRate, batchSize, momentum);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw fault(text);
    }

    private static TypeConversionException fault(String text) {
        return new TypeConversionException(
                "expected METHOD:RATE:BATCH with a rate above 0 or two of them, from~to, and a batch size of at least 1, or"
                        + " sgd:RATE:BATCH:MOMENTUM with a momentum from 0 to less than 1, got '" + text + "'");
    }
}
