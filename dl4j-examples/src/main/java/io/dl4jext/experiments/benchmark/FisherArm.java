package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.doctor.StepTimes;
import io.dl4jext.experiments.network.Workload;
import io.dl4jext.fisher.FisherListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** One of the networks that are compared: the workload's, with a listener at every n-th step or with none. */
final class FisherArm implements Turns.Contender, AutoCloseable {

    private static final int NEVER = 0;

    private final int every;
    private final DataSet batch;
    private final Model network;
    private final FisherListener listener;
    private final StepTimes measuredSteps = new StepTimes();
    private final StepTimes otherSteps = new StepTimes();
    private boolean measured;

    private FisherArm(Workload workload, DataSet batch, int every) {
        this.batch = batch;
        this.every = every;
        this.network = workload.network(1);
        if (every == NEVER) {
            listener = null;
        } else {
            listener = new FisherListener.Builder()
                    .everyIterations(every)
                    .failFast(true) // a listener that gave up would look fast
                    .sink((measurement, soFar) -> measured = true)
                    .build();
            network.addListeners(listener);
        }
    }

    static FisherArm plain(Workload workload, DataSet batch) {
        return new FisherArm(workload, batch, NEVER);
    }

    static FisherArm listening(Workload workload, DataSet batch, int every) {
        return new FisherArm(workload, batch, every);
    }

    @Override
    public void run(int steps, boolean warmUp) {
        for (int i = 0; i < steps; i++) {
            measured = false;
            long start = System.nanoTime();
            ((NeuralNetwork) network).fit(batch);
            double milliseconds = (System.nanoTime() - start) / 1e6;
            if (!warmUp) {
                (measured ? measuredSteps : otherSteps).add(milliseconds);
            }
        }
    }

    /** How many of the kept steps were measured by the listener. */
    int measuredSteps() {
        return measuredSteps.count();
    }

    /**
     * The time of a step in milliseconds: the median, or, where only every n-th step is measured, the median of the
     * measured and that of the other steps in the proportion 1 : n − 1.
     */
    double typical() {
        if (every == NEVER) {
            return otherSteps.median();
        }
        if (every == 1) {
            return measuredSteps.median();
        }
        return (measuredSteps.median() + (every - 1) * otherSteps.median()) / every;
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
    }
}
