package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.LoggerFactory;

/** A group that is not trained is told of, once; with the defaults every group is trained. */
class IdleGroupsTest {

    private static final List<DataSet> DATA = Networks.vectors(DataType.FLOAT, 10, 8, 40);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stop() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(StochasticBatch.class);
    }

    private static void fit(MultiLayerNetwork network, int iterations) {
        for (int i = 0; i < iterations; i++) {
            network.fit(DATA.get(i % 10));
        }
    }

    private static MultiLayerNetwork network(StochasticBatch config) {
        return Networks.dense(DataType.FLOAT, 40, 100, config, config);
    }

    private static double meanUpdated(StochasticBatchListener listener, String group) {
        return Arrays.stream(listener.statistics().updateFractions(group))
                .average()
                .getAsDouble();
    }

    @Test
    void aSmallLayerWeightedBySizeIsNotTrainedAndSaysSoOnce() {
        MultiLayerNetwork network = network(StochasticBatch.builder()
                .probabilityFrom(GradientMagnitude.MINI_BATCH)
                .weightGroupsBySize(true)
                .build());
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        fit(network, IdleGroups.MOST_ITERATIONS - 1);
        assertThat(log.list).isEmpty();
        fit(network, 1);
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(log.list.get(0).getFormattedMessage())
                .contains("'layer1_W'", "practically not trained", "50 iterations")
                .contains("lambda, now -4.0, to -2", "weightGroupsBySize(false)", "RUNNING_MEAN");
        // A new updater does not tell it again.
        network.setLearningRate(0.05);
        fit(network, 2 * IdleGroups.MOST_ITERATIONS);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(message -> message.contains("'layer1_W'"))
                .hasSize(1);
        assertThat(meanUpdated(listener, "layer1_W")).isZero();
    }

    @Test
    void theDefaultTrainsEveryGroup() {
        MultiLayerNetwork network = network(new StochasticBatch(0.1));
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        fit(network, 3 * IdleGroups.MOST_ITERATIONS);
        assertThat(log.list).isEmpty();
        for (String group : listener.statistics().groups()) {
            assertThat(meanUpdated(listener, group)).as(group).isGreaterThan(0.01);
        }
    }

    @Test
    void onlyIterationsOnEndCount() {
        IdleGroups idle = new IdleGroups();
        ParameterGroup group = new ParameterGroup("output_W", ParameterKind.DENSE_WEIGHTS, new StochasticBatch());
        for (int iteration = 0; iteration < 4 * IdleGroups.MOST_ITERATIONS; iteration++) {
            // e^(−4·3) is less than 1e-4; e^(−4·2) is more.
            group.score = iteration % IdleGroups.MOST_ITERATIONS == 7 ? 2 : 3;
            idle.watch(iteration, List.of(group));
        }
        assertThat(log.list).isEmpty();
        ParameterGroup asked = new ParameterGroup(
                "asked_W",
                ParameterKind.DENSE_WEIGHTS,
                StochasticBatch.builder().fixedProbability(0).build());
        for (int iteration = 0; iteration < 200; iteration++) {
            idle.watch(iteration, List.of(asked));
        }
        assertThat(log.list).isEmpty();
    }
}
