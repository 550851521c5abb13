package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.dl4jext.batch.schedule.BatchSchedule;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * The sizes of all updates, against a few lines that say what they should be, under all the ways in which DL4J draws
 * from an iterator; with sizes that change at the borders of epochs.
 */
class DrivenByDl4jPropertyTest {

    private static final int EPOCHS = 4;

    /** How the network is trained. */
    enum Driver {
        FIT_ALL_EPOCHS {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                net.fit(batches, EPOCHS);
            }
        },
        FIT_AND_EVALUATE {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                for (int epoch = 0; epoch < EPOCHS; epoch++) {
                    net.fit(batches);
                    evaluate(net, batches);
                    evaluate(net, batches);
                }
            }
        },
        EVALUATE_FIRST {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                evaluate(net, batches);
                net.fit(batches, EPOCHS);
            }
        },
        RESET_AND_FIT {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                for (int epoch = 0; epoch < EPOCHS; epoch++) {
                    net.fit(batches);
                    batches.hasNext();
                    batches.reset();
                    batches.hasNext();
                }
            }
        },
        BY_HAND {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                for (int epoch = 0; epoch < EPOCHS; epoch++) {
                    while (batches.hasNext()) {
                        net.fit(batches.next());
                    }
                    net.incrementEpochCount();
                    batches.reset();
                }
            }
        },
        PREFETCHING {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                AsyncDataSetIterator prefetching = new AsyncDataSetIterator(batches, 3);
                net.fit(prefetching, EPOCHS);
                prefetching.shutdown();
            }
        },
        PREFETCHING_AND_EVALUATE {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                AsyncDataSetIterator prefetching = new AsyncDataSetIterator(batches, 2);
                for (int epoch = 0; epoch < EPOCHS; epoch++) {
                    net.fit(prefetching);
                    evaluate(net, prefetching);
                }
                prefetching.shutdown();
            }
        },
        EARLY_STOPPING {
            @Override
            void train(MultiLayerNetwork net, DynamicBatchIterator batches) {
                new EarlyStoppingTrainer(
                                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                        .epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS))
                                        .scoreCalculator(new DataSetLossCalculator(scored, true))
                                        .modelSaver(new InMemoryModelSaver<>())
                                        .build(),
                                net,
                                batches)
                        .fit();
            }
        };

        abstract void train(MultiLayerNetwork net, DynamicBatchIterator batches);

        /** Parts of a batch are refused when the one before was not trained on, except by what draws ahead. */
        private static void evaluate(MultiLayerNetwork net, DataSetIterator batches) {
            if (parts && batches instanceof DynamicBatchIterator) {
                assertThatCode(() -> net.evaluate(batches))
                        .satisfiesAnyOf(
                                nothing -> assertThat(nothing).isNull(),
                                refusal -> assertThat(refusal).hasMessageContaining("use the source iterator"));
            } else {
                assertThat(net.evaluate(batches).getNumRowCounter()).isEqualTo(examples);
            }
        }
    }

    private static int examples;
    private static boolean parts;
    /** What early stopping takes its score from: the same iterator, or with parts the source. */
    private static DataSetIterator scored;

    /** @param byHand whether only the first batch's pass tells that the network trains */
    private static List<Integer> expected(
            BatchSchedule schedule, int total, LastBatch policy, int fromEpoch, boolean byHand) {
        List<Integer> sizes = new ArrayList<>();
        int kept = 0;
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            if (epoch == fromEpoch) {
                kept = sizes.size();
            }
            int left = total + (epoch > 0 && policy == LastBatch.CARRY ? carried : 0);
            if (byHand) {
                int first = Math.min(schedule.batchSize(epoch, sizes.size()), total);
                sizes.add(first);
                left -= first;
            }
            while (left > 0) {
                int size = schedule.batchSize(epoch, sizes.size());
                if (size > left && policy != LastBatch.KEEP) {
                    break;
                }
                sizes.add(Math.min(size, left));
                left -= Math.min(size, left);
            }
            carried = left;
        }
        return sizes.subList(kept, sizes.size());
    }

    private static int carried;

    /** Parts of one iteration make one update. */
    private static List<Integer> updates(BatchLog log) {
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < log.sizes.size(); i++) {
            if (i > 0 && log.iterations.get(i).equals(log.iterations.get(i - 1))) {
                sizes.set(sizes.size() - 1, sizes.get(sizes.size() - 1) + log.sizes.get(i));
            } else {
                sizes.add(log.sizes.get(i));
            }
        }
        return sizes;
    }

    private static DynamicBatchIterator iterator(
            List<DataSet> data, BatchSchedule schedule, LastBatch policy, int part) {
        DynamicBatchIterator.Builder builder =
                DynamicBatchIterator.builder(new ListSource(data), schedule).lastBatch(policy);
        return part == 0 ? builder.build() : builder.microBatchSize(part).build();
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    @Property(tries = 150)
    void sizesOfAllUpdates(
            @ForAll Driver driver,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 9) Integer> portions,
            @ForAll @Size(min = 2, max = 4) List<@IntRange(min = 1, max = 13) Integer> scheduled,
            @ForAll LastBatch policy,
            @ForAll boolean byIteration,
            @ForAll @IntRange(min = 0, max = 5) int part) {
        BatchSchedule schedule =
                (epoch, iteration) -> scheduled.get((byIteration ? epoch + iteration : epoch) % scheduled.size());
        List<DataSet> data = Nets.data(ints(portions));
        examples = portions.stream().mapToInt(Integer::intValue).sum();
        MultiLayerNetwork net = Nets.mlp();
        BatchLog log = new BatchLog();
        DynamicBatchIterator batches = iterator(data, schedule, policy, part);
        batches.attachTo(net);
        net.addListeners(log);
        parts = part > 0;
        scored = parts ? new ListSource(data) : batches;

        driver.train(net, batches);

        List<Integer> expected = expected(schedule, examples, policy, 0, driver == Driver.BY_HAND);
        List<Integer> actual = updates(log);
        if (driver == Driver.EARLY_STOPPING) {
            // It stops after the epoch whose index is the maximum.
            actual = actual.subList(0, Math.min(actual.size(), expected.size()));
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Property(tries = 60)
    void sizesAfterARestoreAtAnEpochsEnd(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 9) Integer> portions,
            @ForAll @Size(min = 2, max = 4) List<@IntRange(min = 1, max = 13) Integer> scheduled,
            @ForAll LastBatch policy,
            @ForAll @IntRange(min = 1, max = 3) int trained,
            @ForAll boolean attached,
            @ForAll @IntRange(min = 0, max = 5) int part) {
        BatchSchedule schedule = (epoch, iteration) -> scheduled.get(epoch % scheduled.size());
        List<DataSet> data = Nets.data(ints(portions));
        int total = portions.stream().mapToInt(Integer::intValue).sum();
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator first = iterator(data, schedule, policy, part);
        first.attachTo(net);
        net.fit(first, trained);
        BatchState state = first.state();
        first.detachFrom(net);
        BatchLog log = new BatchLog();
        DynamicBatchIterator second = iterator(data, schedule, policy, part);
        second.restore(state);
        if (attached || part > 0) {
            second.attachTo(net);
        }
        net.addListeners(log);
        net.fit(second, EPOCHS - trained);

        assertThat(updates(log)).isEqualTo(expected(schedule, total, policy, trained, false));
        assertThat(state.epoch()).isEqualTo(trained);
    }
}
