package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.batch.schedule.BatchSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.InvocationType;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.EvaluativeListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * {@code setListeners} after {@code attachTo} takes the iterator's listener away; the schedule goes on all the same.
 */
class ListenerReplacedTest {

    private static final int EXAMPLES = 97;
    private static final int EPOCHS = 5;

    /** How a network is trained, an epoch at a time. */
    enum Driver {
        FIT {
            @Override
            void epochs(int count) {
                net.fit(batches, count);
            }
        },
        FIT_AND_EVALUATE {
            @Override
            void epochs(int count) {
                net.fit(batches, count);
                assertThat(net.evaluate(batches).getNumRowCounter()).isEqualTo(EXAMPLES);
            }
        },
        PREFETCHING {
            @Override
            void epochs(int count) {
                if (prefetching == null) {
                    prefetching = new AsyncDataSetIterator(batches, 3);
                }
                net.fit(prefetching, count);
            }
        },
        BY_HAND {
            @Override
            void epochs(int count) {
                for (int epoch = 0; epoch < count; epoch++) {
                    batches.reset();
                    while (batches.hasNext()) {
                        net.fit(batches.next());
                    }
                }
            }
        },
        GRAPH {
            @Override
            Model model() {
                return graph;
            }

            @Override
            void attach() {
                batches.attachTo(graph);
            }

            @Override
            void epochs(int count) {
                graph.fit(batches, count);
                assertThat(graph.evaluate(batches).getNumRowCounter()).isEqualTo(EXAMPLES);
            }
        },
        GRAPH_MULTI {
            @Override
            Model model() {
                return graph;
            }

            @Override
            void attach() {
                multi.attachTo(graph);
            }

            @Override
            void epochs(int count) {
                graph.fit(multi, count);
                assertThat(graph.evaluate(multi).getNumRowCounter()).isEqualTo(EXAMPLES);
            }
        };

        /** Made anew for each training; the tests of a class run one after the other. */
        private static MultiLayerNetwork net;

        private static ComputationGraph graph;
        private static DynamicBatchIterator batches;
        private static DynamicMultiBatchIterator multi;
        private static AsyncDataSetIterator prefetching;

        abstract void epochs(int count);

        Model model() {
            return net;
        }

        void attach() {
            batches.attachTo(net);
        }

        private static void begin(LastBatch lastBatch) {
            BatchSchedule schedule = BatchSchedule.piecewise(
                    ScheduleType.EPOCH, new TreeMap<>(Map.of(0, 40, 1, 50, 2, 60, 3, 30, 4, 20)));
            List<DataSet> data = Nets.data(32, 32, 32, 1);
            prefetching = null;
            net = Nets.mlp();
            graph = Nets.graph();
            batches = DynamicBatchIterator.builder(new ListSource(data), schedule)
                    .lastBatch(lastBatch)
                    .build();
            List<MultiDataSet> pairs = new ArrayList<>();
            data.forEach(part -> pairs.add(new MultiDataSet(part.getFeatures(), part.getLabels())));
            multi = DynamicMultiBatchIterator.builder(new MultiListSource(pairs), schedule)
                    .lastBatch(lastBatch)
                    .build();
        }
    }

