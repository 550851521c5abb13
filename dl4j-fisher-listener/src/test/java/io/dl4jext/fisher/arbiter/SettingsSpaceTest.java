package io.dl4jext.fisher.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.generator.GridSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.FixedValue;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.integer.IntegerParameterSpace;
import org.deeplearning4j.arbiter.optimize.serde.jackson.JsonMapper;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

class SettingsSpaceTest {

    private static final SettingsSpace<IUpdater> ADAM = SettingsSpace.of(
                    IUpdater.class, new Adam(1e-3, 0.8, 0.99, 1e-7))
            .search("learningRate", new ContinuousParameterSpace(0.1, 0.3))
            .search("beta1", new DiscreteParameterSpace<>(0.5, 0.9));

    /** A generator gives the leaves their indices. */
    private static <T> ParameterSpace<T> drawnFrom(ParameterSpace<T> space) {
        new RandomSearchGenerator(space);
        return space;
    }

    @SuppressWarnings("unchecked")
    private static <T> ParameterSpace<T> throughJson(ParameterSpace<T> space) throws Exception {
        return (ParameterSpace<T>) JsonMapper.getMapper()
                .readValue(JsonMapper.getMapper().writeValueAsString(space), ParameterSpace.class);
    }

    @Test
    void whatIsNotSearchedStays() {
        assertThat(drawnFrom(ADAM).getValue(new double[] {0.25, 0.9})).isEqualTo(new Adam(0.15, 0.9, 0.99, 1e-7));
        assertThat(ADAM.getValue(new double[] {1, 0})).isEqualTo(new Adam(0.3, 0.5, 0.99, 1e-7));
        assertThat(ADAM.numParameters()).isEqualTo(2);
    }

    @Test
    void aSpaceOfNothingSearchedIsItsSettings() {
        SettingsSpace<IUpdater> space = SettingsSpace.of(IUpdater.class, new Sgd(0.1));
        assertThat(space.numParameters()).isZero();
        assertThat(space.getValue(new double[0])).isEqualTo(new Sgd(0.1));
    }

    @Test
    void settingsWithinSettingsAreSearched() {
        SettingsSpace<ISchedule> steps = SettingsSpace.of(
                        ISchedule.class, new StepSchedule(ScheduleType.EPOCH, 1, 0.5, 10))
                .search("initialValue", new ContinuousParameterSpace(1, 3));
        ParameterSpace<IUpdater> nesterovs = drawnFrom(SettingsSpace.of(IUpdater.class, new Nesterovs(0.1, 0.9))
                .search("learningRateSchedule", steps)
                .search("momentum", new ContinuousParameterSpace(0, 1)));
        Nesterovs drawn = (Nesterovs) nesterovs.getValue(new double[] {0.5, 0.25});
        assertThat(drawn.getLearningRateSchedule()).isEqualTo(new StepSchedule(ScheduleType.EPOCH, 2, 0.5, 10));
        assertThat(drawn.getMomentum()).isEqualTo(0.25);
    }

    @Test
    void readBackFromJsonItDrawsTheSame() throws Exception {
        ParameterSpace<IUpdater> choice = drawnFrom(ChoiceSpace.of(
                ADAM,
                SettingsSpace.of(IUpdater.class, new Sgd(0.1)),
                ChoiceSpace.of(IUpdater.class, new Nesterovs(0.2, 0.5), new Nesterovs(0.3, 0.5))));
        ParameterSpace<IUpdater> read = throughJson(choice);
        assertThat(read).isEqualTo(choice).hasSameHashCodeAs(choice);
        for (double a = 0.05; a < 1; a += 0.1) {
            for (double b = 0.05; b < 1; b += 0.3) {
                double[] values = {a, b, 1 - b, b};
                assertThat(read.getValue(values)).isEqualTo(choice.getValue(values));
            }
        }
    }

    @Test
    void aSharedSpaceOfValuesStaysOneParameter() throws Exception {
        ContinuousParameterSpace rate = new ContinuousParameterSpace(0.1, 0.3);
        ParameterSpace<IUpdater> choice = ChoiceSpace.of(
                SettingsSpace.of(IUpdater.class, new Sgd(0.1)).search("learningRate", rate),
                SettingsSpace.of(IUpdater.class, new Adam(0.1)).search("learningRate", rate));
        assertThat(choice.numParameters()).isEqualTo(2);
        RandomSearchGenerator drawing = new RandomSearchGenerator(choice);
        assertThat(choice.numParameters()).isEqualTo(2);
        RandomSearchGenerator read = JsonMapper.getMapper()
                .readValue(JsonMapper.getMapper().writeValueAsString(drawing), RandomSearchGenerator.class);
        assertThat(read.getParameterSpace().numParameters()).isEqualTo(2);
        drawing.setRngSeed(4);
        read.setRngSeed(4);
        for (int i = 0; i < 10; i++) {
            assertThat(((Candidate<?>) read.getCandidate()).getValue())
                    .isEqualTo(((Candidate<?>) drawing.getCandidate()).getValue());
        }
        // On its own it forgets what was one: a generator numbers what it finds.
        assertThat(drawnFrom(throughJson(choice)).numParameters()).isEqualTo(3);
    }

    @Test
    void everyAlternativeIsDrawnAsOften() {
        ParameterSpace<IUpdater> choice =
                drawnFrom(ChoiceSpace.of(IUpdater.class, new Sgd(1), new Sgd(2), new Sgd(3), new Sgd(4)));
        for (int i = 0; i < 100; i++) {
            assertThat(choice.getValue(new double[] {(i + 0.5) / 100})).isEqualTo(new Sgd(1 + i / 25));
        }
    }

