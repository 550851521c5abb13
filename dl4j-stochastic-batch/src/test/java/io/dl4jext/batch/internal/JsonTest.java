package io.dl4jext.batch.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.BatchRule;
import io.dl4jext.batch.control.InnerProductTest;
import io.dl4jext.batch.control.NoiseScale;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.stochastic.StochasticBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.CycleSchedule;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.InverseSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.SigmoidSchedule;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** What a file may name, and how deep it may go. */
class JsonTest {

    private static final String TRAP = "io.dl4jext.batch.internal.Trap";

    private static final ObjectMapper DL4J = NeuralNetConfiguration.mapper();

    static Stream<ISchedule> schedulesOfNd4j() {
        ScheduleType epoch = ScheduleType.EPOCH;
        return Stream.of(
                new CycleSchedule(epoch, 0.1, 0.5, 10, 2, 0.1),
                new ExponentialSchedule(epoch, 0.1, 0.9),
                new FixedSchedule(0.1),
                new InverseSchedule(epoch, 0.1, 0.5, 2),
                new MapSchedule(epoch, Map.of(0, 0.1, 5, 0.01)),
                new PolySchedule(epoch, 0.1, 2, 10),
                new SigmoidSchedule(epoch, 0.1, 0.5, 10),
                new StepSchedule(epoch, 0.1, 0.5, 10));
    }

    @ParameterizedTest
    @MethodSource("schedulesOfNd4j")
    void knowsSchedulesOfNd4j(ISchedule rate) {
        BatchSchedule schedule = BatchSchedule.insteadOfDecaying(rate, 32, 16, 64);
        assertThat(BatchSchedule.fromJson(schedule.toJson())).isEqualTo(schedule);
    }

