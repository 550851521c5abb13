package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.DynamicMultiBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherProbe;
import io.dl4jext.implicit.Conversion;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * What must hold of each piece of the pack on any network and data that a DL4J user has: the numbers of the same
 * training without it, or those of a slow, obvious reference.
 */
final class Pieces {

    static final int EPOCHS = 2;
    static final double RATE = 0.05;

    /** Equal networks, but for the updater of what trains. */
    private final Function<IUpdater, ? extends Model> network;

    /** The same data at each call: a DataSetIterator or, for a graph, a MultiDataSetIterator. */
    private final Supplier<?> data;

    Pieces(Function<IUpdater, ? extends Model> network, Supplier<?> data) {
        this.network = network;
        this.data = data;
    }

    /** As {@code fit} of either container. */
    static <M extends Model> M fit(M model, Object data, int epochs) {
        if (model instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) model).fit((DataSetIterator) data, epochs);
        } else if (data instanceof DataSetIterator) {
            ((ComputationGraph) model).fit((DataSetIterator) data, epochs);
        } else {
            ((ComputationGraph) model).fit((MultiDataSetIterator) data, epochs);
        }
        return model;
    }

    /** Bits, as NaN and -0 count too. */
    static byte[] bits(Model model) {
        return model.params().dup().data().asBytes();
    }

    static void assertSameParameters(Model actual, Model expected) {
        assertThat(Arrays.equals(bits(actual), bits(expected)))
                .as("the same parameters to the last bit; their distance is %s", distance(actual, expected))
                .isTrue();
    }

    static double distance(Model one, Model other) {
        INDArray difference =
                one.params().castTo(DataType.DOUBLE).sub(other.params().castTo(DataType.DOUBLE));
        return difference.norm2Number().doubleValue();
    }

    private static MultiDataSet first(Object data) {
        return (MultiDataSet)
                (data instanceof DataSetIterator
                        ? ((DataSetIterator) data).next().toMultiDataSet()
                        : ((MultiDataSetIterator) data).next());
    }

    private static boolean isFloat(Model model) {
        return model.params().dataType() == DataType.FLOAT;
    }

    /** Takes down ‖Σ gᵢ‖² of every pass, of DL4J's own flat gradient without what is not trained. */
    static final class GradientNorms extends BaseTrainingListener {

        final List<Double> squares = new ArrayList<>();

        @Override
        public void onBackwardPass(Model model) {
            INDArray gradient = SampleLoop.trained(model, model.getGradientsViewArray());
            squares.add(gradient.mul(gradient).sumNumber().doubleValue());
        }
    }

    static FisherListener listener() {
        return FisherListener.builder()
                .everyIterations(1)
                .keepGramMatrix(true)
                .failFast(true)
                .build();
    }

    /** ΣᵢΣⱼ F̃ᵢⱼ = ‖Σ gᵢ‖² at each step. */
    static void assertSumsAreGradients(FisherListener fisher, GradientNorms gradients, boolean single) {
        List<FisherMeasurement> measurements = fisher.history().measurements();
        assertThat(measurements).isNotEmpty().hasSameSizeAs(gradients.squares);
        for (int k = 0; k < measurements.size(); k++) {
            INDArray gram = measurements.get(k).gramMatrix();
            double scale = Transforms.abs(gram).sumNumber().doubleValue();
            assertThat(gram.sumNumber().doubleValue())
                    .as("sum of F, step %d", k)
                    .isCloseTo(gradients.squares.get(k), within((single ? 2e-5 : 1e-9) * scale));
        }
    }

    /** The training is that without the listener, and each F̃ is that of its gradients. */
    void areMeasured() {
        areMeasured(true);
    }

    /** @param separable whether a sample has the gradient alone that it has in its mini-batch */
    void areMeasured(boolean separable) {
        Model plain = fit(network.apply(new Sgd(RATE)), data.get(), EPOCHS);
        Model watched = network.apply(new Sgd(RATE));
        MultiDataSet batch = first(data.get());
        INDArray probed = FisherProbe.measure(watched, batch).gramMatrix();
        if (separable) {
            INDArray expected = SampleLoop.gram(network.apply(new Sgd(RATE)), batch);
            double norm = expected.norm2Number().doubleValue();
            assertThat(norm).isPositive();
            assertThat(probed.distance2(expected)).isLessThan((isFloat(watched) ? 2e-5 : 1e-9) * norm);
        }

        FisherListener fisher = listener();
        GradientNorms gradients = new GradientNorms();
        watched.addListeners(fisher, gradients);
        fit(watched, data.get(), EPOCHS);
        assertSameParameters(watched, plain);
        assertSumsAreGradients(fisher, gradients, isFloat(watched));
    }

    /**
     * For a small rate an implicit step is the ordinary one, but for terms of second order; and what is measured is
     * what is stepped along.
     */
    Conversion<? extends Model> areConverted() {
        double rate = 1e-3;
        Model explicit = network.apply(new Sgd(rate));
        Conversion<? extends Model> conversion = convert(explicit, new ImplicitSgd(rate));
        assertThat(conversion.converted()).isNotEmpty();
        Model implicit = conversion.result();
        assertSameParameters(implicit, explicit);
        FisherListener fisher = listener();
        GradientNorms gradients = new GradientNorms();
        implicit.addListeners(fisher, gradients);
        Model start = network.apply(new Sgd(rate));
        fit(explicit, data.get(), 1);
        fit(implicit, data.get(), 1);

        double step = distance(explicit, start);
        assertThat(distance(implicit, explicit)).isBetween(1e-9 * step, 0.05 * step);
        assertSumsAreGradients(fisher, gradients, isFloat(implicit));
        return conversion;
    }

    static Conversion<? extends Model> convert(Model model, ImplicitSgd updater) {
        return model instanceof MultiLayerNetwork
                ? ImplicitBackprop.convert((MultiLayerNetwork) model, updater)
                : ImplicitBackprop.convert((ComputationGraph) model, updater);
    }

    /** Other batches of the same examples, in order, as DL4J itself merges them; and the same in parts. */
    void areRebatched(int size, boolean inParts) {
        Model expected = network.apply(new Sgd(RATE));
        Model rebatched = network.apply(new Sgd(RATE));
        Object batches = data.get() instanceof DataSetIterator
                ? DynamicBatchIterator.builder((DataSetIterator) data.get(), BatchSchedule.constant(size))
                        .build()
                : DynamicMultiBatchIterator.builder((MultiDataSetIterator) data.get(), BatchSchedule.constant(size))
                        .build();
        attach(batches, rebatched);
        fit(rebatched, batches, EPOCHS);
        Object source = data.get();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            merged(source, size).forEach(batch -> step(expected, batch));
        }
        assertSameParameters(rebatched, expected);

        if (inParts) {
            Model accumulated = network.apply(new Sgd(RATE));
            Object parts = data.get() instanceof DataSetIterator
                    ? DynamicBatchIterator.builder((DataSetIterator) data.get(), BatchSchedule.constant(size))
                            .microBatchSize((size + 1) / 2)
                            .build()
                    : DynamicMultiBatchIterator.builder((MultiDataSetIterator) data.get(), BatchSchedule.constant(size))
                            .microBatchSize((size + 1) / 2)
                            .build();
            attach(parts, accumulated);
            fit(accumulated, parts, EPOCHS);
            assertThat(distance(accumulated, expected))
                    .isLessThan((isFloat(expected) ? 1e-5 : 1e-11)
                            * expected.params().norm2Number().doubleValue());
        }
    }

    static void attach(Object batches, Model model) {
        if (batches instanceof DynamicMultiBatchIterator) {
            ((DynamicMultiBatchIterator) batches).attachTo((ComputationGraph) model);
        } else if (model instanceof MultiLayerNetwork) {
            ((DynamicBatchIterator) batches).attachTo((MultiLayerNetwork) model);
        } else {
            ((DynamicBatchIterator) batches).attachTo((ComputationGraph) model);
        }
    }

    private static void step(Model model, Object batch) {
        if (model instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) model).fit((DataSet) batch);
        } else if (batch instanceof DataSet) {
            ((ComputationGraph) model).fit((DataSet) batch);
        } else {
            ((ComputationGraph) model).fit((MultiDataSet) batch);
        }
    }

    /** One pass. */
    private static List<Object> merged(Object source, int size) {
        List<Object> batches = new ArrayList<>();
        if (source instanceof DataSetIterator) {
            ((DataSetIterator) source).reset();
            List<DataSet> examples = new ArrayList<>();
            ((DataSetIterator) source).forEachRemaining(batch -> examples.addAll(batch.asList()));
            for (int i = 0; i < examples.size(); i += size) {
                batches.add(DataSet.merge(examples.subList(i, Math.min(examples.size(), i + size))));
            }
        } else {
            ((MultiDataSetIterator) source).reset();
            List<MultiDataSet> examples = new ArrayList<>();
            ((MultiDataSetIterator) source)
                    .forEachRemaining(batch -> batch.asList().forEach(example -> examples.add((MultiDataSet) example)));
            for (int i = 0; i < examples.size(); i += size) {
                batches.add(MultiDataSet.merge(examples.subList(i, Math.min(examples.size(), i + size))));
            }
        }
        return batches;
    }

    /** With p = 1 it is DL4J's Sgd; with its defaults it trains, in every tensor, the same at each run. */
    void takeStochasticBatches() {
        Model sgd = fit(network.apply(new Sgd(RATE)), data.get(), EPOCHS);
        Model always = network.apply(
                StochasticBatch.builder().learningRate(RATE).fixedProbability(1).build());
        StochasticBatchListener.attachTo(always);
        fit(always, data.get(), EPOCHS);
        assertSameParameters(always, sgd);

        List<Model> twice = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Model stochastic = network.apply(new StochasticBatch(RATE));
            StochasticBatchListener listener = StochasticBatchListener.attachTo(stochastic);
            GradientNorms steps = new GradientNorms();
            stochastic.addListeners(steps);
            fit(stochastic, data.get(), EPOCHS);
            assertThat(listener.statistics().iterations()).hasSameSizeAs(steps.squares);
            assertThat(distance(stochastic, sgd)).isPositive();
            twice.add(stochastic);
        }
        assertSameParameters(twice.get(0), twice.get(1));
    }

    /** The preset that is named after it steps as DL4J's AdaGrad. */
    void takeAdaGradPresets() {
        Model expected = fit(network.apply(new AdaGrad(RATE)), data.get(), EPOCHS);
        Model actual =
                fit(network.apply(AdaGradPresets.dl4j().learningRate(RATE).build()), data.get(), EPOCHS);
        assertThat(distance(actual, expected))
                .isLessThan((isFloat(actual) ? 1e-4 : 1e-9)
                        * expected.params().norm2Number().doubleValue());
    }

    /** A rate and a batch size for each epoch, as if both were set by hand. */
    void followSchedules() {
        ISchedule rates = new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 0.02, 3);
        Model scheduled = network.apply(new Sgd(rates));
        BatchSchedule sizes = BatchSchedule.staged(EPOCHS, 5, 7);
        Object batches = data.get() instanceof DataSetIterator
                ? DynamicBatchIterator.builder((DataSetIterator) data.get(), sizes)
                        .build()
                : DynamicMultiBatchIterator.builder((MultiDataSetIterator) data.get(), sizes)
                        .build();
        attach(batches, scheduled);
        fit(scheduled, batches, EPOCHS);

        Model byHand = network.apply(new Sgd(RATE));
        Object source = data.get();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            double rate = rates.valueAt(0, epoch);
            if (byHand instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) byHand).setLearningRate(rate);
            } else {
                ((ComputationGraph) byHand).setLearningRate(rate);
            }
            merged(source, sizes.batchSize(epoch, 0)).forEach(batch -> step(byHand, batch));
        }
        assertSameParameters(scheduled, byHand);
    }

    /** All of it. */
    void allHold(int size) {
        areMeasured();
        areConverted();
        areRebatched(size, true);
        followSchedules();
        takeStochasticBatches();
        takeAdaGradPresets();
    }

    static void listen(Model model, TrainingListener... listeners) {
        if (model instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) model).setListeners(listeners);
        } else {
            ((ComputationGraph) model).setListeners(listeners);
        }
    }
}
