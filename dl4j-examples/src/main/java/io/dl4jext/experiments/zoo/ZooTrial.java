package io.dl4jext.experiments.zoo;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.experiments.engine.Networks;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.LayerContribution;
import io.dl4jext.fisher.LayerContribution.Kind;
import io.dl4jext.implicit.Conversion;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.stochastic.StochasticBatch;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Tries each piece of the pack on one model, as a user would add it, and measures what the listener costs. */
final class ZooTrial {

    private static final double RATE = 0.01;

    private final ZooModel model;
    private final boolean pretrained;
    private final int steps;
    private final int interval;
    private final long seed;
    private final ZooRow row = new ZooRow();
    private Model initial;
    private DataSet batch;

    /**
     * @param pretrained with DL4J's weights, on inputs of their size
     * @param steps that are timed, plain and measured ones in turn
     * @param interval of a second listener; as many more steps of a network with it are timed, and as many plain ones
     */
    ZooTrial(ZooModel model, boolean pretrained, int batchSize, int steps, int interval, long seed) {
        this.model = model;
        this.pretrained = pretrained;
        this.steps = steps;
        this.interval = interval;
        this.seed = seed;
        row.model = model.toString();
        row.batchSize = batchSize;
    }

    ZooRow run() {
        row.refusal = tried(this::withoutThePack);
        if (row.refusal.isEmpty()) {
            row.listener = tried(this::measure);
            row.implicit = tried(this::implicit);
            row.microBatches = tried(this::microBatches);
            row.stochasticBatch = tried(() -> updated(new StochasticBatch(RATE)));
            row.adaGrad = tried(
                    () -> updated(AdaGradPresets.pyTorch().learningRate(RATE).build()) + ", "
                            + updated(AdaGradPresets.norm().learningRate(RATE).build()));
        }
        return row;
    }

    /** Builds and trains it as DL4J has it. */
    private String withoutThePack() throws ReflectiveOperationException, IOException {
        int[] input = pretrained ? model.pretrainedInput() : model.input();
        row.input = Arrays.stream(input).mapToObj(Integer::toString).collect(Collectors.joining(" x "));
        initial = pretrained ? model.pretrained() : model.create(seed);
        row.parameters = initial.params().length();
        List<LayerContribution> layers = LayerContribution.of(initial);
        row.direct = count(layers, Kind.DIRECT);
        row.replayed = count(layers, Kind.REPLAYED);
        row.without = count(layers, Kind.NONE);
        batch = model.batch(initial, input, row.batchSize, seed);
        train(with(new Sgd(RATE)), 1);
        return "";
    }

    private static int count(List<LayerContribution> layers, Kind kind) {
        return (int) layers.stream().filter(layer -> layer.kind() == kind).count();
    }

    private static String tried(Callable<String> piece) {
        try {
            return piece.call();
        } catch (Exception e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause.getClass().getSimpleName() + ": " + cause.getMessage();
        }
    }

    /** Times, and whether the sums agree. */
    private String measure() {
        Model plain = with(new Sgd(RATE));
        train(plain, 1);
        Model measured = with(new Sgd(RATE));
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .keepGramMatrix(true)
                .failFast(true)
                .build();
        SumOfGradients sum = new SumOfGradients();
        measured.setListeners(fisher, sum);
        train(measured, 1);
        row.identity = sum.difference(fisher.history().measurements().get(0));
        measured.setListeners(fisher);
        double[][] times = new double[2][steps];
        for (int step = 0; step < steps; step++) {
            times[0][step] = train(plain, 1);
            times[1][step] = train(measured, 1);
        }
        row.plain = new Sample(times[0]).median();
        row.measured = new Sample(times[1]).median();
        row.seldom = seldom(plain);
        return "";
    }

    /** The time of {@code interval} steps of which one is measured, by that of as many plain ones in turn with them. */
    private double seldom(Model plain) {
        Model measured = with(new Sgd(RATE));
        train(measured, 1);
        measured.setListeners(FisherListener.builder()
                .everyIterations(interval)
                .failFast(true)
                .build());
        double[] sums = new double[2];
        for (int step = 0; step < interval; step++) {
            sums[0] += train(plain, 1);
            sums[1] += train(measured, 1);
        }
        return sums[1] / sums[0];
    }

    private String implicit() throws Exception {
        Model network = with(new Sgd(RATE));
        Conversion<? extends Model> conversion = network instanceof ComputationGraph
                ? ImplicitBackprop.convert((ComputationGraph) network, new ImplicitSgd(RATE))
                : ImplicitBackprop.convert((MultiLayerNetwork) network, new ImplicitSgd(RATE));
        return conversion.converted().size() + " layers, " + moved(conversion.result());
    }

    /** The batch in two parts, against the batch in one: the norm of the updates' difference by that of the update. */
    private String microBatches() {
        Model whole = with(new Sgd(RATE));
        train(whole, 1);
        Model parts = with(new Sgd(RATE));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(source(), BatchSchedule.constant(row.batchSize))
                .microBatchSize(Math.max(1, row.batchSize / 2))
                .learningRateScaling(LearningRateScaling.linear(row.batchSize))
                .build();
        batches.attachTo(parts);
        fit(parts, batches);
        double difference = norm(parts.params().sub(whole.params()));
        return Numbers.scientific(difference / norm(whole.params().sub(initial.params()))) + " off";
    }

    private String updated(IUpdater updater) {
        Model network = with(updater);
        Networks.attachListeners(network, updater);
        return moved(network);
    }

    /** Whether two steps change the parameters, and leave them finite. */
    private String moved(Model network) {
        train(network, 2);
        double distance = norm(network.params().sub(initial.params()));
        return Double.isFinite(distance) && distance > 0 ? "trains" : "moves by " + distance;
    }

    /** A network with the initial parameters and this updater everywhere. */
    private Model with(IUpdater updater) {
        return Networks.withUpdater(initial, updater);
    }

    /** The time of the last step in milliseconds. */
    private double train(Model network, int count) {
        double milliseconds = 0;
        for (int step = 0; step < count; step++) {
            long start = System.nanoTime();
            ((NeuralNetwork) network).fit(batch);
            milliseconds = (System.nanoTime() - start) / 1e6;
        }
        return milliseconds;
    }

    private static void fit(Model network, DataSetIterator batches) {
        ((NeuralNetwork) network).fit(batches);
    }

    private DataSetIterator source() {
        return new ExistingDataSetIterator(List.of(batch));
    }

    private static double norm(INDArray array) {
        return array.castTo(DataType.DOUBLE).norm2Number().doubleValue();
    }

    /**
     * ‖Σ gᵢ‖² of a pass, without what DL4J keeps in the gradient that is none: running averages of batch normalisation,
     * centres of a center loss.
     */
    private static final class SumOfGradients extends BaseTrainingListener {

        private static final List<String> NO_GRADIENTS = List.of("_mean", "_var", "_log10stdev", "_cL");

        private double squaredNorm;

        @Override
        public void onGradientCalculation(Model network) {
            squaredNorm = network.gradient().gradientForVariable().entrySet().stream()
                    .filter(entry -> NO_GRADIENTS.stream().noneMatch(entry.getKey()::endsWith))
                    .map(Map.Entry::getValue)
                    .collect(Collectors.summingDouble(gradient -> Math.pow(norm(gradient), 2)));
        }

        double difference(FisherMeasurement measurement) {
            double sum = measurement.gramMatrix().sumNumber().doubleValue();
            return Math.abs(sum - squaredNorm) / squaredNorm;
        }
    }
}
