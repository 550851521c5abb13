package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.schedule.MultiStepSchedule;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import io.dl4jext.schedule.WarmUpSchedule;
import io.dl4jext.stochastic.StochasticBatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Settings of several modules in one file, and a saved network that somebody has changed. */
class SettingsFilesTest {

    static Stream<ISchedule> schedules() {
        ISchedule steps = new MultiStepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 3, 6);
        return Stream.of(
                steps,
                new WarmUpSchedule(ScheduleType.EPOCH, 2, 0.5, steps),
                new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 0.01, 9),
                new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 0.01, 9));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void batchSizesFollowTheSchedulesOfThePack(ISchedule rate) {
        BatchSchedule sizes = BatchSchedule.insteadOfDecaying(rate, 32, 16, 256);
        assertThat(BatchSchedule.fromJson(sizes.toJson())).isEqualTo(sizes);
    }

    /** A schedule of somebody else. */
    static final class Foreign implements ISchedule {

        private static final long serialVersionUID = 1L;

        static {
            System.setProperty("io.dl4jext.users.Foreign", "initialised");
        }

        @Override
        public double valueAt(int iteration, int epoch) {
            return 1;
        }

        @Override
        public ISchedule clone() {
            return this;
        }
    }

    @Test
    void noForeignScheduleWithinASchedule() {
        String json = BatchSchedule.insteadOfDecaying(
                        new WarmUpSchedule(
                                ScheduleType.EPOCH, 2, 0.5, new LinearDecaySchedule(ScheduleType.EPOCH, 1, 0, 9)),
                        32,
                        16,
                        256)
                .toJson();
        String name = SettingsFilesTest.class.getName() + "$Foreign";
        String foreign =
                json.replaceAll("\\{[^{]*LinearDecay[^}]*}", "{\"@class\":\"" + name.replace("$", "\\$") + "\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.fromJson(foreign))
                .withMessageContaining("then: Expected the ISchedule of this pack or ND4J")
                .withMessageContaining(name);
        assertThat(System.getProperty("io.dl4jext.users.Foreign")).isNull();
    }

    private static byte[] saved(boolean implicit) throws IOException {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .updater(implicit ? ImplicitSgd.builder().mu(0.125).build() : new StochasticBatch(0.125))
                .list();
        if (implicit) {
            layers.layer(new ImplicitDenseLayer.Builder().nIn(3).nOut(2).build())
                    .layer(new ImplicitOutputLayer.Builder(LossFunction.MSE)
                            .nIn(2)
                            .nOut(2)
                            .build());
        } else {
            layers.layer(new DenseLayer.Builder().nIn(3).nOut(2).build())
                    .layer(new OutputLayer.Builder(LossFunction.MSE)
                            .nIn(2)
                            .nOut(2)
                            .build());
        }
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, bytes, true);
        return bytes.toByteArray();
    }

    private static MultiLayerNetwork restored(byte[] model, String good, String bad) throws IOException {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(model));
                ZipOutputStream out = new ZipOutputStream(changed)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                byte[] bytes = in.readAllBytes();
                if (entry.getName().equals("configuration.json")) {
                    String json = new String(bytes);
                    assertThat(json).contains(good);
                    bytes = json.replace(good, bad).getBytes();
                }
                out.write(bytes);
            }
        }
        return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(changed.toByteArray()), true);
    }

    @Test
    void aSavedNetworkThatWasChangedIsRefused() throws IOException {
        byte[] implicit = saved(true);
        assertThat(restored(implicit, "\"mu\" : 0.125", "\"mu\" : 0.125").getLayerWiseConfigurations())
                .isNotNull();
        assertThatThrownBy(() -> restored(implicit, "\"mu\" : 0.125", "\"mu\" : \"0.125\""))
                .hasStackTraceContaining("Expected mu to be a number, got \"0.125\"");
        assertThatThrownBy(() -> restored(implicit, "\"hasBias\" : true", "\"hasBias\" : null"))
                .hasStackTraceContaining("Expected hasBias to be a value that is not read as false, got null");
        byte[] stochastic = saved(false);
        assertThat(restored(stochastic, "\"alpha\" : ", "\"alpha\" : ").getLayerWiseConfigurations())
                .isNotNull();
        assertThatThrownBy(() -> restored(stochastic, "\"scaleLearningRate\" : true", "\"scaleLearningRate\" : null"))
                .hasStackTraceContaining("Expected scaleLearningRate to be true or false, got null");
    }
}
