package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.LoggerFactory;

/** A group that is hardly ever updated is told of, once; with the defaults every group is trained. */
class IdleGroupsTest {

    private static final int INPUTS = 40;
    private static final int HIDDEN = 100;
    private static final List<DataSet> DATA = Networks.vectors(DataType.FLOAT, 10, 8, INPUTS);

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

    private static void fit(Model network, int iterations) {
        for (int i = 0; i < iterations; i++) {
            if (network instanceof ComputationGraph) {
                ((ComputationGraph) network).fit(DATA.get(i % 10));
            } else {
                ((MultiLayerNetwork) network).fit(DATA.get(i % 10));
            }
        }
    }

    /** One network in both containers. */
    enum Container {
        MULTI_LAYER_NETWORK {
            @Override
            Model network(StochasticBatch config) {
                return Networks.dense(DataType.FLOAT, INPUTS, HIDDEN, config, config);
            }
        },
        COMPUTATION_GRAPH {
            @Override
            Model network(StochasticBatch config) {
                return Networks.denseGraph(DataType.FLOAT, INPUTS, HIDDEN, config);
            }
        };

        abstract Model network(StochasticBatch config);
    }

    private static double meanUpdated(StochasticBatchListener listener, String group) {
        return Arrays.stream(listener.statistics().updateFractions(group))
                .average()
                .getAsDouble();
    }

    private List<String> warnings() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.toList());
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aSmallLayerWeightedBySizeIsNotTrainedAndSaysSoOnce(Container container) {
        Model network = container.network(StochasticBatch.builder()
                .probabilityFrom(GradientMagnitude.MINI_BATCH)
                .weightGroupsBySize(true)
                .build());
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        fit(network, IdleGroups.ITERATIONS - 1);
        assertThat(log.list).isEmpty();
        fit(network, 1);
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(warnings().get(0))
                .contains("'layer1_W'", "hardly ever updated", "mean update probability over 50 iterations was ")
                .contains("lambda, now -4.0, to -2", "weightGroupsBySize(false)", "RUNNING_MEAN");
        // A parameter's, at a distance of at most √(4300/300 − 1) = 3.65 deviations: e^(−14.6) or more.
        assertThat(meanProbability(warnings().get(0))).isBetween(4e-7, IdleGroups.LEAST_PROBABILITY);
        // A new updater does not tell it again.
        setLearningRate(network, 0.05);
        fit(network, 2 * IdleGroups.ITERATIONS);
        assertThat(warnings())
                .filteredOn(message -> message.contains("'layer1_W'"))
                .hasSize(1);
        assertThat(meanUpdated(listener, "layer1_W")).isLessThan(IdleGroups.LEAST_PROBABILITY);
    }

    private static double meanProbability(String warning) {
        return Double.parseDouble(warning.replaceFirst(".* iterations was (\\S+) .*", "$1"));
    }

    private static void setLearningRate(Model network, double rate) {
        if (network instanceof ComputationGraph) {
            ((ComputationGraph) network).setLearningRate(rate);
        } else {
            ((MultiLayerNetwork) network).setLearningRate(rate);
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void theDefaultTrainsEveryGroup(Container container) {
        Model network = container.network(new StochasticBatch(0.1));
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        fit(network, 3 * IdleGroups.ITERATIONS);
        assertThat(log.list).isEmpty();
        for (String group : listener.statistics().groups()) {
            assertThat(meanUpdated(listener, group)).as(group).isGreaterThan(0.01);
        }
    }

    private static ParameterGroup outputWeights(StochasticBatch config) {
        return new ParameterGroup("output_W", ParameterKind.DENSE_WEIGHTS, config);
    }

    /** Of two deviations at λ = −4 a parameter has p = 3.4e-4, of three 6.1e-6. */
    @Test
    void theMeanCounts() {
        ParameterGroup group = outputWeights(new StochasticBatch());
        IdleGroups idle = new IdleGroups();
        for (int iteration = 0; iteration < 4 * IdleGroups.ITERATIONS; iteration++) {
            group.score = iteration % 2 == 0 ? 2 : 3;
            idle.watch(iteration, List.of(group));
        }
        assertThat(log.list).isEmpty();
        for (int iteration = 4 * IdleGroups.ITERATIONS; iteration < 6 * IdleGroups.ITERATIONS; iteration++) {
            group.score = iteration % 10 == 0 ? 2 : 3;
            idle.watch(iteration, List.of(group));
        }
        // 0.1 · 3.35e-4 + 0.9 · 6.14e-6
        assertThat(warnings()).hasSize(1);
        assertThat(meanProbability(warnings().get(0))).isEqualTo(3.9e-5);
    }

    @Test
    void aProbabilityThatWasAskedForIsNone() {
        IdleGroups idle = new IdleGroups();
        ParameterGroup asked =
                outputWeights(StochasticBatch.builder().fixedProbability(0).build());
        for (int iteration = 0; iteration < 200; iteration++) {
            idle.watch(iteration, List.of(asked));
        }
        assertThat(log.list).isEmpty();
    }
}
