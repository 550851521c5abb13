package io.dl4jext.experiments.durability;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.TrainingCheckpoints;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Digits;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.engine.Networks;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A training as a user's program has it, measured, written down and saved: begun, or gone on with where it was broken
 * off.
 */
final class SavedTraining {

    static final String CSV = "fisher.csv";
    static final String JSON_LINES = "fisher.jsonl";

    final BatchController control;
    final FisherListener fisher;
    final Model network;
    /** Of the first update of this process. */
    final int begunAt;

    private final DataSetIterator batches;

    /**
     * @param folder of its rows and checkpoints
     * @param measured every such update is
     * @param saved after every such update
     */
    SavedTraining(Setup setup, Path folder, long seed, int measured, int saved) throws IOException {
        DataSetIterator source = BatchIterator.shuffled(Digits.embedded().train(), Layout.FLAT, 32, seed);
        control = BatchController.builder(new NormTest())
                .bounds(8, 64)
                .initialSize(16)
                .build();
        batches = setup.batches(source, control);
        fisher = FisherListener.builder()
                .everyIterations(measured)
                .historyLimit(1000)
                .sink(control)
                .sink(CsvSink.appending(folder.resolve(CSV)))
                .sink(JsonLinesSink.appending(folder.resolve(JSON_LINES)))
                .build();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder.resolve("checkpoints"))
                .everyIterations(saved)
                .data(batches)
                .fisher(fisher)
                .controller(control)
                .build();
        Class<? extends Model> type = setup.isGraph() ? ComputationGraph.class : MultiLayerNetwork.class;
        Optional<? extends Model> resumed = checkpoints.resume(type);
        network = resumed.isPresent() ? resumed.get() : setup.network(seed);
        if (resumed.isEmpty()) {
            // A network that was made of another begins with random numbers of the time of day.
            Nd4j.getRandom().setSeed(seed);
        }
        begunAt = BaseOptimizer.getIterationCount(network);
        if (batches instanceof DynamicBatchIterator) {
            ((DynamicBatchIterator) batches).attachTo(network);
        }
        Networks.attachListeners(network, setup.updater());
        network.addListeners(fisher, checkpoints);
    }

    int updates() {
        return BaseOptimizer.getIterationCount(network);
    }

    int epochs() {
        return BaseOptimizer.getEpochCount(network);
    }

    /** Trains it to the end of an epoch. */
    void trainEpoch() {
        ((NeuralNetwork) network).fit(batches);
    }
}
