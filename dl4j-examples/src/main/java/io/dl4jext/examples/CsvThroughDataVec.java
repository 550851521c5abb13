package io.dl4jext.examples;

import io.dl4jext.fisher.FisherListener;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.records.reader.impl.transform.TransformProcessRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.datavec.api.transform.TransformProcess;
import org.datavec.api.transform.schema.Schema;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * From a table in a CSV file to a measured training, all the way through DataVec: schema, transformation, standardised
 * columns, batches.
 */
public final class CsvThroughDataVec {

    private CsvThroughDataVec() {}

    public static void main(String[] arguments) throws Exception {
        // 64 pixels and a label; two columns at the edge are always empty, so they go.
        Schema schema = new Schema.Builder()
                .addColumnsInteger("pixel%d", 0, 63)
                .addColumnInteger("digit")
                .build();
        TransformProcess transform = new TransformProcess.Builder(schema)
                .removeColumns("pixel0", "pixel32")
                .build();
        RecordReader csv = new TransformProcessRecordReader(new CSVRecordReader(), transform);
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(
                CsvThroughDataVec.class.getResourceAsStream("/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 62, 10).next();
        DataSetIterator train = new ViewIterator(digits, 32);
        NormalizerStandardize standardize = new NormalizerStandardize();
        standardize.fit(digits);
        standardize.transform(digits);

        // The network: any MultiLayerNetwork or ComputationGraph will do.
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(62)
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

        FisherListener fisher = FisherListener.builder().everyIterations(10).build();
        network.addListeners(fisher);
        network.fit(train, 5);
        System.out.printf("loss %.3f, %s%n", network.score(), fisher.history());
    }
}
