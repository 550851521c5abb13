package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Mnist;
import io.dl4jext.experiments.data.PianoRolls;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.implicit.activation.RootRule;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class RateTrialTest {

    private static final double RATE = 0.3;
    private static final double CLIP = 0.05;
    private static final int STEPS = 4;
    private static final RateTrial.Setting SETTING = new RateTrial.Setting(1, RootRule.GLOBAL);

    @TempDir
    Path folder;

    private Task mnist;
    private Task autoencoder;
    private Task table;
    private Task music;

    @BeforeEach
    void tasks() throws IOException {
        ImageSet digits = Mnist.subset().limitTrain(32);
        mnist = Task.mnist(digits, 8);
        autoencoder = Task.autoencoder(digits, 8, PixelLoss.AVERAGED);
        ImageShape rows = new ImageShape(1, 1, 6);
        table = Task.table(
                new ImageSet("noise", RandomImages.of(rows, 3, 32, 1), RandomImages.of(rows, 3, 3, 2)),
                8,
                InitialWeights.XAVIER);
        music = Task.music(PianoRolls.read(Files.writeString(folder.resolve("music.json"), song())));
    }

    private static String song() {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder text = new StringBuilder("{\"train\": [");
        for (int piece = 0; piece < 4; piece++) {
            text.append(piece == 0 ? "[" : ", [");
            for (int step = 0; step < 5 + piece; step++) {
                text.append(step == 0 ? "[" : ", [")
                        .append(random.nextInt(21, 109))
                        .append(", 60]");
            }
            text.append(']');
        }
        return text + "]}";
    }

    private static RateTrial trial(Task task, Variant variant, double rate, long seed) {
        return new RateTrial(task, Method.of(variant, CLIP), rate, seed, SETTING);
    }

    private static Run<RateTrial> run(RateTrial trial, Progress progress) {
        return trial.training().run(trial, trial.work(), progress);
    }

    private static NeuralNetConfiguration.Builder plain() {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .weightInit(WeightInit.XAVIER_UNIFORM)
                .updater(new Sgd(RATE));
    }

    /** The paper's sizes: 5·5·10 + 10, 5·5·10·20 + 20, 320·50 + 50 and 50·10 + 10 parameters. */
    @Test
    void explicitMnistIsThePlainNetwork() {
        MultiLayerConfiguration reference = plain().list()
                .layer(new ConvolutionLayer.Builder(5, 5)
                        .nOut(10)
                        .activation(Activation.RELU)
                        .build())
                .layer(new SubsamplingLayer.Builder()
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new ConvolutionLayer.Builder(5, 5)
                        .nOut(20)
                        .activation(Activation.RELU)
                        .build())
                .layer(new SubsamplingLayer.Builder()
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new DenseLayer.Builder()
                        .nOut(50)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new DenseLayer.Builder()
                        .nOut(10)
                        .activation(Activation.RELU)
                        .dropOut(0.5)
                        .build())
                .layer(new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build();
        MultiLayerNetwork network = assertTrainsAs(reference, mnist);
        assertThat(network.numParams()).isEqualTo(260 + 5_020 + 16_050 + 510);
    }

    @Test
    void explicitAutoencoderIsThePlainNetwork() {
        int[] sizes = {784, 500, 300, 100, 30, 100, 300, 500};
        NeuralNetConfiguration.ListBuilder layers =
                plain().activation(Activation.RELU).list();
        for (int i = 1; i < sizes.length; i++) {
            layers.layer(
                    new DenseLayer.Builder().nIn(sizes[i - 1]).nOut(sizes[i]).build());
        }
        layers.layer(new OutputLayer.Builder(LossFunction.MSE)
                .nIn(500)
                .nOut(784)
                .activation(Activation.RELU)
                .build());
        assertTrainsAs(layers.build(), autoencoder);
    }

    @Test
    void explicitMusicIsThePlainNetwork() {
        MultiLayerConfiguration reference = plain().list()
                .layer(new SimpleRnn.Builder()
                        .nIn(88)
                        .nOut(300)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new RnnOutputLayer.Builder(new ChordLikelihood())
                        .nIn(300)
                        .nOut(88)
                        .activation(Activation.SIGMOID)
                        .build())
                .build();
        assertTrainsAs(reference, music);
    }

    @Test
    void explicitTableIsThePlainNetwork() {
        NeuralNetConfiguration.ListBuilder layers = plain().list();
        for (int i = 0; i < 3; i++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(6)
                    .nOut(6)
                    .activation(new ActivationArcTan())
                    .build());
        }
        layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build());
        assertTrainsAs(layers.build(), table);
    }

    /** Parameters are the same to the last bit before and after some steps; so is the loss, within a float. */
    private static MultiLayerNetwork assertTrainsAs(MultiLayerConfiguration reference, Task task) {
        MultiLayerNetwork expected = new MultiLayerNetwork(reference);
        expected.init();
        INDArray start = expected.params().dup();
        train(expected, task);
        MultiLayerNetwork got = trial(task, Variant.EXPLICIT, RATE, 5).network();
        assertThat(got.params()).isEqualTo(start);
        train(got, task);
        assertThat(got.params().equalsWithEps(expected.params(), 0)).isTrue();
        assertThat(got.params().equalsWithEps(start, 0)).isFalse();

        double sum = 0;
        int examples = 0;
        for (task.examples.reset(); task.examples.hasNext(); ) {
            DataSet batch = task.examples.next();
            sum += expected.score(batch, false) * batch.numExamples();
            examples += batch.numExamples();
        }
        assertThat(task.loss.mean(task, got)).isCloseTo(sum / examples, within(1e-4 * sum / examples));
        return got;
    }

    private static void train(MultiLayerNetwork network, Task task) {
        Iterator<DataSet> batches = task.batches.apply(1);
        Nd4j.getRandom().setSeed(9); // dropout
        for (int i = 0; i < STEPS; i++) {
            network.fit(batches.next());
        }
    }

    @Test
    void variantsDiffer() {
        for (Task task : new Task[] {mnist, autoencoder, table, music}) {
            MultiLayerNetwork explicit = trial(task, Variant.EXPLICIT, 3, 5).network();
            MultiLayerNetwork implicit = trial(task, Variant.IMPLICIT, 3, 5).network();
            MultiLayerNetwork scaled =
                    trial(task, Variant.IMPLICIT_SCALED, 3, 5).network();
            assertThat(implicit.params()).isEqualTo(explicit.params()).isEqualTo(scaled.params());
            train(explicit, task);
            train(implicit, task);
            train(scaled, task);
            assertThat(implicit.params().equalsWithEps(explicit.params(), 0)).isFalse();
            // In music, too, with one piece a batch: its time steps' steps are averaged or added up.
            assertThat(scaled.params().equalsWithEps(implicit.params(), 0)).isFalse();
        }
    }

    /** Only what is told of the loss, and clipping, tell the two apart. */
    @Test
    void summedAtARateDividedByThePixelsIsAveraged() throws IOException {
        Task summed = Task.autoencoder(Mnist.subset().limitTrain(32), 8, PixelLoss.SUMMED);
        double rate = 10;
        for (Variant variant : new Variant[] {Variant.EXPLICIT, Variant.IMPLICIT, Variant.IMPLICIT_SCALED}) {
            MultiLayerNetwork averaging = trial(autoencoder, variant, rate, 5).network();
            INDArray start = averaging.params().dup();
            train(averaging, autoencoder);
            MultiLayerNetwork summing =
                    trial(summed, variant, rate * summed.rateUnit(), 5).network();
            train(summing, summed);
            double step = averaging.params().sub(start).norm2Number().doubleValue();
            assertThat(averaging.params().sub(summing.params()).norm2Number().doubleValue())
                    .isLessThan(1e-4 * step);
            assertThat(summed.loss.mean(summed, summing))
                    .isCloseTo(784 * autoencoder.loss.mean(autoencoder, averaging), within(1e-2));
        }
        assertThat(autoencoder.rateUnit()).isEqualTo(1);
        assertThat(mnist.rateUnit()).isEqualTo(1);
    }

    @Test
    void classifiersAreTested() {
        Progress none = Progress.of("test", 1000, new PrintWriter(new StringWriter()));
        for (Task task : new Task[] {mnist, table}) {
            assertThat(task.isClassification()).isTrue();
            assertThat(RateTrial.testAccuracy(run(trial(task, Variant.EXPLICIT, RATE, 5), none)))
                    .isBetween(0.0, 1.0);
        }
        assertThat(RateTrial.testAccuracy(run(trial(mnist, Variant.EXPLICIT, 1e30, 5), none)))
                .isNaN();
        for (Task task : new Task[] {autoencoder, music}) {
            assertThat(task.isClassification()).isFalse();
            assertThat(RateTrial.testAccuracy(run(trial(task, Variant.EXPLICIT, RATE, 5), none)))
                    .isNaN();
        }
        none.close();
    }

    /** A step with a small rate is nearly the explicit one. */
    @Test
    void smallImplicitStepsAreExplicit() {
        double rate = 1e-3;
        for (Task task : new Task[] {mnist, table, music}) {
            MultiLayerNetwork explicit = trial(task, Variant.EXPLICIT, rate, 5).network();
            INDArray start = explicit.params().dup();
            train(explicit, task);
            MultiLayerNetwork implicit = trial(task, Variant.IMPLICIT, rate, 5).network();
            train(implicit, task);
            double step = explicit.params().sub(start).norm2Number().doubleValue();
            double difference =
                    explicit.params().sub(implicit.params()).norm2Number().doubleValue();
            assertThat(difference).isPositive().isLessThan(0.05 * step);
        }
    }

    @Test
    void clippingBoundsTheStepOfALayer() {
        for (Variant variant : new Variant[] {Variant.EXPLICIT_CLIP, Variant.IMPLICIT_CLIP}) {
            MultiLayerNetwork network = trial(mnist, variant, RATE, 5).network();
            INDArray before = network.params().dup();
            network.fit(mnist.batches.apply(1).next());
            float[] step = network.params().sub(before).data().asFloat();
            // The paper's convolutions, arctan layer and relu layer, in this order.
            int[] ends = {260, 5_280, 21_330, 21_840};
            int begin = 0;
            double largest = 0;
            for (int end : ends) {
                double squares = 0;
                for (int i = begin; i < end; i++) {
                    squares += step[i] * step[i];
                }
                assertThat(Math.sqrt(squares)).isLessThan(RATE * CLIP * 1.001);
                largest = Math.max(largest, Math.sqrt(squares));
                begin = end;
            }
            assertThat(largest).isCloseTo(RATE * CLIP, within(1e-6));
        }
    }

    @Test
    void exactStepsLowerTheLoss() {
        StringWriter lines = new StringWriter();
        try (Progress progress = Progress.of("test", 400, new PrintWriter(lines))) {
            RateTrial exact = trial(table, Variant.EXACT, 1, 5);
            assertThat(exact.work()).isEqualTo(400);
            Run<RateTrial> run = run(exact, progress);
            assertThat(run.diverged).isFalse();
            assertThat(RateTrial.loss(run)).isLessThan(RateTrial.untrained(table, 5, SETTING));
            progress.finished("done");
        }
    }

    @Test
    void divergedRunsStopAndStayInTheTable() {
        StringWriter lines = new StringWriter();
        for (Task task : new Task[] {mnist, autoencoder, table, music}) {
            RateTrial explicit = trial(task, Variant.EXPLICIT, 1e30, 5);
            try (Progress progress = Progress.of("test", 2 * explicit.work(), new PrintWriter(lines))) {
                assertThat(run(explicit, progress).seconds).isPositive();
                assertThat(run(trial(task, Variant.IMPLICIT, 1e30, 5), progress).seconds)
                        .isPositive();
                progress.finished("done");
            }
        }
        assertThat(lines.toString().lines()).hasSize(4).allMatch(line -> line.equals("100 %, done"));
    }

    /** The same seed, the same loss. */
    @Test
    void runsRepeat() {
        Progress none = Progress.of("test", 1000, new PrintWriter(new StringWriter()));
        assertThat(RateTrial.loss(run(trial(mnist, Variant.IMPLICIT, RATE, 5), none)))
                .isEqualTo(RateTrial.loss(run(trial(mnist, Variant.IMPLICIT, RATE, 5), none)))
                .isNotEqualTo(RateTrial.loss(run(trial(mnist, Variant.IMPLICIT, RATE, 6), none)));
        none.close();
    }

    @Test
    void everyNetworkIsOfFloats() {
        assertThat(trial(mnist, Variant.IMPLICIT, RATE, 5).network().params().dataType())
                .isEqualTo(DataType.FLOAT);
    }
}
