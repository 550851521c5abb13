package io.dl4jext.experiments.doctor;

import io.dl4jext.experiments.network.Workload;
import io.dl4jext.experiments.statistics.Sample;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** Times of whole training steps (forward, backward, update) of one workload, in milliseconds. */
public final class StepTimes {

    private final List<Double> milliseconds = new ArrayList<>();

    /** Trains a few steps to warm up, then as many as fit into the time: 5 at least, 60 at most. */
    static StepTimes measure(Workload workload, double seconds) {
        NeuralNetwork network = (NeuralNetwork) workload.network(1);
        DataSet batch = workload.batch(1);
        StepTimes warmUp = new StepTimes();
        run(warmUp, network, batch, seconds / 3, 2, 20);
        StepTimes times = new StepTimes();
        run(times, network, batch, seconds * 2 / 3, 5, 60);
        return times;
    }

    private static void run(
            StepTimes times, NeuralNetwork network, DataSet batch, double seconds, int least, int most) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (times.count() < least || (times.count() < most && System.nanoTime() < end)) {
            times.time(() -> network.fit(batch));
        }
    }

    /** Runs a step and keeps its time. */
    public void time(Runnable step) {
        long start = System.nanoTime();
        step.run();
        add((System.nanoTime() - start) / 1e6);
    }

    public void add(double stepMilliseconds) {
        milliseconds.add(stepMilliseconds);
    }

    public int count() {
        return milliseconds.size();
    }

    /** The median; NaN when there is none. */
    public double median() {
        return Sample.of(milliseconds, Double::doubleValue).median();
    }
}