    @Test
    void knowsEveryScheduleAndRule() {
        List<String> ours = new ClassFileImporter()
                        .withImportOption(location -> !location.contains("/test-classes/"))
                        .importPackages("io.dl4jext.batch")
                        .stream()
                        .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .filter(type ->
                                type.isAssignableTo(BatchSchedule.class) || type.isAssignableTo(BatchRule.class))
                        .map(JavaClass::getName)
                        .collect(Collectors.toList());
        assertThat(ours)
                .hasSize(12)
                .allSatisfy(name -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> BatchSchedule.fromJson("{\"@class\":\"" + name + "\"}"))
                        .withMessageNotContaining("or a class handed to fromJson"));
    }

    @Test
    void aForeignScheduleIsBuiltOnlyIfItIsHandedOver() {
        String json = "{\"@class\":\"io.dl4jext.batch.schedule.RateDrivenSchedule\",\"rate\":{\"@class\":\"" + TRAP
                + "\"},\"base\":3,\"min\":2,\"max\":4}";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.fromJson(json))
                .withMessageContaining(
                        "rate: Expected the ISchedule of this pack or ND4J, or a class handed to fromJson, got "
                                + TRAP);
        assertThat(System.getProperty(TRAP)).isNull();
        assertThat(BatchSchedule.fromJson(json.replace(TRAP, OwnRate.class.getName()), OwnRate.class)
                        .batchSize(0, 0))
                .isEqualTo(3);
    }

    /** As one that a user's own class loader has, of which neither the pack nor the thread know. */
    @Test
    void aClassHandedOverIsTakenWhoeverLoadedIt() throws Exception {
        ClassLoader theirs = new Renaming();
        Class<?> size = theirs.loadClass(Renaming.renamed(OwnSize.class));
        Class<?> rate = theirs.loadClass(Renaming.renamed(OwnRate.class));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        for (ClassLoader context : new ClassLoader[] {before, ClassLoader.getPlatformClassLoader(), null}) {
            thread.setContextClassLoader(context);
            try {
                BatchSchedule written = (BatchSchedule) size.getConstructor().newInstance();
                assertThat(BatchSchedule.fromJson(written.toJson(), size)).isExactlyInstanceOf(size);
                String json = "{\"@class\":\"io.dl4jext.batch.schedule.RateDrivenSchedule\",\"rate\":{\"@class\":\""
                        + rate.getName() + "\"},\"base\":3,\"min\":2,\"max\":4}";
                assertThat(BatchSchedule.fromJson(json, rate))
                        .extracting("rate")
                        .isExactlyInstanceOf(rate);
                // Handed over with one that the same loader has.
                assertThat(BatchSchedule.fromJson(json, size, rate))
                        .extracting("rate")
                        .isExactlyInstanceOf(rate);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    /** Has classes that no other loader has: those here whose names begin with Own, with another letter. */
    private static final class Renaming extends ClassLoader {

        private static final String HERE = "/Own";
        private static final String THERE = "/Oxn";

        Renaming() {
            super(JsonTest.class.getClassLoader());
        }

        static String renamed(Class<?> type) {
            return type.getName().replace('.', '/').replace(HERE, THERE).replace('/', '.');
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            String file = "/" + name.replace('.', '/').replace(THERE, HERE) + ".class";
            try (InputStream in = JsonTest.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                        .replace(HERE, THERE)
                        .getBytes(StandardCharsets.ISO_8859_1);
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TRAP, "java.lang.String", "no.such.Class", "[I", ""})
    void aForeignClassIsNotLoaded(String name) {
        String json = "{\"@class\":\"" + name + "\"}";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.fromJson(json))
                .withMessageContaining("or a class handed to fromJson, got " + name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchController.fromJson("{\"rule\":" + json + ",\"min\":16}"))
                .withMessageContaining("or a class handed to fromJson, got " + name);
        assertThat(System.getProperty(TRAP)).isNull();
    }

    @Test
    void nestingHasALimit() {
        String warmUp = "{\"@class\":\"io.dl4jext.batch.schedule.WarmUpBatches\",\"then\":";
        for (String deep : new String[] {
            warmUp.repeat(100_000), "[".repeat(1_000_000), warmUp + "[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BatchSchedule.fromJson(deep))
                    .withMessageContaining("Expected at most 100 levels, got more")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2000));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BatchController.fromJson("{\"rule\":" + deep))
                    .withMessageContaining("Expected at most 100 levels, got more");
        }
    }

    @Test
    void whatIsMissingIsTheDefault() throws IOException {
        assertThat(DL4J.readValue("{\"@class\":\"io.dl4jext.stochastic.StochasticBatch\"}", IUpdater.class))
                .isEqualTo(new StochasticBatch());
        String rule = "{\"@class\":\"io.dl4jext.batch.control.";
        assertThat(DL4J.readValue(rule + "NormTest\"}", BatchRule.class)).isEqualTo(new NormTest());
        assertThat(DL4J.readValue(rule + "NoiseScale\"}", BatchRule.class)).isEqualTo(new NoiseScale());
        assertThat(DL4J.readValue(rule + "InnerProductTest\"}", BatchRule.class))
                .isEqualTo(new InnerProductTest());
        assertThat(BatchController.fromJson("{\"rule\":" + rule + "NormTest\"}}")
                        .toJson())
                .isEqualTo(BatchController.builder(new NormTest()).build().toJson());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'alpha':null | Expected alpha to be a number, got null",
                "'lambda':'-4' | Expected lambda to be a number, got \"-4\"",
                "'learningRate':'' | Expected learningRate to be a number, got \"\"",
                "'scaleLearningRate':null | Expected scaleLearningRate to be true or false, got null",
                "'resetEachEpoch':0 | Expected resetEachEpoch to be true or false, got 0",
                "'groupBy':0 | Expected groupBy to be one of [",
                "'probabilityFrom':null | Expected probabilityFrom to be one of [",
                "'fixedProbability':2 | expected 0 ≤ fixedProbability ≤ 1, got 2.0",
                "'seed':1.5 | Expected seed to be a whole number up to 2^63, got 1.5",
                "'colour':1 | Expected no setting colour, got 1",
                "'learningRateSchedule':{'@class':'java.lang.String'} | Expected learningRateSchedule to be an object of type ISchedule",
            })
    void otherStochasticBatchesAreRefused(String settings, String message) {
        String json = ("{'@class':'io.dl4jext.stochastic.StochasticBatch'," + settings + "}").replace('\'', '"');
        assertThatThrownBy(() -> DL4J.readValue(json, IUpdater.class)).hasMessageContaining(message);
    }

    /** By DL4J's lenient mapper too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"geometric\" : true | \"geometric\" : null | Expected geometric to be true or false, got null",
                "\"to\" : 20 | \"to\" : \"20\" | Expected to to be a whole number up to 2^31, got \"20\"",
                "\"to\" : 20 | \"to\" : 20.5 | Expected to to be a whole number up to 2^31, got 20.5",
                "\"unit\" : \"EPOCH\" | \"unit\" : 0 | Expected unit to be one of",
                "\"to\" : 20 | \"to\" : 20, \"two\" : 2 | Expected no setting two, got 2",
            })
    void otherSchedulesAreRefused(String good, String bad, String message) throws IOException {
        String json = DL4J.writeValueAsString(BatchSchedule.geometric(ScheduleType.EPOCH, 10, 20, 5));
        assertThat(json).contains(good);
        assertThatThrownBy(() -> DL4J.readValue(json.replace(good, bad), BatchSchedule.class))
                .hasMessageContaining(message);
    }
}
