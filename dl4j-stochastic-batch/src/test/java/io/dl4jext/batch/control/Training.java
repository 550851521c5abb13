package io.dl4jext.batch.control;

import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** A training loop that asks for the size of each batch when it is about to build it. */
final class Training {

    final MultiLayerNetwork network;
    final List<Integer> sizes = new ArrayList<>();
    private final DataSet data;
    private final BatchSizes batchSizes;
    private int cursor;

    /** Starts at an example of the network's present epoch. */
    Training(MultiLayerNetwork network, DataSet data, BatchSizes batchSizes, int cursor) {
        this.network = network;
        this.data = data;
        this.batchSizes = batchSizes;
        this.cursor = cursor;
    }

    void iterations(int count) {
        for (int i = 0; i < count; i++) {
            int size = batchSizes.batchSize(network.getEpochCount(), network.getIterationCount());
            int end = Math.min(data.numExamples(), cursor + size);
            network.fit(Networks.rows(data, cursor, end));
            sizes.add(end - cursor);
            cursor = end;
            if (cursor == data.numExamples()) {
                cursor = 0;
                network.setEpochCount(network.getEpochCount() + 1);
            }
        }
    }

    int cursor() {
        return cursor;
    }

    /** A whole run with one listener, measured every few iterations. */
    static FisherHistory run(MultiLayerNetwork network, DataSet data, BatchSizes sizes, int every, int iterations) {
        FisherListener listener = listener(every).build();
        network.setListeners(listener);
        new Training(network, data, sizes, 0).iterations(iterations);
        return listener.history();
    }

    static FisherListener.Builder listener(int every) {
        return FisherListener.builder()
                .everyIterations(every)
                .rankTolerance(1e-4)
                .failFast(true);
    }
}
