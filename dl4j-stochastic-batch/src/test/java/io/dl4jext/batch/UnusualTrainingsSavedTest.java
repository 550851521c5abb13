package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.schedule.BatchSchedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.datasets.iterator.EarlyTerminationDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Checkpoints where networks, iterators and the ends of epochs are not what they are in most programs. */
class UnusualTrainingsSavedTest {

    @TempDir
    Path folder;

    static final class Mine extends MultiLayerNetwork {

        private static final long serialVersionUID = 1L;

        Mine(MultiLayerConfiguration configuration) {
            super(configuration);
        }
    }

    static final class MyGraph extends ComputationGraph {

        private static final long serialVersionUID = 1L;

        MyGraph(ComputationGraphConfiguration configuration) {
            super(configuration);
        }
    }

    @Test
    void aSubclassIsResumedAsDl4jsNetwork() throws IOException {
        Mine network = new Mine(Nets.mlp().getLayerWiseConfigurations());
        network.init();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder).build();
        network.addListeners(checkpoints);
        network.fit(new ListSource(Nets.data(4, 5)));

        Optional<MultiLayerNetwork> resumed = checkpoints.resume(MultiLayerNetwork.class);

        assertThat(resumed).isPresent();
        assertThat(resumed.get().params()).isEqualTo(network.params());
    }

    @Test
    void aSubclassOfAGraphToo() throws IOException {
        MyGraph network = new MyGraph(Nets.graph().getConfiguration());
        network.init();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder).build();
        network.addListeners(checkpoints);
        network.fit(new ListSource(Nets.data(4, 5)));

        assertThat(checkpoints.resume(ComputationGraph.class)).isPresent();
    }

    private static DynamicBatchIterator batches() {
        return DynamicBatchIterator.builder(new ListSource(Nets.data(7, 8, 9)), BatchSchedule.constant(3))
                .build();
    }

    /** An epoch of two batches of eight: its end is saved, though no epoch was to be. */
    @Test
    void theEndOfAnEpochThatIsCutShort() throws IOException {
        DynamicBatchIterator data = batches();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(data)
                .build();
        MultiLayerNetwork network = Nets.mlp();
        data.attachTo(network);
        network.addListeners(checkpoints);
        network.fit(new EarlyTerminationDataSetIterator(data, 2));

        DynamicBatchIterator again = batches();
        MultiLayerNetwork resumed = TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(again)
                .build()
                .resume(MultiLayerNetwork.class)
                .orElseThrow();

        assertThat(resumed.getEpochCount()).isOne();
        assertThat(resumed.getIterationCount()).isEqualTo(2);
        again.attachTo(resumed);
        network.fit(new EarlyTerminationDataSetIterator(data, 2));
        resumed.fit(new EarlyTerminationDataSetIterator(again, 2));
        assertThat(resumed.params()).isEqualTo(network.params());
        assertThat(resumed.getEpochCount()).isEqualTo(network.getEpochCount());
    }

    /** Hands its iterator's batches on. */
    private static final class Around extends ListSource {

        private static final long serialVersionUID = 1L;

        private final transient DynamicBatchIterator within;

        Around(DynamicBatchIterator within) {
            super(List.of());
            this.within = within;
        }

        @Override
        public boolean hasNext() {
            return within.hasNext();
        }

        @Override
        public DataSet next() {
            return within.next();
        }

        @Override
        public boolean asyncSupported() {
            return false;
        }

        @Override
        public void reset() {
            within.reset();
        }
    }

    @Test
    void anIteratorAroundTheAttachedOneIsSaid() throws Throwable {
        DynamicBatchIterator within = batches();
        MultiLayerNetwork network = Nets.mlp();
        within.attachTo(network);
        Around around = new Around(within);
        network.addListeners(TrainingCheckpoints.builder(folder).data(around).build());
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> network.fit(around)))
                .singleElement()
                .asString()
                .contains("attached to another iterator than the one handed to data");
    }

    /** DL4J goes on in the same pass; where in it, only an iterator of the pack knows. */
    @Test
    void afterAFitThatThrewAPlainIteratorsPlaceIsSavedAtTheEpochsEnd() throws Throwable {
        ListSource data = plain();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(data)
                .build();
        MultiLayerNetwork network = Nets.mlp();
        network.addListeners(checkpoints, new BaseTrainingListener() {
            private int passes;

            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                if (passes++ == 2) {
                    throw new IllegalStateException("on purpose");
                }
            }
        });
        assertThatThrownBy(() -> network.fit(data)).hasMessage("on purpose");
        assertThat(TrainingCheckpointsTest.said(TrainingCheckpoints.class, () -> network.fit(data)))
                .singleElement()
                .asString()
                .contains("at the end of epochs only", "a fit was broken off");

        ListSource again = plain();
        AtomicReference<MultiLayerNetwork> found = new AtomicReference<>();
        assertThat(TrainingCheckpointsTest.said(
                        DataPlace.class,
                        () -> found.set(TrainingCheckpoints.builder(folder)
                                .data(again)
                                .build()
                                .resume(MultiLayerNetwork.class)
                                .orElseThrow())))
                .isEmpty();
        MultiLayerNetwork resumed = found.get();
        assertThat(resumed.getEpochCount()).isOne();
        assertThat(again.resets).isZero();
        network.fit(data);
        resumed.fit(again);
        assertThat(resumed.params()).isEqualTo(network.params());
    }

    private static ListSource plain() {
        return new ListSource(Nets.data(3, 3, 3, 3, 3)) {
            @Override
            public boolean asyncSupported() {
                return false;
            }
        };
    }
}
