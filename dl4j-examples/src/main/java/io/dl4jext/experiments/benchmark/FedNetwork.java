package io.dl4jext.experiments.benchmark;

import io.dl4jext.batch.BatchSchedule;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.doctor.StepTimes;
import io.dl4jext.experiments.network.Workload;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** A network that trains on the batches of an iterator, again and again, with the times of its steps. */
final class FedNetwork implements Turns.Contender {

    private final NeuralNetwork network;
    private final DataSetIterator batches;
    private final StepTimes times = new StepTimes();

    private FedNetwork(Model network, DataSetIterator batches) {
        this.network = (NeuralNetwork) network;
        this.batches = batches;
    }

    /** On batches that were made beforehand. */
    static FedNetwork ready(Workload workload, Examples examples) {
        return new FedNetwork(workload.network(1), source(workload, examples, workload.batchSize()));
    }

    /** On batches of the same size, made from ready ones of another. */
    static FedNetwork rebatched(Workload workload, Examples examples, int sourceSize) {
        Model network = workload.network(1);
        DynamicBatchIterator batches = DynamicBatchIterator.of(
                        source(workload, examples, sourceSize), BatchSchedule.constant(workload.batchSize()))
                .build();
        network.addListeners(batches.listener());
        return new FedNetwork(network, batches);
    }

    private static DataSetIterator source(Workload workload, Examples examples, int size) {
        List<DataSet> ready = new ArrayList<>();
        BatchIterator.inOrder(examples, workload.architecture().layout(), size).forEachRemaining(ready::add);
        return new ExistingDataSetIterator(ready);
    }

    @Override
    public void run(int steps, boolean warmUp) {
        StepTimes kept = warmUp ? new StepTimes() : times;
        for (int i = 0; i < steps; i++) {
            kept.time(this::step);
        }
    }

    private void step() {
        if (!batches.hasNext()) {
            batches.reset();
        }
        network.fit(batches.next());
    }

    /** The median time of a step in milliseconds. */
    double typical() {
        return times.median();
    }
}
