package io.dl4jext.examples;

import io.dl4jext.fisher.PerSampleGradients;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The steps of DP-SGD (Abadi et al. 2016, algorithm 1): each sample's gradient is clipped, noise is added to their sum,
 * and the mean is the step. Not a guarantee of privacy: nobody accounts for what is spent, the batches are not drawn by
 * Poisson sampling, and ND4J's random numbers are not made for secrets.
 */
public final class ClippedNoisySteps {

    private ClippedNoisySteps() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(
                ClippedNoisySteps.class.getResourceAsStream("/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        SplitTestAndTrain split = digits.splitTestAndTrain(1437);

        // The network: no batch normalisation, with which samples would see each other.
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.5))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(64)
                        .nOut(50)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(50)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();

        double maxNorm = 1;
        double noiseMultiplier = 1;
        double learningRate = 0.5;
        for (int epoch = 0; epoch < 15; epoch++) {
            for (DataSet batch : split.getTrain().batchBy(128)) {
                // Σ_i g_i min(1, C/‖g_i‖), 1 × P, without the gradients themselves.
                INDArray sum = PerSampleGradients.of(network, batch).clippedSum(maxNorm);
                INDArray noise = Nd4j.randn(sum.dataType(), sum.shape()).muli(noiseMultiplier * maxNorm);
                INDArray step = sum.addi(noise).muli(learningRate / batch.numExamples());
                network.params().subi(step.reshape(network.params().shape()));
            }
        }

        DataSet first = split.getTrain().batchBy(128).get(0);
        double[] norms = PerSampleGradients.of(network, first).norms();
        System.out.printf("norm of the first gradient %.3f%n", norms[0]);
        Evaluation evaluation = network.evaluate(new ViewIterator(split.getTest(), 360));
        System.out.printf("test accuracy %.3f%n", evaluation.accuracy());
    }
}
