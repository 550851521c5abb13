package io.dl4jext.examples;

import io.dl4jext.implicit.Conversion;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
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
 * Converts a network, trained or not, to implicit backpropagation (Fagan and Iyengar) and trains both at a learning
 * rate at which plain SGD breaks down. (With smooth activations; what to expect of others is in docs/implicit.md.)
 */
public final class ImplicitSteps {

    private ImplicitSteps() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(
                ImplicitSteps.class.getResourceAsStream("/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        SplitTestAndTrain split = digits.splitTestAndTrain(1437);
        DataSetIterator train = new ViewIterator(split.getTrain(), 32);
        double rate = 2;

        // The network: any MultiLayerNetwork or ComputationGraph will do.
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(rate))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(64)
                        .nOut(100)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(100)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();

        // One line: the same parameters, with implicit steps where a layer allows them.
        Conversion<MultiLayerNetwork> conversion = ImplicitBackprop.convert(network, new ImplicitSgd(rate));
        System.out.println(conversion.summary());
        MultiLayerNetwork implicit = conversion.result();

        network.fit(train, 5);
        implicit.fit(train, 5);
        Evaluation explicitly = network.evaluate(new ViewIterator(split.getTest(), 360));
        Evaluation implicitly = implicit.evaluate(new ViewIterator(split.getTest(), 360));
        System.out.printf(
                "test accuracy at rate %s: explicit %.3f, implicit %.3f%n",
                rate, explicitly.accuracy(), implicitly.accuracy());
    }
}
