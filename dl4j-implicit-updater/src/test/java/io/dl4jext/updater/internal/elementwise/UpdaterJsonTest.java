package io.dl4jext.updater.internal.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.adagrad.DualAveraging;
import io.dl4jext.adagrad.MadGrad;
import io.dl4jext.entropysgd.EntropySgd;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.SerializationFeature;

/** The JSON of saved networks, letter by letter: what is written today has to be read by later versions. */
class UpdaterJsonTest {

    private static final ObjectMapper MAPPER =
            NeuralNetConfiguration.mapper().copy().disable(SerializationFeature.INDENT_OUTPUT);

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of(
                        AdaGradPresets.windowed(4)
                                .learningRate(0.05)
                                .initialAccumulator(0.2)
                                .momentum(0.5)
                                .build(),
                        "{'@class':'io.dl4jext.adagrad.AdaGradFamily','accumulation':'WINDOW','accumulatorDecay':1.0,"
                                + "'epsilon':1.0E-8,'epsilonPlace':'INSIDE_ROOT','initialAccumulator':0.2,'l1':0.0,"
                                + "'l2':0.0,'learningRate':0.05,'learningRateDecay':0.0,'momentum':0.5,"
                                + "'scope':'PARAMETER','window':4}"),
                Arguments.of(
                        DualAveraging.builder()
                                .learningRate(0.1)
                                .l1(0.01)
                                .l2(0.02)
                                .build(),
                        "{'@class':'io.dl4jext.adagrad.DualAveraging','centre':'ZERO','initialAccumulator':0.1,"
                                + "'l1':0.01,'l2':0.02,'learningRate':0.1}"),
                Arguments.of(
                        MadGrad.builder().momentum(0.8).build(),
                        "{'@class':'io.dl4jext.adagrad.MadGrad','epsilon':1.0E-6,'learningRate':0.01,'momentum':0.8}"),
                Arguments.of(
                        AcceleratedSgd.builder().learningRate(0.1).longStep(100).build(),
                        "{'@class':'io.dl4jext.acceleratedsgd.AcceleratedSgd','advantage':10.0,'learningRate':0.1,"
                                + "'longStep':100.0}"),
                Arguments.of(
                        EntropySgd.builder()
                                .learningRate(0.5)
                                .scopeGrowth(0.001)
                                .seed(7)
                                .build(),
                        "{'@class':'io.dl4jext.entropysgd.EntropySgd','averaging':0.75,'innerRate':0.1,'innerSteps':5,"
                                + "'learningRate':0.5,'noise':1.0E-4,'scope':0.01,'scopeGrowth':0.001,'seed':7}"),
                Arguments.of(
                        MadGrad.builder().learningRateSchedule(schedule()).build(),
                        "{'@class':'io.dl4jext.adagrad.MadGrad','epsilon':1.0E-6,'learningRate':'NaN',"
                                + "'learningRateSchedule':{'@class':'org.nd4j.linalg.schedule.StepSchedule',"
                                + "'decayRate':0.5,'initialValue':0.1,'scheduleType':'ITERATION','step':10.0},"
                                + "'momentum':0.9}"));
    }

    private static ISchedule schedule() {
        return new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 10);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isReadAndWrittenAsEver(RatedUpdater updater, String single) throws Exception {
        String json = single.replace('\'', '"');
        assertThat(MAPPER.readTree(MAPPER.writeValueAsString(updater))).isEqualTo(MAPPER.readTree(json));
        IUpdater read = MAPPER.readValue(json, IUpdater.class);
        assertThat(read).isEqualTo(updater).hasSameHashCodeAs(updater).hasToString(updater.toString());
    }

    /** The copy is equal, and has a rate and a schedule of its own. */
    @ParameterizedTest
    @MethodSource("cases")
    void aCopyIsIndependent(RatedUpdater updater, String json) {
        RatedUpdater copy = updater.clone();
        assertThat(copy).isEqualTo(updater).isNotSameAs(updater).hasSameClassAs(updater);
        if (updater.getLearningRateSchedule() != null) {
            assertThat(copy.getLearningRateSchedule())
                    .isEqualTo(updater.getLearningRateSchedule())
                    .isNotSameAs(updater.getLearningRateSchedule());
        }
        copy.setLearningRate(0.125);
        assertThat(copy.getLearningRate(3, 1)).isEqualTo(0.125);
        assertThat(updater).isNotEqualTo(copy);
    }
}
