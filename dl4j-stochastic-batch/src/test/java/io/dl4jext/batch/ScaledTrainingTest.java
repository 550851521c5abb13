package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.internal.accumulation.UpdateListener;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Scaled rates against a network whose rate is set by hand before each batch. */
class ScaledTrainingTest {

    /** 20 examples in batches of 4, 4, 4, 4, 4; 10, 10; 16, 4. */
    private static final BatchSchedule SIZES = BatchSchedule.staged(3, 4, 10, 16);

    private static MultiLayerNetwork net(IUpdater hidden, IUpdater output) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(12)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .weightDecay(0.02)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(Nets.INPUTS)
                        .nOut(5)
                        .updater(hidden)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(5)
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .updater(output)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static DynamicBatchIterator scaled(LearningRateScaling scaling, int microBatchSize) {
        return DynamicBatchIterator.builder(new ListSource(Nets.data(20)), SIZES)
                .learningRateScaling(scaling)
                .microBatchSize(microBatchSize)
                .build();
    }

    static Stream<Arguments> settings() {
        List<Arguments> all = new ArrayList<>();
        List<LearningRateScaling> scalings = List.of(
                LearningRateScaling.linear(8),
                LearningRateScaling.squareRoot(8),
                LearningRateScaling.constantRatio(0.01));
        List<Supplier<IUpdater>> updaters = List.of(
                () -> new Sgd(0.1),
                () -> new Nesterovs(0.1, 0.9),
                () -> new Adam(0.02),
                () -> new AdaMax(0.02),
                () -> new AMSGrad(0.02),
                () -> new Nadam(0.02),
                () -> new AdaGrad(0.05),
                () -> new RmsProp(0.01));
        for (LearningRateScaling scaling : scalings) {
            for (Supplier<IUpdater> updater : updaters) {
                all.add(Arguments.of(scaling, updater));
            }
        }
        return all.stream();
    }

    /** Sizes of the three epochs, with the rate that each update should have, set by hand. */
    private static INDArray byHand(
            MultiLayerNetwork net, LearningRateScaling scaling, double fixed, ISchedule hidden, ISchedule output) {
        DataSetIterator ready = DynamicBatchIterator.builder(new ListSource(Nets.data(20)), SIZES)
                .build();
        int iteration = 0;
        for (int epoch = 0; epoch < 3; epoch++) {
            while (ready.hasNext()) {
                DataSet batch = ready.next();
                int size = batch.numExamples();
                double first = hidden == null ? fixed : hidden.valueAt(iteration, epoch);
                double second = output == null ? fixed : output.valueAt(iteration, epoch);
                net.setLearningRate(0, expectedRate(scaling, first, size));
                net.setLearningRate(1, expectedRate(scaling, second, size));
                net.fit(batch);
                iteration++;
            }
            ready.reset();
            net.incrementEpochCount();
        }
        return net.params();
    }

    private static double expectedRate(LearningRateScaling scaling, double rate, int size) {
        switch (scaling.toString()) {
            case "linear(8)":
                return rate * size / 8;
            case "squareRoot(8)":
                return rate * Math.sqrt(size) / Math.sqrt(8);
            default:
                return 0.01 * size;
        }
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        assertThat(actual.distance2(expected) / expected.norm2Number().doubleValue())
                .isLessThan(1e-12);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void asIfTheRateWereSetByHand(LearningRateScaling scaling, Supplier<IUpdater> updater) {
        double rate = updater.get().getLearningRate(0, 0);
        MultiLayerNetwork expected = net(updater.get(), updater.get());
        byHand(expected, scaling, rate, null, null);
        MultiLayerNetwork actual = net(updater.get(), updater.get());
        INDArray state = actual.getUpdater().getStateViewArray();
        String json = actual.getLayerWiseConfigurations().toJson();
        DynamicBatchIterator batches = scaled(scaling, 100);
        batches.attachTo(actual);
        actual.fit(batches, 3);

        assertClose(actual.params(), expected.params());
        assertThat(actual.getUpdater().getStateViewArray()).isSameAs(state);
        if (state != null) {
            assertClose(state, expected.getUpdater().getStateViewArray());
        }
        assertThat(withoutCounts(actual.getLayerWiseConfigurations().toJson())).isEqualTo(withoutCounts(json));
    }

    private static String withoutCounts(String json) {
        return json.replaceAll("\"(iterationCount|epochCount)\" : \\d+", "")
                // DL4J leaves out what is null.
                .replaceAll(",\\s*\"learningRateSchedule\" : null", "");
    }

    @Test
    void eachLayerFollowsItsOwnSchedule() {
        ISchedule hidden = new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9);
        ISchedule output = new StepSchedule(ScheduleType.EPOCH, 0.2, 0.5, 1);
        LearningRateScaling scaling = LearningRateScaling.linear(8);
        MultiLayerNetwork expected = net(new Nesterovs(0.1, 0.9), new Adam(0.1));
        byHand(expected, scaling, Double.NaN, hidden, output);
        MultiLayerNetwork actual = net(
                Nesterovs.builder().learningRateSchedule(hidden).momentum(0.9).build(), new Adam(output));
        DynamicBatchIterator batches = scaled(scaling, 100);
        batches.attachTo(actual);
        actual.fit(batches, 3);

        assertClose(actual.params(), expected.params());
        IUpdater after = actual.getLayer(1).conf().getLayer().getUpdaterByParam("W");
        assertThat(after).isEqualTo(new Adam(output));
    }

