package io.dl4jext.updater.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradFamily;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.adagrad.DualAveraging;
import io.dl4jext.adagrad.MadGrad;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import io.dl4jext.schedule.WarmUpSchedule;
import java.io.IOException;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Configuration JSON is checked as builders check, though DL4J's mapper would take anything. */
class SettingsTest {

    private static final ObjectMapper DL4J = NeuralNetConfiguration.mapper();

    static Stream<Object> all() {
        return Configurations.ALL.stream();
    }

    @Test
    void everyClassIsTested() {
        assertThat(new ClassFileImporter()
                                .withImportOption(location ->
                                        !location.contains("/test-classes/") && !location.contains("fisher-listener"))
                                .importPackages("io.dl4jext")
                                .stream()
                                .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                                .filter(type -> Configurations.KINDS.stream()
                                        .anyMatch(kind -> kind.isAssignableFrom(type.reflect())))
                                .map(JavaClass::getName)
                                // Made for a network, and in no configuration.
                                .filter(name -> !name.equals("io.dl4jext.implicit.WhereTrained")))
                .containsOnly(all().map(each -> each.getClass().getName()).toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("all")
    void readsWhatIsWritten(Object configuration) throws IOException {
        Class<?> kind = Configurations.kind(configuration);
        for (ObjectMapper mapper : new ObjectMapper[] {DL4J, new ObjectMapper()}) {
            if (mapper == DL4J || !(configuration instanceof Layer)) {
                Object read = mapper.readValue(mapper.writeValueAsString(configuration), kind);
                assertThat(read).isEqualTo(configuration);
            }
        }
    }

    static Stream<IUpdater> byDefault() {
        return Stream.of(
                AcceleratedSgd.builder().learningRate(0.1).build(),
                AdaGradFamily.builder().learningRate(0.1).build(),
                DualAveraging.builder().learningRate(0.1).build(),
                EntropySgd.builder().learningRate(0.1).build(),
                MadGrad.builder().learningRate(0.1).build(),
                new ImplicitSgd(0.1));
    }

    @ParameterizedTest
    @MethodSource("byDefault")
    void whatIsMissingIsTheBuildersDefault(IUpdater updater) throws IOException {
        String json = "{\"@class\":\"" + updater.getClass().getName() + "\",\"learningRate\":0.1}";
        assertThat(DL4J.readValue(json, IUpdater.class)).isEqualTo(updater);
    }

    @Test
    void ratesAndSteepnessHaveTheirDefaultsToo() throws IOException {
        assertThat(DL4J.readValue("{\"@class\":\"io.dl4jext.adagrad.MadGrad\"}", IUpdater.class))
                .isEqualTo(MadGrad.builder().build());
        assertThat(DL4J.readValue("{\"@class\":\"io.dl4jext.implicit.ImplicitSgd\"}", IUpdater.class))
                .isEqualTo(new ImplicitSgd());
        ISchedule annealing = new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 0.01, 9);
        String json = DL4J.writeValueAsString(annealing).replaceAll(",\\s*\"steepness\" *: *10.0", "");
        assertThat(json).doesNotContain("steepness");
        assertThat(DL4J.readValue(json, ISchedule.class)).isEqualTo(annealing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "acceleratedsgd.AcceleratedSgd | 'longStep':5 | expected a learning rate or a schedule, got none",
                "adagrad.MadGrad | 'momentum':null | Expected momentum to be a number, got null",
                "adagrad.MadGrad | 'momentum':'0.5' | Expected momentum to be a number, got \"0.5\"",
                "adagrad.MadGrad | 'momentum':[] | Expected momentum to be a number, got []",
                "adagrad.MadGrad | 'momentum':1.5 | expected 0 ≤ momentum < 1, got 1.5",
                "adagrad.MadGrad | 'momentum':0.5,'momentum':0.6 | Expected one momentum, got 0.5 and 0.6",
                "adagrad.MadGrad | 'impetus':0.5 | Expected no setting impetus, got 0.5",
                "adagrad.MadGrad | 'learningRate':null | Expected learningRate to be a number, got null",
                "adagrad.MadGrad | 'learningRate':'NaN' | expected 0 ≤ learningRate < ∞, got NaN",
                "adagrad.MadGrad | 'learningRateSchedule':{} | Expected learningRateSchedule to be an object of type ISchedule with its @class, got {}",
                "adagrad.MadGrad | 'learningRateSchedule':{'@class':'java.lang.String'} | ISchedule with its @class, got \"java.lang.String\"",
                "adagrad.DualAveraging | 'learningRate':1,'centre':0 | Expected centre to be one of [ZERO, START], got 0",
                "adagrad.DualAveraging | 'learningRate':1,'centre':'0' | got \"0\"",
                "adagrad.DualAveraging | 'learningRate':1,'centre':'' | got \"\"",
                "adagrad.AdaGradFamily | 'window':4.5 | Expected window to be a whole number up to 2^31, got 4.5",
                "adagrad.AdaGradFamily | 'window':4 | expected window = 0 with SUM, got 4",
                "adagrad.AdaGradFamily | 'accumulation':'WINDOW','window':2147483647 | expected window ≤ 10000, got 2147483647",
                "entropysgd.EntropySgd | 'learningRate':1,'innerSteps':2147483648 | got 2147483648",
                "entropysgd.EntropySgd | 'learningRate':1,'seed':true | got true",
                "implicit.ImplicitSgd | 'explicitElsewhere':1 | Expected explicitElsewhere to be true or false, got 1",
                "implicit.ImplicitSgd | 'explicitElsewhere':true,'mu':1 | Expected mu = 0 with explicitElsewhere",
                "implicit.ImplicitSgd | 'batchMode':null | Expected batchMode to be one of [PER_SAMPLE, BATCH_SCALED], got null",
                "implicit.ImplicitSgd | 'rule':{'@class':'io.dl4jext.implicit.ImplicitSgd'} | Expected an explicit rule with a learning rate, got ImplicitSgd",
                "implicit.ImplicitSgd | 'rule':{'@class':'io.dl4jext.adagrad.MadGrad','epsilon':0} | rule: Cannot construct instance of `io.dl4jext.adagrad.MadGrad`, problem: MadGrad: expected 0 < epsilon",
            })
    void otherUpdatersAreRefused(String type, String settings, String message) {
        String json = ("{'@class':'io.dl4jext." + type + "'," + settings + "}").replace('\'', '"');
        assertThatThrownBy(() -> DL4J.readValue(json, IUpdater.class)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"hasBias\" : true | \"hasBias\" : null | Expected hasBias to be a value that is not read as false, got null",
                "\"hasBias\" : true | \"hasBias\" : \"true\" | hasBias",
                "\"hasBias\" : true | \"bias\" : true | Expected no setting bias, got true",
                "\"nin\" : 3 | \"nin\" : \"3\" | Expected nin to be a value that is not read as 3, got \"3\"",
                "\"nin\" : 3 | \"nin\" : 3.5 | nin",
                "\"gradientNormalization\" : null | \"gradientNormalization\" : 0 | gradientNormalization",
                "io.dl4jext.implicit.activation.ActivationArcTan | java.lang.String | Expected layerActivation to be an object of type IActivation with its @class, got \"java.lang.String\"",
            })
    void otherLayersAreRefused(String good, String bad, String message) throws IOException {
        String json = DL4J.writeValueAsString(Configurations.ALL.stream()
                .filter(ImplicitOutputLayer.class::isInstance)
                .findFirst()
                .orElseThrow());
        assertThat(json).contains(good);
        assertThatThrownBy(() -> DL4J.readValue(json.replace(good, bad), Layer.class))
                .hasMessageContaining(message);
    }

    @Test
    void aNetworkIsRefusedWithFieldAndValue() {
        String json = new NeuralNetConfiguration.Builder()
                .updater(ImplicitSgd.builder().mu(0.125).build())
                .list()
                .layer(new ImplicitDenseLayer.Builder().nIn(3).nOut(2).build())
                .layer(new ImplicitOutputLayer.Builder(LossFunction.MSE)
                        .nIn(2)
                        .nOut(2)
                        .build())
                .build()
                .toJson();
        assertThat(MultiLayerConfiguration.fromJson(json).toJson()).isEqualTo(json);
        assertThat(json).contains("\"mu\" : 0.125");
        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(json.replace("\"mu\" : 0.125", "\"mu\" : null")))
                .hasStackTraceContaining("Expected mu to be a number, got null");
    }

