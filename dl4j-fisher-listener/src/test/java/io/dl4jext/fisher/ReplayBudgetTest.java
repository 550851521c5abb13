package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.fisher.internal.capture.GradientCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.slf4j.LoggerFactory;

/** What replay takes is said before it is done, and refused beyond a budget: memory or time. */
class ReplayBudgetTest {

    private static final int BATCH = 6;
    private static final int STEPS = 50;
    /** Of a ForeignRnn of 3 inputs and 4 units. */
    private static final int PARAMETERS = 4 * (3 + 4 + 1);
    /** P·B·(4·T + (B + 1)/2). */
    private static final double OPERATIONS = PARAMETERS * BATCH * (4 * STEPS + (BATCH + 1) / 2.0);

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list()
                .layer(new ForeignRnn(3, 4))
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static DataSet data() {
        Draw draw = new Draw(DataType.DOUBLE, 8);
        return new DataSet(draw.normal(BATCH, 3, STEPS), draw.oneHot(BATCH, 2, STEPS));
    }

    private static FisherListener.Builder listener() {
        return FisherListener.builder().everyIterations(1);
    }

    /** Little memory, much time. */
    @Test
    void timeBeyondTheBudgetIsRefusedByName() {
        MultiLayerNetwork network = network();
        network.setListeners(
                listener().failFast(true).replayTime(Duration.ofHours(1)).build());
        assertThatCode(() -> network.fit(data())).doesNotThrowAnyException();

        network.setListeners(
                listener().failFast(true).replayTime(Duration.ofNanos(1)).build());
        assertThatThrownBy(() -> network.fit(data()))
                .hasStackTraceContaining("layer 0 'layer0' (Foreign)")
                .hasStackTraceContaining("1 of 6 samples")
                .hasStackTraceContaining("more than the replay budget of 1.00e-09 s for one layer")
                .hasStackTraceContaining("FisherListener.Builder.replayTime");
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofNanos(-1), null}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> listener().replayTime(wrong))
                    .withMessageContaining("replayTime > 0");
        }
    }

    @Test
    void aProbeHasTheSameBudget() {
        MultiLayerNetwork network = network();
        assertThatThrownBy(() -> FisherProbe.builder()
                        .replayTime(Duration.ofNanos(1))
                        .build()
                        .measure(network, data()))
                .hasStackTraceContaining("layer 0 'layer0' (Foreign)")
                .hasStackTraceContaining("replayTime");
        assertThatThrownBy(() -> FisherProbe.builder().replayBudget(1).build().measure(network, data()))
                .hasStackTraceContaining("layer 0 'layer0' (Foreign)")
                .hasStackTraceContaining("beyond the replay budget of 1 bytes for the gradients")
                .hasStackTraceContaining("replayBudget");
        assertThatCode(() -> FisherProbe.measure(network, data())).doesNotThrowAnyException();
    }

    @Test
    void trainingGoesOnWithoutMeasuring() {
        MultiLayerNetwork plain = network();
        MultiLayerNetwork watched = network();
        FisherListener fisher = listener().replayTime(Duration.ofNanos(1)).build();
        watched.setListeners(fisher);
        for (int i = 0; i < 3; i++) {
            plain.fit(data());
            watched.fit(data());
        }
        assertThat(watched.params()).isEqualTo(plain.params());
        assertThat(fisher.history().measurements()).isEmpty();
    }

    @Test
    void theWorkIsSaidRelativeToThePlainPassBeforeItIsDone() {
        List<String> said = said(() -> {
            MultiLayerNetwork network = network();
            network.setListeners(listener().build());
            network.fit(data());
            network.fit(data());
        });
        assertThat(said).hasSize(1);
        double plain = PARAMETERS * BATCH * 3.0 * STEPS;
        assertThat(said.get(0))
                .contains(String.format(Locale.ROOT, "about %.1f times the multiplications", OPERATIONS / plain))
                .contains("up to 6 times its time");
    }

    @Test
    void aProbeSaysItOnceOfANetwork() {
        FisherProbe.Configured probe = FisherProbe.builder().build();
        MultiLayerNetwork first = network();
        MultiLayerNetwork second = network();
        assertThat(said(() -> {
                    for (MultiLayerNetwork network : List.of(first, second)) {
                        for (int i = 0; i < 3; i++) {
                            probe.measure(network, data());
                        }
                    }
                }))
                .hasSize(2);
        assertThat(said(() -> {
                    FisherProbe.measure(first, data());
                    FisherProbe.measure(first, data());
                }))
                .hasSize(1);
    }

    private static List<String> said(Runnable action) {
        Logger logger = (Logger) LoggerFactory.getLogger(GradientCapture.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        Level level = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(appender);
        try {
            action.run();
        } finally {
            logger.detachAppender(appender);
            logger.setLevel(level);
        }
        List<String> messages = new ArrayList<>();
        appender.list.forEach(event -> messages.add(event.getFormattedMessage()));
        return messages;
    }
}
