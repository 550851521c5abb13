package io.dl4jext.experiments.optimisers;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.baseline.DepthDropout;
import io.dl4jext.elementwise.RatedUpdater;
import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.network.SmallMlp;
import io.dl4jext.schedule.LinearDecaySchedule;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** How paper 3's network is trained: method, learning rate or its decay, batch size, momentum. Immutable. */
final class Setting {

    /** p_L of stochastic depth. */
    private static final double LAST_RETAINED = 0.5;

    private final Method method;
    private final double rate;
    private final double finalRate;
    private final int batchSize;
    private final double momentum;

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

    Method method() {
        return method;
    }

    double rate() {
        return rate;
    }

    double finalRate() {
        return finalRate;
    }

    int batchSize() {
        return batchSize;
    }

    double momentum() {
        return momentum;
    }

    /** A new network, ready to train. */
    MultiLayerNetwork network(int inputs, int classes, int epochs, long seed) {
        ISchedule schedule = new LinearDecaySchedule(ScheduleType.EPOCH, rate, finalRate, epochs);
        IUpdater updater = method.updater(schedule, momentum, seed);
        MultiLayerConfiguration configuration = SmallMlp.configuration(inputs, classes, updater, seed, DataType.FLOAT);
        MultiLayerNetwork network = new MultiLayerNetwork(
                method == Method.DEPTH_DROPOUT ? DepthDropout.apply(configuration, LAST_RETAINED) : configuration);
        network.init();
        if (updater instanceof RatedUpdater && ((RatedUpdater) updater).beyondGradient() != null) {
            AdaGradListener.attach(network);
        }
        return network;
    }

    /** The learning rate, or from where to where. */
    String rates() {
        return Numbers.plain(rate) + (rate == finalRate ? "" : " to " + Numbers.plain(finalRate));
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
}
