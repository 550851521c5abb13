package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * A worker of ParallelWrapper copies the network's configuration while another one may be within a measured pass.
 * Functions within the network look at what it would get at that moment.
 */
class ConfigurationMeanwhileTest {

    private static Runnable look = () -> {};

    /** tanh. */
    public static final class LookingActivation extends ActivationTanH {

        private static final long serialVersionUID = 1L;

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            look.run();
            return super.backprop(in, epsilon);
        }
    }

    /** Cross entropy. */
    public static final class LookingLoss extends LossMCXENT {

        private static final long serialVersionUID = 1L;

        @Override
        public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
            look.run();
            return super.computeGradient(labels, preOutput, activationFn, mask);
        }
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dropOut(0.8)
                .list()
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(2)
                        .activation(new LookingActivation())
                        .build())
                .layer(new DenseLayer.Builder()
                        .nOut(4)
                        .activation(new LookingActivation())
                        .build())
                .layer(new OutputLayer.Builder(new LookingLoss())
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(4, 4, 1))
                .build());
        network.init();
        return network;
    }

    private static DataSet batch() {
        INDArray labels = Nd4j.zeros(5, 3);
        for (int i = 0; i < 5; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(Nd4j.linspace(-1, 1, 80).reshape(5, 1, 4, 4).castTo(Nd4j.dataType()), labels);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itIsAsWithoutMeasuring(boolean graph) {
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        List<String> plain = seen(graph);
        // Three layers in three steps, saved and copied.
        assertThat(plain).hasSize(18);
        assertThat(seen(graph, fisher)).isEqualTo(plain);
        assertThat(fisher.history().measurements()).hasSize(3);
    }

    private static List<String> seen(boolean graph, TrainingListener... listeners) {
        List<String> seen = new ArrayList<>();
        MultiLayerNetwork network = network();
        ComputationGraph asGraph = graph ? network.toComputationGraph() : null;
        Nd4j.getRandom().setSeed(9);
        try {
            if (graph) {
                asGraph.setListeners(listeners);
                look = () -> {
                    // A graph that was made of another network has the time of day as its seed.
                    seen.add(asGraph.getConfiguration().toJson().replaceAll("\"seed\" : \\d+", ""));
                    seen.add(asGraph.getConfiguration().clone().toJson().replaceAll("\"seed\" : \\d+", ""));
                };
                for (int step = 0; step < 3; step++) {
                    asGraph.fit(batch());
                }
            } else {
                network.setListeners(listeners);
                look = () -> {
                    MultiLayerConfiguration configuration = network.getLayerWiseConfigurations();
                    seen.add(configuration.toJson());
                    seen.add(configuration.clone().toJson());
                };
                for (int step = 0; step < 3; step++) {
                    network.fit(batch());
                }
            }
        } finally {
            look = () -> {};
        }
        return seen;
    }
}
