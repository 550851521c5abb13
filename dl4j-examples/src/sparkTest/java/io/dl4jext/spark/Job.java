package io.dl4jext.spark;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Digits;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;

/** What the tests train on Spark: a small network on the digits, in every way that this pack has. */
enum Job {
    SGD(new Sgd(0.1)),
    ADAGRAD(AdaGradPresets.pyTorch().learningRate(0.05).build()),
    ADAGRAD_OF_TENSORS(AdaGradPresets.normPerTensor().learningRate(0.05).build()),
    DECAYING(new Sgd(new LinearDecaySchedule(ScheduleType.ITERATION, 0.2, 0.01, 10))),
    IMPLICIT(new ImplicitSgd(0.5)),
    STOCHASTIC(StochasticBatch.builder().learningRate(0.1).momentum(0.5).build());

    final IUpdater updater;

    Job(IUpdater updater) {
        this.updater = updater;
    }

    MultiLayerNetwork network(DataType type) {
        MultiLayerNetwork network = network(updater, type);
        return this == IMPLICIT
                ? ImplicitBackprop.convert(network, new ImplicitSgd(0.5)).result()
                : network;
    }

    static MultiLayerNetwork network(IUpdater updater, DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(64)
                        .nOut(20)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(20)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    /** What each worker's network needs. */
    TrainingListener[] listeners() {
        switch (this) {
            case STOCHASTIC:
                return new TrainingListener[] {new WorkerListener(StochasticBatchListener::new)};
            case ADAGRAD_OF_TENSORS:
                return new TrainingListener[] {new WorkerListener(AdaGradListener::new)};
            default:
                return new TrainingListener[0];
        }
    }

    /** The first batches of the digits, all of one size. */
    static List<DataSet> batches(int number, int size, DataType type) {
        BatchIterator digits;
        try {
            digits = BatchIterator.shuffled(Digits.embedded().train(), Layout.FLAT, size, 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<DataSet> batches = new ArrayList<>();
        while (batches.size() < number) {
            DataSet batch = digits.next();
            batches.add(new DataSet(
                    batch.getFeatures().castTo(type), batch.getLabels().castTo(type)));
        }
        return batches;
    }
}