    @Test
    void aGridMeetsEveryAlternative() {
        GridSearchCandidateGenerator grid = new GridSearchCandidateGenerator(
                ChoiceSpace.of(SettingsSpace.of(IUpdater.class, new Sgd(0.1)), ADAM),
                3,
                GridSearchCandidateGenerator.Mode.Sequential,
                Map.of());
        assertThat(grid.getTotalNumCandidates()).isEqualTo(2 * 3 * 2);
        int adam = 0;
        while (grid.hasMoreCandidates()) {
            adam += ((Candidate<?>) grid.getCandidate()).getValue() instanceof Adam ? 1 : 0;
        }
        assertThat(adam).isEqualTo(6);
    }

    /** SimpleRnn is a layer that Arbiter has no space for. */
    @Test
    void layersThatArbiterDoesNotKnow() throws Exception {
        MultiLayerSpace network = new MultiLayerSpace.Builder()
                .seed(1)
                .updater(ADAM)
                .addLayer(SettingsLayerSpace.of(SettingsSpace.of(
                                Layer.class,
                                new SimpleRnn.Builder()
                                        .nIn(3)
                                        .nOut(4)
                                        .activation(Activation.TANH)
                                        .build())
                        .search("nout", new IntegerParameterSpace(4, 8))))
                .addLayer(new OutputLayerSpace.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .build();
        RandomSearchGenerator generator = new RandomSearchGenerator(network);
        assertThat(network.numParameters()).isEqualTo(3);
        MultiLayerSpace read = MultiLayerSpace.fromJson(network.toJson());
        for (int i = 0; i < 10; i++) {
            Candidate<?> candidate = generator.getCandidate();
            DL4JConfiguration drawn = (DL4JConfiguration) candidate.getValue();
            BaseLayer rnn =
                    (BaseLayer) drawn.getMultiLayerConfiguration().getConf(0).getLayer();
            assertThat(((FeedForwardLayer) rnn).getNOut()).isBetween(4L, 8L);
            assertThat(rnn.getIUpdater()).isInstanceOf(Adam.class);
            assertThat(read.getValue(candidate.getFlatParameters())).isEqualTo(drawn);
        }
    }

    @Test
    void unknownPropertiesAreRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> ADAM.search("learnRate", new ContinuousParameterSpace(0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Adam has no property learnRate")
                .hasMessageContaining("beta1, beta2, epsilon, learningRate, learningRateSchedule");
    }

    @Test
    void whatTheSettingsRefuseIsRefusedWithTheValue() {
        ParameterSpace<IUpdater> wrong = drawnFrom(SettingsSpace.of(IUpdater.class, new Sgd(0.1))
                .search("learningRate", new DiscreteParameterSpace<>("fast", "slow")));
        assertThatThrownBy(() -> wrong.getValue(new double[] {0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No Sgd with")
                .hasMessageContaining("\"fast\"");
    }

    @Test
    void whatJacksonWouldBendIsRefused() {
        ParameterSpace<Layer> fraction = drawnFrom(SettingsSpace.of(
                        Layer.class, new SimpleRnn.Builder().nIn(3).nOut(4).build())
                .search("nout", new DiscreteParameterSpace<>(7.9, 7.0)));
        assertThatThrownBy(() -> fraction.getValue(new double[] {0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected a value that SimpleRnn can have as nout, got 7.9");
        assertThat(((FeedForwardLayer) fraction.getValue(new double[] {1})).getNOut())
                .isEqualTo(7);
        ParameterSpace<IUpdater> nothing = drawnFrom(
                SettingsSpace.of(IUpdater.class, new Sgd(0.1)).search("learningRate", new FixedValue<>(null)));
        assertThatThrownBy(() -> nothing.getValue(new double[0])).hasMessageContaining("as learningRate, got null");
    }

    @Test
    void readBackItIsEqual() throws Exception {
        ParameterSpace<Layer> layers = SettingsSpace.of(
                        Layer.class, new SimpleRnn.Builder().nIn(3).nOut(4).build())
                .search("nout", new IntegerParameterSpace(4, 8));
        assertThat(throughJson(layers)).isEqualTo(layers);
    }

    @Test
    void aSpaceIsFoundWhereItIsUsed() {
        SettingsSpace<IUpdater> sgd = SettingsSpace.of(IUpdater.class, new Sgd(0.1));
        ParameterSpace<IUpdater> choice = drawnFrom(ChoiceSpace.of(ADAM, ChoiceSpace.of(sgd, ADAM)));
        assertThat(CompositeSpace.find(SettingsSpace.class, choice, new double[] {0.9, 0, 0, 0}))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(sgd));
        assertThat(CompositeSpace.find(SettingsSpace.class, choice, new double[] {0, 0, 0, 0}))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(ADAM));
        assertThat(CompositeSpace.find(SettingsLayerSpace.class, choice, new double[] {0, 0, 0, 0}))
                .isEmpty();
    }

    @Test
    void nothingIsRefused() {
        ISchedule lambda = new ISchedule() {
            @Override
            public double valueAt(int iteration, int epoch) {
                return 1;
            }

            @Override
            public ISchedule clone() {
                return this;
            }
        };
        List.<Runnable>of(
                        () -> SettingsSpace.of(IUpdater.class, null),
                        () -> SettingsSpace.of(null, new Sgd(0.1)),
                        () -> SettingsSpace.of(ISchedule.class, lambda),
                        () -> ADAM.search("beta1", null),
                        () -> ADAM.search(null, new FixedValue<>(1)),
                        () -> ChoiceSpace.of(ADAM),
                        () -> ChoiceSpace.of(ADAM, null),
                        () -> SettingsLayerSpace.of(null))
                .forEach(call -> assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("Expected"));
    }
}
