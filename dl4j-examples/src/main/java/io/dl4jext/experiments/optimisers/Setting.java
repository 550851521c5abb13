package io.dl4jext.experiments.optimisers;

import io.dl4jext.dropout.DepthDropout;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.engine.Networks;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.Mlp;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.schedule.LinearDecaySchedule;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How Yotkov's network is trained: method, learning rate or its decay, batch size, momentum. Immutable. */
final class Setting {

    /** p_L of stochastic depth. */
    private static final double LAST_RETAINED = 0.5;

    final Method method;
    final double rate;

    /** Where linear decay leads; {@link #rate} for none. */
    final double finalRate;

    final int batchSize;

    /** 0 for none. */
    final double momentum;

    /**
     * A setting.
     *
     * @param finalRate where linear decay leads; {@code rate} for none
     * @param momentum 0 for none
     */
    Setting(Method method, double rate, double finalRate, int batchSize, double momentum) {
        this.method = method;
        this.rate = rate;
        this.finalRate = finalRate;
        this.batchSize = batchSize;
        this.momentum = momentum;
    }

    /** A new network, ready to train. */
    MultiLayerNetwork network(int inputs, int classes, int epochs, long seed) {
        ISchedule schedule = new LinearDecaySchedule(ScheduleType.EPOCH, rate, finalRate, epochs);
        IUpdater updater = method.updater(schedule, momentum, seed);
        MultiLayerConfiguration configuration =
                Mlp.yotkov(Architecture.common(updater, seed, DataType.FLOAT), inputs, classes);
        MultiLayerNetwork network = new MultiLayerNetwork(
                method == Method.DEPTH_DROPOUT ? DepthDropout.apply(configuration, LAST_RETAINED) : configuration);
        network.init();
        Networks.attachListeners(network, updater);
        return network;
    }

    /** The learning rate, or from where to where. */
    String rates() {
        return Numbers.plain(rate) + (rate == finalRate ? "" : " to " + Numbers.plain(finalRate));
    }

    /** As {@link Converter} takes it. */
    String argument() {
        return method + ":" + rates().replace(" to ", "~") + ":" + batchSize
                + (momentum == 0 ? "" : ":" + Numbers.plain(momentum));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Setting && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** All that there is to it. */
    @Override
    public String toString() {
        return method + " " + rates() + ", m " + batchSize
                + (momentum == 0 ? "" : ", momentum " + Numbers.plain(momentum));
    }

    /**
     * A setting that was typed: {@code METHOD:RATE:BATCH}, the rate with {@code ~} before the one to which it decays;
     * with a fourth part, the momentum, for SGD.
     */
    static final class Converter implements ITypeConverter<Setting> {

        @Override
        public Setting convert(String text) {
            String[] parts = text.split(":");
            if (parts.length < 3 || parts.length > 4) {
                throw fault(text);
            }
            Method method = EnumName.parse(Method.class, parts[0]);
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
                    "expected METHOD:RATE:BATCH with a rate above 0 or two of them, from~to, and a batch size of at least"
                            + " 1, or sgd:RATE:BATCH:MOMENTUM with a momentum from 0 to less than 1, got '" + text
                            + "'");
        }
    }
}
