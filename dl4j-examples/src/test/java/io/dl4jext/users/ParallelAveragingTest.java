package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.schedule.ScheduleType;

/** ParallelWrapper's averaging is, bit by bit, that of networks that train in turns. */
@Tag("slow")
@Timeout(600)
class ParallelAveragingTest {

    @BeforeAll
    static void notOnBeta7() {
        SeveralThreads.assumeSafe();
    }

    /**
     * Each rule on one network, in turn of either kind and with different numbers of workers and rounds between
     * averages.
     */
    static Stream<Arguments> settings() {
        return Stream.of(Rule.values()).map(rule -> {
            switch (rule.ordinal() % 4) {
                case 0:
                    return Arguments.of(rule, false, DataType.DOUBLE, 2, 1);
                case 1:
                    return Arguments.of(rule, true, DataType.DOUBLE, 2, 3);
                case 2:
                    return Arguments.of(rule, true, DataType.FLOAT, 4, 2);
                default:
                    return Arguments.of(rule, false, DataType.FLOAT, 4, 1);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everyRule(Rule rule, boolean graph, DataType type, int workers, int frequency) throws Exception {
        Model expected = rule.network(graph, type);
        List<List<TrainingListener>> listeners = new ArrayList<>();
        List<TrainingListener> shared = rule.listeners(expected);
        for (int worker = 0; worker < workers; worker++) {
            listeners.add(shared);
        }
        Workers.inTurns(expected, ThreeClasses.batches(type), frequency, listeners);

        Model network = rule.network(graph, type);
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        List<TrainingListener> all = new ArrayList<>(rule.listeners(network));
        all.add(fisher);
        Workers.fit(
                Workers.wrapper(network, workers).averagingFrequency(frequency),
                workers,
                ThreeClasses.batches(type),
                all);
        assertThat(network.params()).isEqualTo(expected.params());
        int rounds = (10 + workers - 1) / workers;
        assertThat(fisher.history().measurements()).hasSizeBetween(rounds - 1, rounds);
    }

    /** The schedule's steps are batches, whoever trains on them. */
    @ParameterizedTest
    @CsvSource({"2, false", "4, true"})
    void aSchedule(int workers, boolean graph) throws Exception {
        Supplier<DataSetIterator> batches = () -> DynamicBatchIterator.builder(
                        ThreeClasses.batches(DataType.DOUBLE),
                        BatchSchedule.piecewise(ScheduleType.ITERATION, Map.of(0, 2, 3, 5, 6, 3)))
                .build();
        List<Long> sizes = new ArrayList<>();
        batches.get().forEachRemaining(batch -> sizes.add(batch.getFeatures().size(0)));
        assertThat(sizes).contains(2L, 5L, 3L);
        Model expected = Workers.inTurns(
                Rule.ADAM.network(graph, DataType.DOUBLE),
                batches.get(),
                1,
                Collections.nCopies(workers, List.<TrainingListener>of()));
        Model network = Rule.ADAM.network(graph, DataType.DOUBLE);
        Workers.fit(Workers.wrapper(network, workers).averagingFrequency(1), workers, batches.get(), List.of());
        assertThat(network.params()).isEqualTo(expected.params());
    }

    /**
     * The measured worker is one of them, chance says which: the controller follows its batches, with two workers or
     * four.
     */
    @ParameterizedTest
    @CsvSource({"2, false", "4, true"})
    void aController(int workers, boolean graph) throws Exception {
        Controlled measured = new Controlled();
        Model network = Rule.SGD.network(graph, DataType.DOUBLE);
        Workers.fit(
                Workers.wrapper(network, workers).averagingFrequency(1),
                workers,
                measured.batches,
                List.of(measured.fisher));
        List<Controlled> possible = new ArrayList<>();
        List<INDArray> parameters = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            Controlled ofWorker = new Controlled();
            List<List<TrainingListener>> listeners = new ArrayList<>(Collections.nCopies(workers, List.of()));
            listeners.set(worker, List.of(ofWorker.fisher));
            parameters.add(Workers.inTurns(Rule.SGD.network(graph, DataType.DOUBLE), ofWorker.batches, 1, listeners)
                    .params());
            possible.add(ofWorker);
        }
        assertThat(IntStream.range(0, workers)).anySatisfy(worker -> {
            assertThat(parameters.get(worker)).isEqualTo(network.params());
            assertThat(possible.get(worker).control.state()).isEqualTo(measured.control.state());
            assertThat(possible.get(worker).eigenvalues()).isEqualTo(measured.eigenvalues());
        });
        assertThat(measured.control.log()).isNotEmpty();
    }

    private static final class Controlled {

        final BatchController control = BatchController.builder(new NormTest(0.3))
                .bounds(1, 7)
                .initialSize(2)
                .build();
        final DataSetIterator batches = DynamicBatchIterator.builder(ThreeClasses.batches(DataType.DOUBLE), control)
                .build();
        final FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .failFast(true)
                .sink(control)
                .build();

        List<String> eigenvalues() {
            return fisher.history().measurements().stream()
                    .map(measurement -> Arrays.toString(measurement.eigenvalues()))
                    .collect(Collectors.toList());
        }
    }
}
