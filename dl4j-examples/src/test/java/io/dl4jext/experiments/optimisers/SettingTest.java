package io.dl4jext.experiments.optimisers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.dropout.DepthDropout;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.experiments.network.ClassicalSgd;
import io.dl4jext.schedule.LinearDecaySchedule;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;

class SettingTest {

    private static MultiLayerNetwork network(Method method, double rate, double finalRate, double momentum) {
        return new Setting(method, rate, finalRate, 10, momentum).network(4, 3, 10, 5);
    }

    private static BaseLayer layer(MultiLayerNetwork network, int index) {
        return (BaseLayer) network.getLayerWiseConfigurations().getConf(index).getLayer();
    }

    private static IUpdater updater(MultiLayerNetwork network) {
        return layer(network, 0).getIUpdater();
    }

    @Test
    void ratesDecayByEpochAsThePaperSays() {
        IUpdater updater = updater(network(Method.SGD, 0.1, 0.0001, 0));
        assertThat(updater).isInstanceOf(Sgd.class);
        for (int epoch = 0; epoch < 10; epoch++) {
            assertThat(updater.getLearningRate(epoch * 600, epoch))
                    .isCloseTo(0.1 * (1 - epoch / 10.0) + 0.0001 * epoch / 10.0, within(1e-15));
        }
    }

    @Test
    void momentumIsThePapers() {
        IUpdater updater = updater(network(Method.SGD, 0.1, 0.001, 0.9));
        assertThat(updater)
                .isEqualTo(ClassicalSgd.updater(new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 0.001, 10), 0.9));
    }

    @Test
    void adaGradIsThePapers() {
        assertThat(updater(network(Method.ADAGRAD, 0.01, 0.01, 0)))
                .isEqualTo(AdaGradPresets.yotkov()
                        .learningRateSchedule(new LinearDecaySchedule(ScheduleType.EPOCH, 0.01, 0.01, 10))
                        .build());
    }

    @Test
    void othersGetWhatTheyNeed() {
        assertThat(network(Method.ADAGRAD_NORM, 1, 1, 0).getListeners())
                .hasAtLeastOneElementOfType(AdaGradListener.class);
        assertThat(network(Method.ADAGRAD, 1, 1, 0).getListeners()).isEmpty();
        assertThat(((EntropySgd) updater(network(Method.ENTROPY_SGD, 1, 1, 0))).getSeed())
                .isEqualTo(5);
        MultiLayerNetwork dropped = network(Method.DEPTH_DROPOUT, 0.1, 0.1, 0);
        assertThat(layer(dropped, 0).getIDropout()).isNull();
        assertThat(((DepthDropout) layer(dropped, 3).getIDropout()).retained()).isEqualTo(0.5);
    }

    @Test
    void settingsAreEqualIfAllIsEqual() {
        Setting setting = new Setting(Method.SGD, 0.1, 0.001, 10, 0.9);
        assertThat(setting)
                .isEqualTo(new Setting(Method.SGD, 0.1, 0.001, 10, 0.9))
                .hasToString("sgd 0.1 to 0.001, m 10, momentum 0.9")
                .isNotEqualTo(new Setting(Method.SGD, 0.1, 0.0001, 10, 0.9))
                .isNotEqualTo(new Setting(Method.SGD, 0.1, 0.001, 100, 0.9))
                .isNotEqualTo(new Setting(Method.SGD, 0.1, 0.001, 10, 0.5))
                .isNotEqualTo(new Setting(Method.ADAM, 0.1, 0.001, 10, 0.9));
    }
}
