package io.dl4jext.examples;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.NoiseScale;
import io.dl4jext.fisher.FisherListener;
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
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Lets measurements choose the batch size: the gradient noise scale says how many examples the present gradient is
 * worth, and the controller follows it within bounds.
 */
public final class ClosedLoopBatchSize {

    private ClosedLoopBatchSize() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(ClosedLoopBatchSize.class.getResourceAsStream(
                "/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        SplitTestAndTrain split = digits.splitTestAndTrain(1437);
        DataSetIterator train = new ViewIterator(split.getTrain(), 32);

        // The network: any MultiLayerNetwork or ComputationGraph will do.
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
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

        // Measurements go to the controller, sizes from it to the iterator.
        BatchController controller = BatchController.builder(new NoiseScale())
                .initialSize(16)
                .bounds(16, 256)
                .build();
        network.addListeners(
                FisherListener.builder().everyIterations(5).sink(controller).build());
        DynamicBatchIterator batches =
                DynamicBatchIterator.builder(train, controller).build();
        batches.attachTo(network);

        network.fit(batches, 10);
        Evaluation evaluation = network.evaluate(new ViewIterator(split.getTest(), 360));
        controller.log().forEach(System.out::println);
        System.out.printf("last batch size %d, test accuracy %.3f%n", batches.batch(), evaluation.accuracy());
    }
}
