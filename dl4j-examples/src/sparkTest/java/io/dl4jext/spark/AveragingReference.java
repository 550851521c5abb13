package io.dl4jext.spark;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Parameter averaging as it is defined, in one thread: each worker trains its own copy on its own batches, then
 * parameters and updater state are replaced by the copies' means.
 */
final class AveragingReference {

    private AveragingReference() {}

    /** @param batches of each worker */
    static void round(MultiLayerNetwork network, Job job, List<List<DataSet>> batches) {
        INDArray parameters = network.params().ulike();
        INDArray state = network.getUpdater().getStateViewArray();
        INDArray states = state == null ? null : state.ulike();
        for (List<DataSet> ofWorker : batches) {
            MultiLayerNetwork copy = copy(network);
            copy.setListeners(job.listeners());
            ofWorker.forEach(copy::fit);
            parameters.addi(copy.params());
            if (states != null) {
                states.addi(copy.getUpdater().getStateViewArray());
            }
        }
        network.setParams(parameters.divi(batches.size()));
        if (states != null) {
            state.assign(states.divi(batches.size()));
        }
        MultiLayerConfiguration configuration = network.getLayerWiseConfigurations();
        configuration.setIterationCount(
                configuration.getIterationCount() + batches.get(0).size());
    }

    static MultiLayerNetwork copy(MultiLayerNetwork network) {
        MultiLayerNetwork copy = network.clone();
        copy.getLayerWiseConfigurations()
                .setIterationCount(network.getLayerWiseConfigurations().getIterationCount());
        copy.getLayerWiseConfigurations()
                .setEpochCount(network.getLayerWiseConfigurations().getEpochCount());
        return copy;
    }

    /** Deals the batches out as {@code JavaSparkContext.parallelize} does: each worker has its share in one piece. */
    static List<List<DataSet>> dealt(List<DataSet> batches, int workers) {
        List<List<DataSet>> dealt = new ArrayList<>();
        int share = batches.size() / workers;
        for (int worker = 0; worker < workers; worker++) {
            dealt.add(batches.subList(worker * share, (worker + 1) * share));
        }
        return dealt;
    }
}
