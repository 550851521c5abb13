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
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A network that knows the digits 0 to 5 learns 6 to 9: its first layer is frozen, its output replaced, and the rest
 * fine-tuned by implicit steps (Fagan and Iyengar) at a learning rate that is far too high for plain SGD. DL4J's
 * transfer learning as it is, and one line.
 */
public final class TransferWithImplicitSteps {

    private TransferWithImplicitSteps() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(
                new InputStreamInputSplit(new GZIPInputStream(TransferWithImplicitSteps.class.getResourceAsStream(
                        "/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        DataSet known = digits.filterBy(new int[] {0, 1, 2, 3, 4, 5});
        known.filterAndStrip(new int[] {0, 1, 2, 3, 4, 5});
        DataSet added = digits.filterBy(new int[] {6, 7, 8, 9});
        added.filterAndStrip(new int[] {6, 7, 8, 9});
        SplitTestAndTrain split = added.splitTestAndTrain(500);
        DataSetIterator train = new ViewIterator(split.getTrain(), 20);

        // A trained network, as one has it from elsewhere.
        MultiLayerNetwork trained = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .activation(Activation.TANH)
                .updater(new Adam(0.003))
                .list()
                .layer(new DenseLayer.Builder().nIn(64).nOut(100).build())
                .layer(new DenseLayer.Builder().nIn(100).nOut(50).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(50)
                        .nOut(6)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        trained.init();
        trained.fit(new ViewIterator(known, 32), 3);

        // DL4J's transfer learning: the first layer frozen, four classes instead of six.
        double rate = 16;
        MultiLayerNetwork tuned = new TransferLearning.Builder(trained)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .seed(2)
                        .updater(new Sgd(rate))
                        .build())
                .setFeatureExtractor(0)
                .nOutReplace(2, 4, WeightInit.XAVIER)
                .build();

        // One line: the same parameters, with implicit steps where a layer is trained and allows them.
        Conversion<MultiLayerNetwork> conversion = ImplicitBackprop.convert(tuned, new ImplicitSgd(rate));
        System.out.println(conversion.summary());
        MultiLayerNetwork implicit = conversion.result();

        tuned.fit(train, 5);
        implicit.fit(train, 5);
        Evaluation explicitly = tuned.evaluate(new ViewIterator(split.getTest(), 220));
        Evaluation implicitly = implicit.evaluate(new ViewIterator(split.getTest(), 220));
        System.out.printf(
                "test accuracy at learning rate %.0f: explicit %.3f, implicit %.3f%n",
                rate, explicitly.accuracy(), implicitly.accuracy());
    }
}
