package io.dl4jext.batch.internal.accumulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.batch.scaling.LearningRateScaling;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffOutputLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;
import org.slf4j.LoggerFactory;

/** Outputs whose parts do not add up are named when a network is prepared for parts. */
class SummedLossesTest {

    /** The mean of the squared error. */
    public static final class MeanError extends SameDiffOutputLayer {

        private static final long serialVersionUID = 1L;

        @Override
        public SDVariable defineLayer(
                SameDiff sameDiff, SDVariable input, SDVariable labels, Map<String, SDVariable> parameters) {
            SDVariable out = sameDiff.identity("out", input.mmul(parameters.get("W")));
            if (labels == null) {
                return out;
            }
            SDVariable difference = out.sub(labels);
            return difference.mul(difference).mean("loss");
        }

        @Override
        public String activationsVertexName() {
            return "out";
        }

        @Override
        public void defineParameters(SDLayerParams parameters) {
            parameters.addWeightParam("W", 5, 1);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> parameters) {
            parameters.get("W").assign(0.1);
        }

        @Override
        public InputType getOutputType(int index, InputType input) {
            return InputType.feedForward(1);
        }
    }

    private static List<String> said(Layer output, boolean inParts) {
        return said(new DenseLayer.Builder().nIn(4).nOut(5).build(), null, output, inParts);
    }

    private static List<String> said(Layer hidden, InputType input, Layer output, boolean inParts) {
        output.setLayerName("last");
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list(hidden, output)
                .setInputType(input)
                .build());
        network.init();
        Logger logger = (Logger) LoggerFactory.getLogger(SummedLosses.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            new UpdateListener(LearningRateScaling.linear(8), inParts ? new NoParts() : null).prepare(network);
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.toList());
    }

    private static final class NoParts implements MicroBatches {

        @Override
        public MicroBatch current() {
            return null;
        }

        @Override
        public MicroBatch begin(Pass pass, boolean failed) {
            return null;
        }

        @Override
        public void giveUp() {}

        @Override
        public boolean isBroken() {
            return false;
        }

        @Override
        public void advance(MicroBatch trained) {}
    }

    static Stream<Arguments> outputs() {
        return Stream.of(
                Arguments.of(
                        new OCNNOutputLayer.Builder()
                                .nIn(5)
                                .hiddenLayerSize(4)
                                .nu(0.1)
                                .build(),
                        "OCNNOutputLayer"),
                Arguments.of(
                        new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(5)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "CenterLossOutputLayer"),
                Arguments.of(
                        new OutputLayer.Builder(new LossFMeasure())
                                .nIn(5)
                                .nOut(1)
                                .activation(Activation.SIGMOID)
                                .build(),
                        "LossFMeasure"),
                Arguments.of(
                        new LossLayer.Builder(new LossFMeasure())
                                .activation(Activation.SIGMOID)
                                .build(),
                        "LossFMeasure"),
                Arguments.of(
                        new RnnLossLayer.Builder(new LossFMeasure())
                                .activation(Activation.SIGMOID)
                                .build(),
                        "LossFMeasure"),
                Arguments.of(
                        new FrozenLayerWithBackprop(new OutputLayer.Builder(new LossFMeasure())
                                .nIn(5)
                                .nOut(1)
                                .activation(Activation.SIGMOID)
                                .build()),
                        "LossFMeasure"),
                Arguments.of(new MeanError(), "SameDiff output"));
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void theLayerIsNamed(Layer output, String what) {
        assertThat(said(output, true))
                .singleElement()
                .asString()
                .contains("'last'", what, "add up")
                .doesNotContain("null");
        assertThat(said(output, false)).isEmpty();
    }

    @Test
    void outputsOfPixelsAreNamed() {
        Layer pixels = new CnnLossLayer.Builder(new LossFMeasure())
                .activation(Activation.SIGMOID)
                .build();
        Layer voxels = new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                .lossFunction(new LossFMeasure())
                .activation(Activation.SIGMOID)
                .build();
        Layer images = new ConvolutionLayer.Builder(1, 1).nOut(1).build();
        Layer volumes = new Convolution3D.Builder(1, 1, 1).nOut(1).build();

        assertThat(said(images, InputType.convolutional(3, 3, 2), pixels, true))
                .singleElement()
                .asString()
                .contains("LossFMeasure");
        assertThat(said(volumes, InputType.convolutional3D(3, 3, 3, 2), voxels, true))
                .singleElement()
                .asString()
                .contains("LossFMeasure");
    }

    @Test
    void sumsAreNot() {
        assertThat(said(
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(5)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        true))
                .isEmpty();
    }
}
