package io.dl4jext.implicit.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.fisher.arbiter.ChoiceSpace;
import io.dl4jext.fisher.arbiter.SettingsLayerSpace;
import io.dl4jext.fisher.arbiter.SettingsSpace;
import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.ImplicitSimpleRnn;
import io.dl4jext.implicit.activation.RootRule;
import io.dl4jext.schedule.BatchMomentumSchedule;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.schedule.MultiStepSchedule;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import io.dl4jext.schedule.WarmUpSchedule;
import java.util.stream.Stream;
import org.deeplearning4j.arbiter.ComputationGraphSpace;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.GraphConfiguration;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.conf.updater.SgdSpace;
import org.deeplearning4j.arbiter.layers.DenseLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.integer.IntegerParameterSpace;
import org.deeplearning4j.arbiter.optimize.serde.jackson.JsonMapper;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class ImplicitNetworkSpaceTest {

    private static ParameterSpace<IUpdater> implicitSgd() {
        return SettingsSpace.of(IUpdater.class, new ImplicitSgd(0.1))
                .search("learningRate", new ContinuousParameterSpace(0.1, 1.5))
                .search("mu", new ContinuousParameterSpace(0, 1e-2))
                .search("batchMode", new DiscreteParameterSpace<>(BatchMode.values()))
                .search("rootRule", new DiscreteParameterSpace<>(RootRule.values()))
                .search(
                        "rule",
                        ChoiceSpace.of(
                                IUpdater.class,
                                new Adam(1e-3),
                                AdaGradPresets.pyTorch().build()));
    }

    private static MultiLayerSpace.Builder layers() {
        return new MultiLayerSpace.Builder()
                .seed(1)
                .updater(new SgdSpace(new ContinuousParameterSpace(0.1, 0.2)))
                .addLayer(new DenseLayerSpace.Builder()
                        .nIn(3)
                        .nOut(new IntegerParameterSpace(4, 9))
                        .activation(Activation.RELU)
                        .build())
                .addLayer(new OutputLayerSpace.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .setInputType(InputType.feedForward(3));
    }

    @SuppressWarnings("unchecked")
    private static <T> ParameterSpace<T> throughJson(ParameterSpace<T> space) throws Exception {
        return (ParameterSpace<T>) JsonMapper.getMapper()
                .readValue(JsonMapper.getMapper().writeValueAsString(space), ParameterSpace.class);
    }

    @Test
    void candidatesAreConverted() throws Exception {
        MultiLayerSpace plain = layers().build();
        ParameterSpace<IUpdater> updater = implicitSgd();
        ImplicitNetworkSpace<DL4JConfiguration> space = ImplicitNetworkSpace.of(plain, updater);
        RandomSearchGenerator generator = new RandomSearchGenerator(space);
        assertThat(space.numParameters()).isEqualTo(2 + 5);
        ParameterSpace<DL4JConfiguration> read = throughJson(space);
        for (int i = 0; i < 20; i++) {
            Candidate<?> candidate = generator.getCandidate();
            double[] values = candidate.getFlatParameters();
            DL4JConfiguration drawn = (DL4JConfiguration) candidate.getValue();
            assertThat(drawn.getMultiLayerConfiguration())
                    .isEqualTo(
                            ImplicitBackprop.convert(plain.getValue(values).getMultiLayerConfiguration(), (ImplicitSgd)
                                            updater.getValue(values))
                                    .result());
            assertThat(read.getValue(values)).isEqualTo(drawn);
            new MultiLayerNetwork(drawn.getMultiLayerConfiguration()).init();
        }
    }

    @Test
    void graphsAreConverted() throws Exception {
        ComputationGraphSpace plain = new ComputationGraphSpace.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .addInputs("in")
                .setInputTypes(InputType.feedForward(3))
                .addLayer(
                        "out",
                        new OutputLayerSpace.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .lossFunction(LossFunction.MCXENT)
                                .build(),
                        "in")
                .setOutputs("out")
                .build();
        ImplicitNetworkSpace<GraphConfiguration> space = ImplicitNetworkSpace.of(plain, implicitSgd());
        GraphConfiguration drawn =
                (GraphConfiguration) ((Candidate<?>) new RandomSearchGenerator(space).getCandidate()).getValue();
        ComputationGraph graph = new ComputationGraph(drawn.getConfiguration());
        graph.init();
        assertThat(graph.getLayer("out").conf().getLayer()).isInstanceOf(ImplicitOutputLayer.class);
    }

    @Test
    void implicitLayersAreSearchedOneByOne() throws Exception {
        MultiLayerSpace space = new MultiLayerSpace.Builder()
                .seed(1)
                .updater(implicitSgd())
                .addLayer(SettingsLayerSpace.of(SettingsSpace.of(
                                Layer.class,
                                new ImplicitSimpleRnn.Builder()
                                        .nIn(3)
                                        .nOut(4)
                                        .activation(Activation.TANH)
                                        .build())
                        .search("nout", new IntegerParameterSpace(4, 8))))
                .addLayer(SettingsLayerSpace.of(SettingsSpace.of(
                        Layer.class,
                        new ImplicitDenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.RELU)
                                .build())))
                .addLayer(SettingsLayerSpace.of(SettingsSpace.of(
                                Layer.class,
                                new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                                        .nIn(5)
                                        .nOut(2)
                                        .activation(Activation.SOFTMAX)
                                        .build())
                        .search(
                                "layerActivation",
                                new org.deeplearning4j.arbiter.adapter.ActivationParameterSpaceAdapter(
                                        new DiscreteParameterSpace<>(Activation.RELU, Activation.TANH)))))
                .setInputType(InputType.recurrent(3))
                .build();
        RandomSearchGenerator generator = new RandomSearchGenerator(space);
        ParameterSpace<DL4JConfiguration> read = throughJson(space);
        for (int i = 0; i < 10; i++) {
            Candidate<?> candidate = generator.getCandidate();
            DL4JConfiguration drawn = (DL4JConfiguration) candidate.getValue();
            FeedForwardLayer rnn = (FeedForwardLayer)
                    drawn.getMultiLayerConfiguration().getConf(0).getLayer();
            assertThat(rnn.getNOut()).isBetween(4L, 8L);
            ImplicitOutputLayer out = (ImplicitOutputLayer)
                    drawn.getMultiLayerConfiguration().getConf(2).getLayer();
            assertThat(out.getLayerActivation())
                    .isIn(Activation.RELU.getActivationFunction(), Activation.TANH.getActivationFunction());
            assertThat(read.getValue(candidate.getFlatParameters())).isEqualTo(drawn);
        }
    }

    static Stream<IUpdater> updaters() {
        return Stream.of(
                new ImplicitSgd(0.3),
                AdaGradPresets.yotkov().learningRate(0.1).build(),
                AdaGradPresets.pyTorch().learningRate(0.1).build(),
                AdaGradPresets.keras().learningRate(0.1).build(),
                AdaGradPresets.tensorFlow().learningRate(0.1).build(),
                AdaGradPresets.optax().learningRate(0.1).build(),
                AdaGradPresets.dl4j().learningRate(0.1).build(),
                AdaGradPresets.norm().learningRate(0.1).build(),
                AdaGradPresets.normPerTensor().learningRate(0.1).build(),
                AdaGradPresets.windowed(5).learningRate(0.1).build(),
                AdaGradPresets.decayed(0.9).learningRate(0.1).build(),
                AdaGradPresets.withMomentum(0.9).learningRate(0.1).build(),
                AdaGradPresets.proximal().learningRate(0.1).build(),
                AdaGradPresets.dualAveraging().learningRate(0.1).build(),
                AdaGradPresets.madGrad().learningRate(0.1).build(),
                AcceleratedSgd.builder().learningRate(0.1).build(),
                EntropySgd.builder().learningRate(0.1).build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void everyUpdatersRateIsSearched(IUpdater updater) throws Exception {
        SettingsSpace<IUpdater> space = SettingsSpace.of(IUpdater.class, updater)
                .search("learningRate", new ContinuousParameterSpace(0.01, 0.5));
        new RandomSearchGenerator(space);
        IUpdater drawn = space.getValue(new double[] {1});
        assertThat(drawn).isExactlyInstanceOf(updater.getClass());
        IUpdater expected = updater.clone();
        expected.setLrAndSchedule(0.5, null);
        assertThat(drawn).isEqualTo(expected);
        assertThat(throughJson(space).getValue(new double[] {1})).isEqualTo(drawn);
    }

    static Stream<ISchedule> schedules() {
        MapSchedule sizes = new MapSchedule.Builder(ScheduleType.EPOCH)
                .add(0, 32)
                .add(3, 64)
                .build();
        return Stream.of(
                new LinearDecaySchedule(ScheduleType.EPOCH, 1, 0.1, 10),
                new MultiStepSchedule(ScheduleType.EPOCH, 1, 0.1, 3, 6),
                new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 1, 0.1, 10),
                new WarmUpSchedule(ScheduleType.EPOCH, 5, 0.1, new LinearDecaySchedule(ScheduleType.EPOCH, 1, 0.1, 10)),
                new BatchMomentumSchedule(sizes));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void schedulesAreSettings(ISchedule schedule) throws Exception {
        SettingsSpace<ISchedule> space = SettingsSpace.of(ISchedule.class, schedule);
        assertThat(throughJson(space).getValue(new double[0])).isEqualTo(schedule);
    }

    @Test
    void aScheduleIsSearchedWithinAnUpdater() {
        SettingsSpace<ISchedule> decay = SettingsSpace.of(
                        ISchedule.class, new LinearDecaySchedule(ScheduleType.EPOCH, 1, 0.1, 10))
                .search("initialValue", new ContinuousParameterSpace(1, 3))
                .search("length", new IntegerParameterSpace(5, 5));
        SettingsSpace<IUpdater> space =
                SettingsSpace.of(IUpdater.class, AdaGradPresets.keras().build()).search("learningRateSchedule", decay);
        new RandomSearchGenerator(space);
        IUpdater drawn = space.getValue(new double[] {0.5, 0.5});
        assertThat(drawn.getLearningRate(0, 0)).isEqualTo(2);
        assertThat(drawn.getLearningRate(0, 5)).isEqualTo(0.1);
    }

    @Test
    void otherUpdatersAreRefused() {
        ImplicitNetworkSpace<DL4JConfiguration> space =
                ImplicitNetworkSpace.of(layers().build(), SettingsSpace.of(IUpdater.class, new Sgd(0.1)));
        new RandomSearchGenerator(space);
        assertThatThrownBy(() -> space.getValue(new double[] {0.5, 0.5}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected an ImplicitSgd, got Sgd");
        assertThatThrownBy(() -> ImplicitNetworkSpace.of(null, implicitSgd())).hasMessageContaining("got null");
    }
}
