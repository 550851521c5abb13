package io.dl4jext.examples;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.schedule.LinearDecaySchedule;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Moves a training from PyTorch to DL4J without a change in its numbers: AdaGrad with PyTorch's start value, ε and rate
 * decay, and a learning-rate schedule for any DL4J updater.
 */
public final class AdaGradAsInPyTorch {

    private AdaGradAsInPyTorch() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(AdaGradAsInPyTorch.class.getResourceAsStream(
                "/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        SplitTestAndTrain split = digits.splitTestAndTrain(1437);
        DataSetIterator train = new ViewIterator(split.getTrain(), 32);

        IUpdater adaGrad = AdaGradPresets.pyTorch().learningRate(0.05).build(); // or keras(), optax(), dl4j(), ...
        IUpdater sgd = new Sgd(new LinearDecaySchedule(ScheduleType.EPOCH, 0.2, 0.01, 10));
        for (IUpdater updater : new IUpdater[] {adaGrad, sgd}) {
            MultiLayerNetwork network = network(updater);
            network.fit(train, 10);
            Evaluation evaluation = network.evaluate(new ViewIterator(split.getTest(), 360));
            System.out.printf("%-14s test accuracy %.3f%n", updater.getClass().getSimpleName(), evaluation.accuracy());
        }
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(64)
                        .nOut(100)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(100)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }
}