    static Stream<Arguments> everyWay() {
        return Arrays.stream(Driver.values())
                .flatMap(driver -> Arrays.stream(LastBatch.values()).map(lastBatch -> Arguments.of(driver, lastBatch)));
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void fromTheBeginning(Driver driver, LastBatch lastBatch) {
        assertThat(trained(driver, lastBatch, 0)).isEqualTo(trained(driver, lastBatch, EPOCHS));
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void afterTheFirstEpoch(Driver driver, LastBatch lastBatch) {
        assertThat(trained(driver, lastBatch, 1)).isEqualTo(trained(driver, lastBatch, EPOCHS));
    }

    /** The sizes of all batches. The listeners are replaced before the epoch of that number. */
    private static List<Integer> trained(Driver driver, LastBatch lastBatch, int when) {
        Driver.begin(lastBatch);
        driver.attach();
        BatchLog log = new BatchLog();
        driver.model().addListeners(log);
        for (int epoch = 0; epoch < EPOCHS - 2; epoch++) {
            if (epoch == when) {
                driver.model().setListeners(log);
            }
            driver.epochs(1);
        }
        driver.epochs(2);
        if (Driver.prefetching != null) {
            Driver.prefetching.shutdown();
        }
        return log.sizes;
    }

    /** On the iterator that the network is trained on: DL4J's fit holds the network's lock then, too. */
    @ParameterizedTest
    @MethodSource("evaluations")
    void besideAListenerThatEvaluates(boolean replaced, InvocationType when, LastBatch lastBatch) {
        requireTrainedBeside(replaced, lastBatch, rows -> {
            EvaluativeListener evaluating = new EvaluativeListener(Driver.batches, 1, when);
            evaluating.setCallback((listener, model, invocations, evaluations) ->
                    rows.add(((Evaluation) evaluations[0]).getNumRowCounter()));
            return evaluating;
        });
    }

    /** @param made a listener that sees all examples once an epoch, and adds their number to a list */
    private static void requireTrainedBeside(
            boolean replaced, LastBatch lastBatch, Function<List<Integer>, TrainingListener> made) {
        List<Integer> expected = trained(Driver.FIT, lastBatch, EPOCHS);
        Driver.begin(lastBatch);
        Driver.FIT.attach();
        BatchLog log = new BatchLog();
        List<Integer> rows = new ArrayList<>();
        TrainingListener listener = made.apply(rows);
        Driver.net.addListeners(log, listener);
        if (replaced) {
            Driver.net.setListeners(log, listener);
        }
        Driver.FIT.epochs(EPOCHS);

        assertThat(log.sizes).isEqualTo(expected);
        assertThat(rows).hasSize(EPOCHS).containsOnly(EXAMPLES);
    }

    /** The same of a listener that asks for the batches itself. */
    @ParameterizedTest
    @CsvSource({"true, CARRY", "false, CARRY", "true, DROP", "false, DROP"})
    void besideAListenerThatDrawsByHand(boolean replaced, LastBatch lastBatch) {
        requireTrainedBeside(replaced, lastBatch, rows -> new BaseTrainingListener() {
            @Override
            public void onEpochStart(Model model) {
                Driver.batches.reset();
                int seen = 0;
                while (Driver.batches.hasNext()) {
                    seen += Driver.batches.next().numExamples();
                }
                rows.add(seen);
            }
        });
    }

    static Stream<Arguments> evaluations() {
        return Stream.of(true, false)
                .flatMap(replaced -> Stream.of(InvocationType.EPOCH_START, InvocationType.EPOCH_END)
                        .flatMap(when -> Arrays.stream(LastBatch.values())
                                .map(lastBatch -> Arguments.of(replaced, when, lastBatch))));
    }

    /** Nor does the lock make a training of an evaluation that the program holds it for. */
    @ParameterizedTest
    @CsvSource({"true, CARRY", "false, CARRY", "true, DROP", "false, DROP"})
    void evaluatedWithTheNetworksLock(boolean replaced, LastBatch lastBatch) {
        List<Integer> expected = trained(Driver.FIT, lastBatch, EPOCHS);
        Driver.begin(lastBatch);
        Driver.FIT.attach();
        BatchLog log = new BatchLog();
        Driver.net.addListeners(log);
        if (replaced) {
            Driver.net.setListeners(log);
        }
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            synchronized (Driver.net) {
                assertThat(Driver.net.evaluate(Driver.batches).getNumRowCounter())
                        .isEqualTo(EXAMPLES);
            }
            Driver.FIT.epochs(1);
        }

        assertThat(log.sizes).isEqualTo(expected);
    }

    /** An epoch that ends before its data is one that the network does not count. */
    @ParameterizedTest
    @CsvSource({"true, 0", "false, 0", "true, 1", "false, 1"})
    void beforeAFitThatIsBrokenOff(boolean replaced, int failing) {
        Driver.begin(LastBatch.CARRY);
        Driver.FIT.attach();
        BatchLog log = new BatchLog();
        Driver.net.addListeners(log);
        Driver.FIT.epochs(1);
        if (replaced) {
            Driver.net.setListeners(log);
        }
        BaseTrainingListener fails = new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (log.sizes.size() == 2 + 1 + failing) {
                    throw new IllegalStateException("ended on purpose");
                }
            }
        };
        Driver.net.addListeners(fails);
        assertThatIllegalStateException().isThrownBy(() -> Driver.FIT.epochs(1));
        Driver.batches.reset();
        Driver.FIT.epochs(2);

        // The 17 that the first epoch left are in the batch that failed; then of 97, with 50 gone, 47 are left for the
        // third.
        assertThat(log.sizes)
                .isEqualTo(failing == 0 ? List.of(40, 40, 50, 50, 60, 60) : List.of(40, 40, 50, 50, 50, 60, 60));
    }

    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void beforeEarlyStoppingAndWithinIt(LastBatch lastBatch) {
        List<Integer> expected = stoppedEarly(lastBatch, EPOCHS);
        assertThat(expected).contains(40, 50, 60, 30, 20);
        assertThat(stoppedEarly(lastBatch, 0)).isEqualTo(expected);
        assertThat(stoppedEarly(lastBatch, 2)).isEqualTo(expected);
    }

    private static List<Integer> stoppedEarly(LastBatch lastBatch, int when) {
        Driver.begin(lastBatch);
        Driver.batches.attachTo(Driver.net);
        BatchLog log = new BatchLog();
        Driver.net.addListeners(log);
        EarlyStoppingTrainer trainer = new EarlyStoppingTrainer(
                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                        .epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS) {
                            @Override
                            public boolean terminate(int epoch, double score, boolean minimise) {
                                if (epoch + 1 == when) {
                                    Driver.net.setListeners(log);
                                }
                                return super.terminate(epoch, score, minimise);
                            }
                        })
                        .scoreCalculator(new DataSetLossCalculator(new ListSource(Nets.data(5)), true))
                        .modelSaver(new InMemoryModelSaver<>())
                        .build(),
                Driver.net,
                Driver.batches);
        if (when == 0) {
            Driver.net.setListeners(log);
        }
        trainer.fit();
        return log.sizes;
    }
}
