package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.doctor.StepTimes;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** A network that trains on one batch again and again, with the times of its steps. */
final class TimedNetwork implements Turns.Contender {

    private final NeuralNetwork network;
    private final DataSet batch;
    private final StepTimes times = new StepTimes();

    TimedNetwork(NeuralNetwork network, DataSet batch) {
        this.network = network;
        this.batch = batch;
    }

    @Override
    public void run(int steps, boolean warmUp) {
        StepTimes kept = warmUp ? new StepTimes() : times;
        for (int i = 0; i < steps; i++) {
            kept.time(() -> network.fit(batch));
        }
    }

    /** The median time of a step in milliseconds. */
    double typical() {
        return times.median();
    }
}
