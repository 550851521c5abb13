package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.doctor.StepTimes;
import java.util.function.BooleanSupplier;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** One of the things that are timed beside each other: a step that is taken again and again, with its times. */
final class Contender {

    private final Runnable prepare;
    private final Runnable step;
    private final BooleanSupplier special;
    private final StepTimes times = new StepTimes();
    private final StepTimes specialTimes = new StepTimes();

    /**
     * A step of which there are two kinds.
     *
     * @param prepare what is done before each step and not timed
     * @param special whether the step just taken was of the special kind
     */
    Contender(Runnable prepare, Runnable step, BooleanSupplier special) {
        this.prepare = prepare;
        this.step = step;
        this.special = special;
    }

    Contender(Runnable prepare, Runnable step) {
        this(prepare, step, () -> false);
    }

    /** A network that trains on one batch. */
    static Contender on(NeuralNetwork network, DataSet batch) {
        return new Contender(() -> {}, () -> network.fit(batch));
    }

    /** A network that trains on the batches of an iterator; taking the batch is part of the step. */
    static Contender on(NeuralNetwork network, DataSetIterator batches) {
        return new Contender(() -> {}, () -> {
            if (!batches.hasNext()) {
                batches.reset();
            }
            network.fit(batches.next());
        });
    }

    /** Takes some steps; keeps their times unless they are to warm up. */
    void run(int steps, boolean warmUp) {
        for (int i = 0; i < steps; i++) {
            prepare.run();
            long start = System.nanoTime();
            step.run();
            double milliseconds = (System.nanoTime() - start) / 1e6;
            if (!warmUp) {
                (special.getAsBoolean() ? specialTimes : times).add(milliseconds);
            }
        }
    }

    /** The median time of a step in milliseconds. */
    double typical() {
        return times.median();
    }

    /**
     * The time of a step in milliseconds where every n-th is special: the medians of both kinds in the proportion 1 : n − 1.
     *
     * @throws IllegalStateException if no kept step was special
     */
    double typical(int n) {
        if (specialTimes.count() == 0) {
            throw new IllegalStateException("expected a measured step, got none at every " + n);
        }
        return n == 1 ? specialTimes.median() : (specialTimes.median() + (n - 1) * times.median()) / n;
    }
}