    @Test
    void anAccumulatedBatchHasTheRateOfTheWhole() {
        LearningRateScaling scaling = LearningRateScaling.linear(8);
        MultiLayerNetwork expected = net(new Adam(0.02), new Adam(0.02));
        byHand(expected, scaling, 0.02, null, null);
        MultiLayerNetwork actual = net(new Adam(0.02), new Adam(0.02));
        DynamicBatchIterator batches = scaled(scaling, 3);
        batches.attachTo(actual);
        actual.fit(batches, 3);

        assertThat(actual.params().distance2(expected.params())
                        / expected.params().norm2Number().doubleValue())
                .isLessThan(1e-11);
    }

    /** Listeners see the scaled rate during the pass, and the user's own when the iteration is done. */
    @Test
    void theConfigurationShowsTheRateWhileItCounts() {
        MultiLayerNetwork net = net(new Sgd(0.1), new Sgd(0.1));
        List<Double> during = new ArrayList<>();
        List<Double> after = new ArrayList<>();
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(8), 100);
        batches.attachTo(net);
        net.addListeners(new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model model) {
                during.add(rate());
            }

            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                after.add(rate());
            }

            private double rate() {
                return net.getLayer(0).conf().getLayer().getUpdaterByParam("W").getLearningRate(0, 0);
            }
        });
        net.fit(batches, 2);

        assertThat(during).containsExactly(0.05, 0.05, 0.05, 0.05, 0.05, 0.125, 0.125);
        assertThat(after).containsOnly(0.1);
    }

    /** Updaters that keep their rate beside a schedule, and one that forgets it. */
    static Stream<Supplier<IUpdater>> ratesAndSchedules() {
        return Stream.of(
                () -> new Sgd(0.1),
                () -> new Nesterovs(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9), 0.9),
                () -> new Adam(new StepSchedule(ScheduleType.EPOCH, 0.2, 0.5, 1)),
                () -> new ForgetfulSgd(0.1));
    }

    /** As some updaters do (this pack's AdaGrad family): with a schedule, the rate is NaN. */
    public static final class ForgetfulSgd extends Sgd {

        private static final long serialVersionUID = 1L;

        public ForgetfulSgd() {
            this(0.1);
        }

        ForgetfulSgd(double rate) {
            super(rate);
        }

        @Override
        public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
            super.setLrAndSchedule(lrSchedule == null ? lr : Double.NaN, lrSchedule);
        }

        @Override
        public Sgd clone() {
            ForgetfulSgd copy = new ForgetfulSgd();
            copy.setLrAndSchedule(getLearningRate(), getLearningRateSchedule());
            return copy;
        }
    }

    /** What a user sees of the rates: configuration, files, copies, both ways of asking. */
    private static void assertOwnRates(MultiLayerNetwork net, Supplier<IUpdater> updater) throws IOException {
        int iteration = net.getIterationCount();
        int epoch = net.getEpochCount();
        IUpdater live = net.getLayer(0).conf().getLayer().getUpdaterByParam("W");
        assertThat(live.getLearningRate(iteration, epoch))
                .isEqualTo(updater.get().getLearningRate(iteration, epoch));
        assertThat(net.getLearningRate(0)).isEqualTo(updater.get().getLearningRate(iteration, epoch));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        for (MultiLayerNetwork copy : List.of(loaded, net.clone())) {
            IUpdater saved = copy.getLayer(0).conf().getLayer().getUpdaterByParam("W");
            for (int later = 0; later < 5; later++) {
                assertThat(saved.getLearningRate(iteration + later, epoch + later))
                        .isEqualTo(updater.get().getLearningRate(iteration + later, epoch + later));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ratesAndSchedules")
    void aPassWithoutUpdateLeavesTheRatesAlone(Supplier<IUpdater> updater) throws IOException {
        MultiLayerNetwork net = net(updater.get(), updater.get());
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(8), 100);
        batches.attachTo(net);
        net.fit(batches.next());
        IUpdater before =
                net.getLayer(0).conf().getLayer().getUpdaterByParam("W").clone();
        String json = net.getLayerWiseConfigurations().toJson();
        DataSet batch = Nets.data(5).get(0);
        net.setInput(batch.getFeatures());
        net.setLabels(batch.getLabels());
        net.computeGradientAndScore();

        assertThat(withoutCounts(net.getLayerWiseConfigurations().toJson())).isEqualTo(withoutCounts(json));
        assertThat(net.getLayer(0).conf().getLayer().getUpdaterByParam("W")).isEqualTo(before);
        assertOwnRates(net, updater);
    }

    /** After the forward pass, in the backward pass, and between it and the update. */
    @ParameterizedTest
    @MethodSource("ratesAndSchedules")
    void aPassThatFailsLeavesTheRatesAlone(Supplier<IUpdater> updater) throws IOException {
        for (String when : List.of("forward", "backward", "gradient", "labels")) {
            MultiLayerNetwork net = net(updater.get(), updater.get());
            DynamicBatchIterator batches = scaled(LearningRateScaling.linear(8), 100);
            batches.attachTo(net);
            net.fit(batches.next());
            String json = net.getLayerWiseConfigurations().toJson();
            IUpdater before =
                    net.getLayer(0).conf().getLayer().getUpdaterByParam("W").clone();
            Bomb bomb = new Bomb(when);
            net.addListeners(bomb);
            DataSet batch = batches.next();
            if (when.equals("labels")) {
                batch = new DataSet(batch.getFeatures(), Nd4j.ones(DataType.DOUBLE, batch.numExamples(), 7));
            }
            DataSet given = batch;
            assertThatThrownBy(() -> net.fit(given)).as(when).isInstanceOf(RuntimeException.class);

            assertOwnRates(net, updater);
            if (!(updater.get() instanceof ForgetfulSgd)) {
                // That one shows its rate as a schedule that is fixed.
                assertThat(net.getLayer(0).conf().getLayer().getUpdaterByParam("W"))
                        .as(when)
                        .isEqualTo(before);
                assertThat(withoutCounts(net.getLayerWiseConfigurations().toJson()))
                        .as(when)
                        .isEqualTo(withoutCounts(json));
            }
            // And training goes on.
            bomb.disarmed = true;
            batches.reset();
            net.fit(batches);
            assertThat(withoutCounts(net.getLayerWiseConfigurations().toJson()))
                    .as(when)
                    .isEqualTo(withoutCounts(json));
            assertOwnRates(net, updater);
        }
    }

    /** Throws in a pass. */
    private static final class Bomb extends BaseTrainingListener {

        private final String when;
        private boolean disarmed;

        Bomb(String when) {
            this.when = when;
        }

        private void at(String hook) {
            if (hook.equals(when) && !disarmed) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            at("forward");
        }

        @Override
        public void onBackwardPass(Model model) {
            at("backward");
        }

        @Override
        public void onGradientCalculation(Model model) {
            at("gradient");
        }
    }

    @Test
    void withBatchesOfOnesOwn() {
        ComputationGraph scaled = Nets.graph();
        scaled.addListeners(new UpdateListener(LearningRateScaling.linear(6), null));
        ComputationGraph expected = Nets.graph();
        for (DataSet batch : Nets.data(6, 3, 12)) {
            scaled.fit(batch);
            expected.setLearningRate(0.1 * batch.numExamples() / 6);
            expected.fit(batch);
        }

        assertClose(scaled.params(), expected.params());
    }

    @Test
    void otherListenersSeeTheRateOfBatchesOfOnesOwn() {
        MultiLayerNetwork net = net(new Sgd(0.1), new Sgd(0.1));
        List<Double> seen = new ArrayList<>();
        net.setListeners(new UpdateListener(LearningRateScaling.linear(6), null), new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model model) {
                seen.add(
                        net.getLayer(0).conf().getLayer().getUpdaterByParam("W").getLearningRate(0, 0));
            }
        });
        for (DataSet batch : Nets.data(6, 3, 12)) {
            net.fit(batch);
        }

        assertThat(seen).containsExactly(0.1, 0.05, 0.2);
    }

    @Test
    void takenOffItIsGone() {
        MultiLayerNetwork net = Nets.mlp();
        net.addListeners(new UpdateListener(LearningRateScaling.linear(1), null));
        net.setListeners();
        MultiLayerNetwork expected = Nets.mlp();
        MultiLayerNetwork used = Nets.mlp();
        UpdateListener listener = new UpdateListener(LearningRateScaling.linear(1), null);
        listener.prepare(used);
        for (DataSet batch : Nets.data(6, 3, 12)) {
            net.fit(batch);
            used.fit(batch);
            expected.fit(batch);
        }

        assertThat(net.params()).isEqualTo(expected.params());
        assertThat(used.params()).isEqualTo(expected.params());
    }

    @Test
    void updatersWithoutARateCannotBeScaled() {
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(8), 100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> batches.attachTo(net(new AdaDelta(), new AdaDelta())))
                .withMessageContaining("AdaDelta");
        // One of them suffices.
        scaled(LearningRateScaling.linear(8), 100).attachTo(net(new AdaDelta(), new Sgd(0.1)));
    }

    /** Between updates the configuration is the user's own, with whatever may be done to it there. */
    @ParameterizedTest
    @MethodSource("ratesAndSchedules")
    void aRateSetOnTheConfigurationStays(Supplier<IUpdater> updater) {
        MultiLayerNetwork net = net(updater.get(), updater.get());
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(4), 100);
        batches.attachTo(net);
        net.fit(batches);

        for (Layer layer : net.getLayers()) {
            ((BaseLayer) layer.conf().getLayer()).getIUpdater().setLrAndSchedule(0.05, null);
        }
        net.fit(batches);

        for (Layer layer : net.getLayers()) {
            IUpdater own = ((BaseLayer) layer.conf().getLayer()).getIUpdater();
            assertThat(own.getLearningRate(0, 0)).isEqualTo(0.05);
        }
    }

    @Test
    void aRateOfZeroSetOnTheConfigurationTrainsNothing() {
        MultiLayerNetwork net = net(new Sgd(0.1), new Sgd(0.1));
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(4), 100);
        batches.attachTo(net);
        net.fit(batches);

        for (Layer layer : net.getLayers()) {
            ((Sgd) ((BaseLayer) layer.conf().getLayer()).getIUpdater()).setLearningRate(0);
        }
        INDArray before = net.params().dup();
        net.fit(batches);

        // Weight decay is multiplied by the rate, too.
        assertThat(net.params()).isEqualTo(before);
    }

    /** A schedule that the program moves by hand. */
    public static final class ByHand implements ISchedule {

        private static final long serialVersionUID = 1L;

        @JsonProperty("rate")
        double rate = 0.1;

        @Override
        public double valueAt(int iteration, int epoch) {
            return rate;
        }

        @Override
        public ISchedule clone() {
            return this;
        }
    }

    /** After a pass of a fit that failed. */
    private static DynamicBatchIterator failedPass(MultiLayerNetwork net) {
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(2), 100);
        batches.attachTo(net);
        Bomb bomb = new Bomb("backward");
        net.addListeners(bomb);
        assertThatThrownBy(() -> net.fit(batches)).hasMessage("on purpose");
        bomb.disarmed = true;
        return batches;
    }

    /** DL4J's setLearningRate leaves the schedule where it is, so the one that the failed pass has left there, too. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRateOfZeroSetAfterAFailedPassTrainsNothing(boolean forgetful) {
        Supplier<Sgd> updater = () -> forgetful ? new ForgetfulSgd(0.1) : new Sgd(0.1);
        MultiLayerNetwork net = net(updater.get(), updater.get());
        DynamicBatchIterator batches = failedPass(net);
        for (Layer layer : net.getLayers()) {
            ((Sgd) ((BaseLayer) layer.conf().getLayer()).getIUpdater()).setLearningRate(0);
        }
        assertThat(net.getLearningRate(0)).isZero();

        INDArray before = net.params().dup();
        net.fit(batches);

        assertThat(net.params()).isEqualTo(before);
        for (Layer layer : net.getLayers()) {
            Sgd own = (Sgd) ((BaseLayer) layer.conf().getLayer()).getIUpdater();
            assertThat(own.getLearningRate()).isZero();
            assertThat(own.getLearningRateSchedule()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("ratesAndSchedules")
    void aRateSetAfterAFailedPassIsScaled(Supplier<IUpdater> updater) {
        MultiLayerNetwork net = net(updater.get(), updater.get());
        MultiLayerNetwork expected = net(updater.get(), updater.get());
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(2), 100);
        DynamicBatchIterator same = scaled(LearningRateScaling.linear(2), 100);
        batches.attachTo(net);
        same.attachTo(expected);
        Bomb bomb = new Bomb("backward");
        net.addListeners(bomb);
        DataSet first = batches.next();
        assertThatThrownBy(() -> net.fit(first)).hasMessage("on purpose");
        bomb.disarmed = true;
        for (MultiLayerNetwork each : List.of(net, expected)) {
            for (Layer layer : each.getLayers()) {
                ((BaseLayer) layer.conf().getLayer()).getIUpdater().setLrAndSchedule(0.01, null);
            }
        }

        net.fit(first);
        expected.fit(same.next());

        assertThat(net.params()).isEqualTo(expected.params());
    }

    /** Which shares its updaters, as DL4J makes clones. */
    @ParameterizedTest
    @MethodSource("ratesAndSchedules")
    void aCloneIsScaledAfterAFailedPass(Supplier<IUpdater> updater) {
        MultiLayerNetwork net = net(updater.get(), updater.get());
        MultiLayerNetwork expected = net(updater.get(), updater.get());
        MultiLayerNetwork clone = net.clone();
        failedPass(net);
        for (MultiLayerNetwork each : List.of(clone, expected)) {
            DynamicBatchIterator batches = scaled(LearningRateScaling.linear(2), 100);
            batches.attachTo(each);
            each.fit(batches);
        }

        assertThat(clone.params()).isEqualTo(expected.params());
    }

    /** Asks on another thread, whenever it is asked, for the rate that a clone would train with there. */
    private static final class Asking implements ISchedule {

        private static final long serialVersionUID = 1L;

        private final transient List<Double> seen = new ArrayList<>();
        private transient IUpdater ofClone;
        private transient Thread asks;

        @Override
        public double valueAt(int iteration, int epoch) {
            if (ofClone != null && Thread.currentThread() != asks) {
                asks = new Thread(() -> seen.add(ofClone.getLearningRate(0, 0)));
                asks.start();
                try {
                    asks.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return 0.1;
        }

        @Override
        public ISchedule clone() {
            return this;
        }
    }

    /** DL4J's clones share the updaters' configurations. */
    @Test
    void aCloneThatTrainsOnAnotherThreadMeanwhileHasTheUsersRate() {
        Asking schedule = new Asking();
        MultiLayerNetwork net = net(new Sgd(schedule), new Sgd(schedule));
        MultiLayerNetwork clone = net.clone();
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(2), 100);
        batches.attachTo(net);
        schedule.ofClone = ((BaseLayer) clone.getLayer(0).conf().getLayer()).getIUpdater();
        net.fit(batches);

        assertThat(schedule.seen).isNotEmpty().containsOnly(0.1);
    }

    @Test
    void aScheduleStaysTheUsersOwnObject() {
        ByHand schedule = new ByHand();
        MultiLayerNetwork net = net(new Sgd(schedule), new Adam(schedule));
        DynamicBatchIterator batches = scaled(LearningRateScaling.linear(4), 100);
        batches.attachTo(net);
        net.fit(batches);
        assertThat(((Sgd) ((BaseLayer) net.getLayer(0).conf().getLayer()).getIUpdater()).getLearningRateSchedule())
                .isSameAs(schedule);

        schedule.rate = 0;
        INDArray before = net.params().dup();
        net.fit(batches);

        assertThat(net.params()).isEqualTo(before);
    }
}