    @Test
    void aClassOfAnotherTypeIsNotInitialised() {
        String json = "{\"@class\":\"io.dl4jext.adagrad.MadGrad\",\"learningRateSchedule\":{\"@class\":\""
                + Trap.class.getName() + "\"}}";
        assertThatThrownBy(() -> DL4J.readValue(json, IUpdater.class)).hasMessageContaining("Trap");
        assertThat(System.getProperty(Trap.class.getName())).isNull();
    }

    @Test
    void nestingHasALimit() throws IOException {
        ISchedule nested = Configurations.LINEAR;
        for (int i = 0; i < 99; i++) {
            nested = new WarmUpSchedule(ScheduleType.EPOCH, 1, 0.5, nested);
        }
        assertThat(DL4J.readValue(DL4J.writeValueAsString(nested), ISchedule.class))
                .isEqualTo(nested);
        String schedule = "{\"@class\":\"io.dl4jext.schedule.BatchMomentumSchedule\",\"batchSizes\":";
        assertThatThrownBy(() -> DL4J.readValue(schedule.repeat(100_000), ISchedule.class))
                .hasMessageContaining("Expected at most 100 levels, got more");
        assertThatThrownBy(() -> DL4J.readValue(schedule + "[".repeat(1_000_000), ISchedule.class))
                .hasMessageContaining("Expected at most 100 levels, got more");
    }

    @Test
    void aWindowHasALimit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdaGradPresets.windowed(Integer.MAX_VALUE).build())
                .withMessageContaining("expected window ≤ 10000, got 2147483647");
        assertThat(AdaGradPresets.windowed(10_000).build().stateSize(1)).isEqualTo(10_000);
    }
}
