package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.doctor.StepTimes;
import io.dl4jext.experiments.engine.Networks;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** One of the things that are timed beside each other: a step that is taken again and again, with its times. */
final class Contender {

    private static final int OUTPUTS = 1000;
    private static final int BATCH = 128;

    private final Runnable prepare;
    private final Runnable step;
    private final int every;
    private final BooleanSupplier special;
    private final StepTimes times = new StepTimes();
    private final StepTimes specialTimes = new StepTimes();

    /**
     * A step of which there are two kinds.
     *
     * @param prepare what is done before each step and not timed
     * @param every how many steps there are for each special one; 0 without such
     * @param special whether the step just taken was of the special kind
     */
    Contender(Runnable prepare, Runnable step, int every, BooleanSupplier special) {
        this.prepare = prepare;
        this.step = step;
        this.every = every;
        this.special = special;
    }

    Contender(Runnable prepare, Runnable step) {
        this(prepare, step, 0, () -> false);
    }

    /** A network that trains on one batch. */
    static Contender on(Model network, DataSet batch) {
        return new Contender(() -> {}, () -> ((NeuralNetwork) network).fit(batch));
    }

    /** A network that trains on the batches of an iterator; taking the batch is part of the step. */
    static Contender on(Model network, DataSetIterator batches) {
        return new Contender(() -> {}, () -> {
            if (!batches.hasNext()) {
                batches.reset();
            }
            ((NeuralNetwork) network).fit(batches.next());
        });
    }

    /**
     * The updater of a network of one layer, with the same gradient again and again, as DL4J calls it; the network
     * takes no step.
     *
     * @param parameters about how many
     */
    static Contender onUpdater(IUpdater updater, int parameters, DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .updater(updater)
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(inputs(parameters))
                        .nOut(OUTPUTS)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        Networks.attachListeners(network, updater);
        network.setInput(Nd4j.rand(type, 2, inputs(parameters)));
        network.setLabels(Nd4j.rand(type, 2, OUTPUTS));
        network.computeGradientAndScore();
        INDArray gradient = network.getFlattenedGradients();
        INDArray values = Nd4j.randn(type, network.numParams()).reshape(gradient.shape());
        AtomicInteger iteration = new AtomicInteger();
        return new Contender(
                () -> gradient.assign(values),
                () -> network.getUpdater()
                        .update(
                                network,
                                network.gradient(),
                                iteration.getAndIncrement(),
                                0,
                                BATCH,
                                LayerWorkspaceMgr.noWorkspaces()));
    }

    private static int inputs(int parameters) {
        return Math.max(1, parameters / OUTPUTS - 1);
    }

    /** How many parameters the layer of {@link #onUpdater} has. */
    static int parametersOf(int parameters) {
        return (inputs(parameters) + 1) * OUTPUTS;
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

    /**
     * The time of a step in milliseconds: the median, or the medians of both kinds in the proportion 1 : n − 1 where
     * every n-th is special.
     *
     * @throws IllegalStateException if no kept step was special
     */
    double typical() {
        if (every > 0 && specialTimes.count() == 0) {
            throw new IllegalStateException("expected a measured step, got none at every " + every);
        }
        return every == 0
                ? times.median()
                : every == 1 ? specialTimes.median() : (specialTimes.median() + (every - 1) * times.median()) / every;
    }
}
